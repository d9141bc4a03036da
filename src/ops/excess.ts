import { isDeepStrictEqual } from 'node:util'
import { familiarTargets } from '../policy/analysis/familiar.ts'
import { type Change, type Undecided, widens } from '../policy/analysis/inspect.ts'
import { compilePolicy } from '../policy/compile.ts'
import { differenceOf, isWidening } from '../policy/difference.ts'
import { type TermChange, termDifference } from '../policy/term-difference.ts'
import type { Rule } from '../policy/types.ts'
import { parseSources } from '../spec/parse.ts'
import type { SpecSet, SpecSource } from '../spec/types.ts'
import { obeyedLines } from './obeyed-lines.ts'
import type { Project } from './project.ts'

/** What a project's specs give beyond what their reader has given or agreed to. */
export interface Excess {
  /** Requests that come out freer, with the lines that do it. */
  readonly changes: readonly Change[]
  /** Lines of which it could not be found out. */
  readonly undecided: readonly Undecided[]
  readonly terms: readonly TermChange[]
  /** Settings and commands that oos would obey. */
  readonly lines: readonly string[]
  /** The specs that were agreed to, as far as they still count. */
  readonly agreed: readonly SpecSource[]
}

type Place = Pick<Project, 'root' | 'home' | 'sources'>

/**
 * Against the specs as they were `agreed` to, the project's and the user's; without them, or once the user has taken
 * something out of his own, against those of the user and the packs that ship.
 */
export function findExcess(place: Place, agreed: readonly SpecSource[] = []): Excess {
  const { sources } = place
  const full = parseSources(sources)
  const own = parseSources(sources.filter(({ layer }) => layer !== 'project'))
  const given = [...own.rules, ...full.rules.filter(isOfAPack)]
  const isKnown = agreed.length > 0 && !isLess(own, agreed, place)
  const then = isKnown ? parseSources(withPacks(place, agreed)) : undefined
  const before = [...given, ...(then?.rules ?? [])]
  return {
    ...widening(before, full, place),
    lines: linesBeyond(full, then),
    agreed: isKnown ? agreed : [],
  }
}

export function isEmpty({ changes, undecided, terms, lines }: Excess): boolean {
  return [changes, undecided, terms, lines].every((list) => list.length === 0)
}

/**
 * The project with the excess left out: what was agreed to holds, and of what its specs say now whatever takes away. An
 * Allow that is withheld gives nothing, and an Ask asks only about what something else gives.
 */
export function withoutExcess(project: Project, { agreed }: Excess): Project {
  const then = parseSources(withPacks(project, agreed))
  const rules = project.rules.map((rule) =>
    isTheProjects(rule) ? { ...rule, withheld: true as const } : rule,
  )
  return {
    ...project,
    rules: [...rules, ...then.rules.filter(({ layer }) => layer === 'project')],
    settings: parseSources(withPacks(project, [...agreed, ...usersOf(project)])).settings,
  }
}

/** As they were, with the packs as they are. */
function withPacks({ sources }: Place, agreed: readonly SpecSource[]): readonly SpecSource[] {
  return [...sources.filter(({ pack }) => pack !== undefined), ...agreed]
}

/** Packs come with oos, and the person has that; what a project cuts out of their Denies is the project's doing. */
function isOfAPack({ effect, source, layer }: Rule): boolean {
  return (effect === 'allow' || effect === 'ask') && layer === 'project' && source.pack !== undefined
}

function isTheProjects({ source, layer }: Rule): boolean {
  return layer === 'project' && source.pack === undefined
}

/** Whether the user's own specs give less than when the project's were agreed to. */
function isLess(own: SpecSet, agreed: readonly SpecSource[], place: Place): boolean {
  const before = agreed.filter(({ layer }) => layer !== 'project')
  if (isDeepStrictEqual(before, usersOf(place))) return false
  const then = parseSources(withPacks(place, before))
  const [old, now] = [then, own].map(({ rules }) => policyOf(rules, place)) as [Policy, Policy]
  return isWidening(differenceOf(now, old, { agents: agentsOf(then) }))
}

function usersOf({ sources }: Pick<Place, 'sources'>): readonly SpecSource[] {
  return sources.filter(({ pack, layer }) => pack === undefined && layer !== 'project')
}

type Policy = ReturnType<typeof compilePolicy>

function widening(
  before: readonly Rule[],
  full: SpecSet,
  place: Place,
): Pick<Excess, 'changes' | 'undecided' | 'terms'> {
  const [old, now] = [policyOf(before, place), policyOf(full.rules, place)]
  const agents = agentsOf(full)
  const { changes, undecided } = differenceOf(old, now, { agents, familiar: familiarTargets(place) })
  const terms = termDifference(old, now, agents)
  return { changes: changes.filter(widens), undecided, terms: terms.filter((term) => term.widens) }
}

/** What expires is as good as what does not: the answer must not come to depend on the day. */
function policyOf(rules: readonly Rule[], { root, home }: Place): Policy {
  return compilePolicy({ rules, root, home, now: 0 })
}

function agentsOf({ agents }: SpecSet): readonly string[] {
  return ['command', ...agents.map(({ name }) => name)]
}

function linesBeyond(now: SpecSet, then: SpecSet | undefined): readonly string[] {
  const known = new Set(then && obeyedLines(then))
  return obeyedLines(now).filter((line) => !known.has(line))
}
