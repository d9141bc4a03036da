import { isDeepStrictEqual } from 'node:util'
import { familiarTargets } from '../../policy/analysis/familiar.ts'
import { type Change, type Undecided, widens } from '../../policy/analysis/inspect.ts'
import { compilePolicy, type Policy } from '../../policy/compile.ts'
import { differenceOf } from '../../policy/difference/difference.ts'
import { type TermChange, termDifference } from '../../policy/difference/terms.ts'
import type { Rule } from '../../policy/types.ts'
import { parseSources } from '../../spec/parse.ts'
import { isOwnSource, isProjectSource } from '../../spec/source.ts'
import type { SpecSet, SpecSource } from '../../spec/types.ts'
import type { Project } from '../project/project.ts'
import { type ObeyedLine, obeyedLines, textOfLine } from './obeyed-lines.ts'

/** What a project's specs give beyond what their reader has given or agreed to. */
export interface Excess {
  /** Requests that come out freer, with the lines that do it. */
  readonly changes: readonly Change[]
  /** Lines of which it could not be found out. */
  readonly undecided: readonly Undecided[]
  readonly terms: readonly TermChange[]
  /** What oos would obey besides rules. */
  readonly lines: readonly ObeyedLine[]
  /** The specs that were agreed to, as far as they still count. */
  readonly agreed: readonly SpecSource[]
}

type Place = Pick<Project, 'root' | 'home' | 'sources'>

export interface ExcessOptions {
  /** The specs as they were agreed to, the project's and the user's. */
  readonly agreed?: readonly SpecSource[]
  /** ms since 1970. */
  readonly now: number
}

/**
 * What comes out freer than by the specs that were agreed to, and freer than by the user's own specs as they are and the
 * packs that ship. What was agreed to no longer counts once the user's own specs give less than they did then.
 */
export function findExcess(place: Place, { agreed = [], now }: ExcessOptions): Excess {
  const full = parseSources(place.sources)
  const own = parseSources(place.sources.filter((source) => !isProjectSource(source)))
  const given = [...own.rules, ...full.rules.filter(isOfAPack)]
  const isKnown = agreed.length > 0 && !isLess(own, agreed, { place, now })
  const then = isKnown ? parseSources(withPacks(place, agreed)) : undefined
  const sides = { before: then?.rules ?? given, given, after: full.rules }
  return {
    ...widening(sides, { place, now, agents: agentsOf(full, own, ...(then ? [then] : [])) }),
    lines: linesBeyond(full, { own, then }),
    agreed: isKnown ? agreed : [],
  }
}

export function isEmpty({ changes, undecided, terms, lines }: Excess): boolean {
  return [changes, undecided, terms, lines].every((list) => list.length === 0)
}

/**
 * The project with the excess left out: what was given and agreed to holds, less whatever its specs as they are take away.
 * An Allow that is withheld gives nothing, and an Ask asks only about what something else gives.
 */
export function withoutExcess(project: Project, { agreed }: Pick<Excess, 'agreed'>): Project {
  const own = project.sources.filter((source) => !isProjectSource(source))
  const given = parseSources(own)
  const then = agreed.length === 0 ? undefined : parseSources(withPacks(project, agreed))
  const now = project.rules.map((rule) => (isTheProjects(rule) ? { ...rule, withheld: true as const } : rule))
  const { settings, agents } = parseSources([...own, ...agreed.filter(isProjectSource)])
  return { ...project, rules: [...now, ...given.rules, ...(then?.rules ?? [])], settings, agents }
}

/** As they were, with the packs as they are. */
function withPacks(
  { sources }: Pick<Place, 'sources'>,
  agreed: readonly SpecSource[],
): readonly SpecSource[] {
  return [...sources.filter((source) => !isOwnSource(source)), ...agreed]
}

/** Packs come with oos, and the person has that; what a project cuts out of their Denies is the project's doing. */
function isOfAPack({ effect, source, layer }: Rule): boolean {
  return (effect === 'allow' || effect === 'ask') && layer === 'project' && source.pack !== undefined
}

/** Also what it takes in of a pack's Denies: nobody has agreed to the holes in them. */
function isTheProjects(rule: Rule): boolean {
  return rule.layer === 'project' && !isOfAPack(rule)
}

interface Asked {
  readonly place: Place
  readonly now: number
}

/** Whether the user's own specs give less than when the project's were agreed to. */
function isLess(own: SpecSet, agreed: readonly SpecSource[], asked: Asked): boolean {
  const { place } = asked
  const users = place.sources.filter((source) => isOwnSource(source) && !isProjectSource(source))
  const before = agreed.filter((source) => !isProjectSource(source))
  if (isDeepStrictEqual(before.map(content), users.map(content))) return false
  const then = parseSources(withPacks(place, before))
  const sides = { before: own.rules, after: then.rules }
  return !isNothing(widening(sides, { ...asked, agents: agentsOf(own, then) }))
}

function content({ path, bytes }: SpecSource): readonly string[] {
  return [path, Buffer.from(bytes).toString('latin1')]
}

interface Sides {
  readonly before: readonly Rule[]
  /** Where these give it too, it is no widening. */
  readonly given?: readonly Rule[]
  readonly after: readonly Rule[]
}

type Widening = Pick<Excess, 'changes' | 'undecided' | 'terms'>

/** Now, and at each moment at which some Allow ends: in between nothing comes out otherwise. */
function widening(sides: Sides, asked: Asked & { readonly agents: readonly string[] }): Widening {
  const ends = new Set([...sides.before, ...(sides.given ?? []), ...sides.after].flatMap(endsOf))
  const moments = [asked.now, ...[...ends].filter((end) => end > asked.now)]
  const found = moments.map((now) => wideningAt(sides, { ...asked, now }))
  return found.find((each) => !isNothing(each)) ?? { changes: [], undecided: [], terms: [] }
}

function isNothing({ changes, undecided, terms }: Widening): boolean {
  return changes.length + undecided.length + terms.length === 0
}

function endsOf({ capabilities }: Rule): readonly number[] {
  return capabilities.flatMap(({ constraints: { expires } }) =>
    expires === undefined ? [] : [Date.parse(expires)],
  )
}

function wideningAt(
  { before, given, after }: Sides,
  { place, now, agents }: Asked & { readonly agents: readonly string[] },
): Widening {
  const { root, home } = place
  const policyOf = (rules: readonly Rule[]): Policy => compilePolicy({ rules, root, home, now })
  const [old, current] = [policyOf(before), policyOf(after)]
  const difference = differenceOf(old, current, {
    agents,
    familiar: familiarTargets(place),
    wideningOnly: true,
    ...(given && { given: policyOf(given) }),
  })
  const { changes, undecided } = difference
  const terms = termDifference(old, current, agents).filter((term) => term.widens)
  return { changes: changes.filter(widens), undecided, terms }
}

function agentsOf(...sets: readonly SpecSet[]): readonly string[] {
  return [...new Set(['command', ...sets.flatMap(({ agents }) => agents.map(({ name }) => name))])]
}

function linesBeyond(
  now: SpecSet,
  { own, then }: { readonly own: SpecSet; readonly then: SpecSet | undefined },
): readonly ObeyedLine[] {
  const known = new Set((then ? obeyedLines(then, own) : []).map(textOfLine))
  const lines = obeyedLines(now, own).filter((line) => !known.has(textOfLine(line)))
  return [...lines, ...(then ? ownersLost(now, then) : [])]
}

/** Runs of a program count as its agent's, by that agent's rules, for as long as the definition says so. */
function ownersLost(now: SpecSet, then: SpecSet): readonly ObeyedLine[] {
  const owners = ({ agents }: SpecSet) =>
    new Map(
      agents.flatMap(({ name, command: [program] }) => (program === undefined ? [] : [[program, name]])),
    )
  const current = owners(now)
  return [...owners(then)].flatMap(([program, name]) => {
    const isBound = then.rules.some(({ agents }) => agents.includes(name))
    return !isBound || current.get(program) === name
      ? []
      : [{ what: `runs of ${program} no longer go by the rules of`, value: `agent ${name}` }]
  })
}
