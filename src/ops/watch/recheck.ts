import { compilePolicy } from '../../policy/compile.ts'
import type { Rule } from '../../policy/types.ts'
import { type Diagnostic, hasErrors } from '../../shared/diagnostics.ts'
import { OosError } from '../../shared/errors.ts'
import type { AgentDefinition } from '../../spec/types.ts'
import { checkSpecs } from '../check/check-specs.ts'
import { compareMeaning, type SpecDifference } from '../diff/spec-diff.ts'
import { type Project, readProject } from '../project/project.ts'

export interface WatchedCheck {
  readonly project: Project
  readonly diagnostics: readonly Diagnostic[]
  /** What is new against the last version without an error, where there was one and there is one now. */
  readonly difference?: SpecDifference
}

export interface RecheckOptions {
  /** The project's folder, resolved. */
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  /** ms since 1970. */
  readonly now: () => number
}

/** Checks the specs of a project again and again; nothing where they are what they were the last time. */
export type Recheck = () => Promise<WatchedCheck | OosError | undefined>

/** The project stays the one that it was at the start, also while its specs are gone. */
export function createRecheck({ root, env, now }: RecheckOptions): Recheck {
  let last: Project | string | undefined
  let sound: Understood | undefined
  return async () => {
    const project = await readHere(root, env)
    if (project instanceof OosError) {
      const repeated = last === project.message
      last = project.message
      return repeated ? undefined : project
    }
    if (typeof last === 'object' && isSame(last, project)) return undefined
    last = project
    const diagnostics = await checkSpecs(project)
    if (hasErrors(diagnostics)) return { project, diagnostics }
    const before = sound
    sound = project
    return { project, diagnostics, ...(before && { difference: compare(before, project, now()) }) }
  }
}

interface Understood {
  readonly rules: readonly Rule[]
  readonly agents: readonly AgentDefinition[]
}

/** The specs may come back; a folder that is gone itself is an error that is thrown. */
async function readHere(root: string, env: NodeJS.ProcessEnv): Promise<Project | OosError> {
  try {
    const project = await readProject({ cwd: root, env })
    return project.root === root ? project : missing(root)
  } catch (error) {
    if (error instanceof OosError && error.code === 'project-missing') return missing(root)
    throw error
  }
}

function missing(root: string): OosError {
  return new OosError('project-missing', `there is no \`.agent-os\` in \`${root}\` any more`, {
    hint: 'put it back; it is waited for',
  })
}

function isSame(a: Project, b: Project): boolean {
  return (
    a.sources.length === b.sources.length &&
    a.sources.every(({ path, bytes }, index) => {
      const other = b.sources[index]
      return other?.path === path && Buffer.compare(bytes, other.bytes) === 0
    }) &&
    JSON.stringify(a.diagnostics) === JSON.stringify(b.diagnostics)
  )
}

function compare(before: Understood, after: Project, now: number): SpecDifference {
  const { root, home } = after
  const side = ({ rules, agents }: Understood) => ({
    policy: compilePolicy({ rules, root, home, now }),
    agents,
  })
  return { ...compareMeaning(side(before), side(after)), from: 'the last version that was right', to: 'now' }
}
