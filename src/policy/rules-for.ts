import { type Clause, isElse } from './clause.ts'
import type { Policy } from './compile.ts'
import { compileNameGlob } from './match/name-glob.ts'
import { RuleIndex } from './rule-index.ts'
import { parseCommands } from './shell/reading.ts'
import type { ShellReading } from './shell/shell-reading.ts'
import type { Capability, Request, Resource, Rule } from './types.ts'

/** One clause that holds for an agent, for who plans or explains rather than decides. */
export interface NormalRule {
  readonly effect: Clause['effect']
  readonly capability: Capability
  readonly except: readonly Capability[]
  readonly rule: Rule
  /** Whether the clause has a say about the target; amounts and attributes are left out of account. */
  matches(target: string, action: string): boolean
}

/** What the policy says to this agent about the resource: `only` is allow and deny, other agents' rules are gone. */
export function rulesFor(
  policy: Policy,
  agent: string,
  lineage: readonly string[],
  resource: Resource,
): readonly NormalRule[] {
  return policy
    .view(agent, lineage)
    .clauses(resource)
    .map((clause) => {
      const { effect, capability, except, rule } = clause
      return { effect, capability, except, rule, matches: createMatch(clause, policy) }
    })
}

export interface LimitFor {
  readonly name: NumericConstraint
  /** ms, bytes or a count. */
  readonly value: number
  readonly rule: Rule
}
export type NumericConstraint = 'timeout' | 'memory' | 'disk' | 'output' | 'cpu' | 'processes'

/** The tightest of each limit on a whole run of the agent. */
export function limitsFor(
  policy: Policy,
  agent: string,
  lineage: readonly string[] = [],
): readonly LimitFor[] {
  const limits = runLimits(policy, agent, lineage)
  return numericConstraints.flatMap((name) => {
    const given = limits.flatMap(({ capability, rule }) => {
      const value = capability.constraints[name]
      return value === undefined ? [] : [{ name, value, rule }]
    })
    return given.toSorted((a, b) => a.value - b.value).slice(0, 1)
  })
}

/** What limits a whole run of the agent. */
export function runLimits(policy: Policy, agent: string, lineage: readonly string[] = []): readonly Clause[] {
  const line = [agent, ...lineage]
  const names = (one: Capability) => line.some((name) => compileNameGlob(one.pattern).matches(name))
  return policy
    .view(agent, lineage)
    .clauses('run')
    .filter(
      ({ effect, capability, except }) => effect === 'limit' && names(capability) && !except.some(names),
    )
}

const numericConstraints = ['timeout', 'memory', 'disk', 'output', 'cpu', 'processes'] as const

function createMatch(clause: Clause, policy: Policy): NormalRule['matches'] {
  const { resource } = clause.capability
  let index: RuleIndex | undefined
  const matchesOne = (request: Request) => {
    index ??= new RuleIndex(resource, [clause], policy)
    const hits = index.find(request) ?? index.findUnreadable()
    return index.holding(hits, request).length > 0
  }
  if (resource !== 'shell') return (target, action) => matchesOne({ resource, action, target })
  return (target, action) =>
    matchesText(target, clause, (words) => matchesOne({ resource, action, target, words }))
}

/** Of a text an Allow must match every command, the others any; of what a program carries only what stops it counts. */
function matchesText(text: string, clause: Clause, matches: (words: readonly string[]) => boolean): boolean {
  const { carried, ...own } = parseCommands(text)
  const all = wordsOf(own)
  const isAllow = clause.effect === 'allow'
  if (carried && !isAllow && !isElse(clause)) all.push(...wordsOf(carried))
  return isAllow ? all.every(matches) : all.some(matches)
}

function wordsOf({
  commands,
  undecidable,
}: Pick<ShellReading, 'commands' | 'undecidable'>): (readonly string[])[] {
  const each = commands.map(({ words }) => words)
  return undecidable || each.length === 0 ? [...each, []] : each
}
