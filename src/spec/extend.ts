import { parseCapability } from '../policy/capability/capability.ts'
import type { Capability, Rule } from '../policy/types.ts'
import type { Diagnostic } from '../shared/diagnostics.ts'
import { isFile, packPath, packWord, rulesFolder } from './pack-path.ts'
import { diagnostic } from './report.ts'
import { alwaysIn } from './source.ts'
import { suggestWord } from './spelling.ts'
import type { Extension, Spec } from './types.ts'

export interface Library {
  find(path: string): Spec | undefined
  /** Of every file there is, for suggestions. */
  readonly names: readonly string[]
}

/** Every rule that holds: of the files themselves, and of what they extend, with the holes cut out. */
export function extendSpecs(
  specs: readonly Spec[],
  library: Library,
): { rules: readonly Rule[]; diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const taken = new Map<string, readonly Rule[]>()
  const extended = new Set<string>()
  const direct = new Map<string, string>()
  const walk = (spec: Spec, frame: Frame): void => {
    for (const extension of spec.extends) {
      const pack = findPack(spec, extension, library, diagnostics)
      if (!pack || alwaysHolds(pack, extension, diagnostics)) continue
      if (frame.trail.includes(pack.path)) {
        diagnostics.push(
          diagnostic(
            'extends/cycle',
            extension.place,
            `\`${extension.pack}\` extends itself: ${[...frame.trail, pack.path].join(' → ')}`,
          ),
        )
        continue
      }
      if (frame.agent === undefined || isToBeTakenIn(pack)) extended.add(pack.path)
      const own = readHoles(pack, extension, diagnostics)
      if (frame.trail.length === 1) warnOfTwice(pack, extension, { frame, own, taken: direct, diagnostics })
      const holes = [...frame.holes, ...own]
      const key = JSON.stringify([
        pack.path,
        frame.agent ?? '',
        holes.map(({ resource, pattern, actions }) => [resource, pattern, actions]),
      ])
      if (!taken.has(key))
        taken.set(
          key,
          pack.rules.flatMap((rule) => takeIn(rule, { ...frame, holes })),
        )
      walk(pack, { ...frame, holes, trail: [...frame.trail, pack.path] })
    }
  }
  // A user's own extension comes first: the same pack taken in by a project too then needs no trust.
  for (const spec of [...specs].sort(byTrust))
    walk(spec, { layer: spec.layer, holes: [], trail: [spec.path], ...agentOf(spec) })
  // A pack holds only where it is taken in, and what holds for all does not end with one agent's; an agent's definition holds for its agent, whoever extends it.
  const own = specs
    .filter((spec) => spec.content.kind === 'definition' || !extended.has(spec.path))
    .filter((spec) => !isReplaced(spec, specs))
    .flatMap((spec) => spec.rules)
  return { rules: [...own, ...[...taken.values()].flat()], diagnostics }
}

/** It lies where what is taken in does. All else speaks for itself: `AGENT.md`, the person's `GLOBAL_RULES.md`. */
function isToBeTakenIn({ path, pack }: Spec): boolean {
  return pack !== undefined || path.split('/').at(-2) === 'rules'
}

/** A definition that extends the shipped one of its own name stands in its place. */
export function isReplaced(spec: Spec, specs: readonly Spec[]): boolean {
  if (spec.content.kind !== 'definition' || spec.layer !== 'built-in') return false
  const { name } = spec.content.definition
  return specs.some(
    ({ content, extends: extensions, layer }) =>
      layer !== 'built-in' &&
      content.kind === 'definition' &&
      content.definition.name === name &&
      extensions.some(({ pack }) => pack === spec.path),
  )
}

interface Frame {
  readonly layer: Rule['layer']
  readonly holes: readonly Capability[]
  readonly trail: readonly string[]
  /** The agent whose definition extends. */
  readonly agent?: string
}

function findPack(
  spec: Spec,
  { pack, place }: Extension,
  { find, names }: Library,
  diagnostics: Diagnostic[],
): Spec | undefined {
  const found = isFile(pack) || pack.startsWith('oos:') ? find(packPath(spec.path, pack)) : undefined
  if (found && (found.pack !== undefined || found.layer === spec.layer)) return found
  const choice = names.filter((name) => name.startsWith('oos:') && !alwaysIn.has(name))
  const file = names.find((name) => isMeant(name, pack, rulesFolder(spec.path)))
  const fix = file
    ? `did you mean \`${packWord(spec.path, file)}\`?`
    : isFile(pack)
      ? `name a file of the same \`.agent-os\`, such as ${packWord(spec.path, `${rulesFolder(spec.path)}team.md`)}`
      : suggestWord(pack, choice)
  diagnostics.push(diagnostic('extends/unknown', place, `there is no pack \`${pack.slice(0, 80)}\``, { fix }))
  return undefined
}

/** `rules/team.md`, `team`: a file of rules whose place was written otherwise. */
function isMeant(name: string, pack: string, folder: string): boolean {
  const [word = ''] = pack.split('/').slice(-1)
  return name === `${folder}${word.replace(/\.md$/, '')}.md`
}

function alwaysHolds(pack: Spec, { except, place }: Extension, diagnostics: Diagnostic[]): boolean {
  if (!alwaysIn.has(pack.path)) return false
  if (except.length > 0)
    diagnostics.push(diagnostic('extends/built-in', place, `\`${pack.path}\` takes no hole`))
  return true
}

function readHoles(
  pack: Spec,
  { except, place }: Extension,
  diagnostics: Diagnostic[],
): readonly Capability[] {
  return except.flatMap((text) => {
    const result = parseCapability(text)
    if (!result.ok) {
      const [problem] = result.problems
      if (problem)
        diagnostics.push({
          severity: 'error',
          code: problem.code,
          message: `\`${text.slice(0, 80)}\`: ${problem.message}`,
          ...(problem.fix && { fix: problem.fix }),
          place,
        })
      return []
    }
    const { resource, constraints } = result.value
    if (Object.keys(constraints).length > 0)
      diagnostics.push(
        diagnostic('rule/constraint', place, `\`${text.slice(0, 80)}\` has a constraint, in a hole`),
      )
    const touched =
      pack.extends.length > 0 ||
      pack.rules.some((rule) => rule.capabilities.some((capability) => capability.resource === resource))
    if (!touched)
      diagnostics.push(diagnostic('extends/hole', place, `no rule of \`${pack.path}\` names \`${resource}\``))
    return [result.value]
  })
}

interface Taking {
  readonly frame: Frame
  readonly own: readonly Capability[]
  /** The holes of each pack that was taken in before, by who takes it in. */
  readonly taken: Map<string, string>
  readonly diagnostics: Diagnostic[]
}

/** Across layers it is no mistake: a project cannot leave out what its user's rules say. */
function warnOfTwice(pack: Spec, extension: Extension, { frame, own, taken, diagnostics }: Taking): void {
  const key = JSON.stringify([pack.path, frame.layer, frame.agent ?? ''])
  const holes = JSON.stringify(own.map((hole) => JSON.stringify(hole)).sort())
  const before = taken.get(key)
  taken.set(key, holes)
  if (before === undefined || before === holes) return
  diagnostics.push(
    diagnostic(
      'extends/twice',
      extension.place,
      `\`${extension.pack}\` is taken in a second time, with other holes`,
    ),
  )
}

/** A pack's rule as one of the file that extends it: its layer, its agent, its holes. */
function takeIn(rule: Rule, { layer, holes, agent }: Frame): readonly Rule[] {
  const cut = holes.filter(({ resource }) =>
    rule.capabilities.some((capability) => capability.resource === resource),
  )
  const taken = { ...rule, layer, except: [...rule.except, ...cut] }
  if (agent === undefined) return [taken]
  return [{ ...taken, agents: [agent] }]
}

function agentOf({ content }: Spec): { agent?: string } {
  return content.kind === 'definition' ? { agent: content.definition.name } : {}
}

function byTrust(a: Spec, b: Spec): number {
  return rank(a) - rank(b)
}

function rank({ layer }: Spec): number {
  return layer === 'built-in' ? 0 : layer === 'user' ? 1 : 2
}
