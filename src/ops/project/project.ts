import { hash } from 'node:crypto'
import { join } from 'node:path'
import { compilePolicy, type Policy } from '../../policy/compile.ts'
import type { Rule } from '../../policy/types.ts'
import { type Diagnostic, hasErrors } from '../../shared/diagnostics.ts'
import { OosError } from '../../shared/errors.ts'
import { packageRoot, readVersion } from '../../shared/package.ts'
import { extensionsWithHoles } from '../../spec/holes.ts'
import { readSources } from '../../spec/read.ts'
import type { AgentDefinition, Extension, Setting, SpecSet, SpecSource } from '../../spec/types.ts'
import { followLinks, type LinkPlace, type PlainStarts, plainStarts } from '../check/follow-links.ts'
import { openPolicyCache } from './policy-cache.ts'
import { findBareRoot, findProjectRoot, readHome, resolveFolder, resolveSpecs } from './root.ts'

export interface ProjectOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Where the specs lie, if not in the project; `cwd` is the root then. */
  readonly specs?: string
  /** A folder will do that has no specs yet: then the user's own hold, and what always does. */
  readonly bare?: boolean
}

/** A project's specs as they were when they were read: nothing later changes them. */
export interface Project {
  /** Absolute, resolved. */
  readonly root: string
  readonly home: string
  readonly cwd: string
  /** Where its specs lie, if not in its own folder for them. */
  readonly specs?: string
  readonly sources: readonly SpecSource[]
  /** Content hash of the spec files that people wrote, the project's and the user's. */
  readonly specHash: string
  readonly rules: readonly Rule[]
  readonly starts: PlainStarts
  readonly agents: readonly AgentDefinition[]
  readonly settings: readonly Setting[]
  /** Packs that files of a person or the project take in with holes. */
  readonly holes: readonly Extension[]
  readonly diagnostics: readonly Diagnostic[]
  /** Everything that was understood; parses if the rules came from the cache. */
  loadSpecs(): Promise<SpecSet>
}

export interface OpenProject extends Project {
  readonly policy: Policy
}

/** What was understood of the specs; plain data, so that it can be cached. */
type Understood = Pick<SpecSet, 'rules' | 'agents' | 'settings' | 'diagnostics'> &
  Pick<Project, 'holes' | 'specHash' | 'starts'>

/** Finds the project and compiles its policy. A spec with an error starts nothing. */
export async function openProject(options: ProjectOptions): Promise<OpenProject> {
  const project = await readSoundProject(options)
  return Object.assign(project, { policy: compileHere(project.rules, project) })
}

/** The same without the policy, for who knows what will be asked of it. */
export async function readSoundProject(options: ProjectOptions): Promise<Project> {
  const project = await readProject(options)
  refuseErrors(project.diagnostics)
  return project
}

/** The rules as they hold on this disk, now. */
export function compileHere(rules: readonly Rule[], place: LinkPlace): Policy {
  const { root, home } = place
  return compilePolicy({ rules: followLinks(rules, place), root, home, now: Date.now() })
}

/** Finds the project and reads its specs, whatever is wrong with them. */
export async function readProject({ cwd, env, specs, bare = false }: ProjectOptions): Promise<Project> {
  const home = readHome(env)
  const find = bare ? findBareRoot : findProjectRoot
  const place =
    specs === undefined
      ? { root: find(cwd, home) }
      : { root: resolveFolder(cwd), specs: resolveSpecs(specs, cwd) }
  const { sources, diagnostics } = readSources({ ...place, home, packs: join(packageRoot, 'specs') })
  const loadSpecs = async () => withDiagnostics(await parse(sources), diagnostics)
  const cache = openPolicyCache(place.root, env)
  const key = keyOf([codeId(), place.root, home], sources)
  const known = diagnostics.length === 0 ? (cache.read(key) as Understood | undefined) : undefined
  const understood = known ?? understand(await loadSpecs(), sources)
  if (known === undefined && !hasErrors(understood.diagnostics)) cache.write(key, understood)
  return {
    ...understood,
    ...place,
    home,
    cwd,
    sources,
    loadSpecs,
  }
}

function understand(set: SpecSet, sources: readonly SpecSource[]): Understood {
  const { specs, rules, agents, settings, diagnostics } = set
  const holes = extensionsWithHoles(specs)
  const own = sources.filter(({ pack }) => pack === undefined)
  return {
    ...{ rules, agents, settings, holes, diagnostics },
    starts: plainStarts(rules),
    specHash: hash('sha256', keyOf([], own), 'hex'),
  }
}

function refuseErrors(diagnostics: readonly Diagnostic[]): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (first === undefined) return
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`
  throw new OosError('spec-invalid', `${first.message}${more}`, {
    place: first.place,
    hint: 'oos spec check',
  })
}

/** Imported only here: a run with unchanged specs loads neither the parser nor the schemas. */
async function parse(sources: readonly SpecSource[]): Promise<SpecSet> {
  const { parseSources } = await import('../../spec/parse.ts')
  return parseSources(sources)
}

declare const OOS_CODE: string | undefined

/** Other code may understand other things: a build carries a hash of its own. */
function codeId(): string {
  return typeof OOS_CODE === 'undefined' ? `${readVersion()} source` : OOS_CODE
}

function withDiagnostics(set: SpecSet, read: readonly Diagnostic[]): SpecSet {
  return read.length === 0 ? set : { ...set, diagnostics: [...read, ...set.diagnostics] }
}

/** The same for sources that are the same: what they are, how long, and their bytes. */
function keyOf(words: readonly string[], sources: readonly SpecSource[]): Buffer {
  const files = sources.map(({ path, kind, layer, pack, bytes }) => [path, kind, layer, pack, bytes.length])
  return Buffer.concat([Buffer.from(JSON.stringify([words, files])), ...sources.map(({ bytes }) => bytes)])
}
