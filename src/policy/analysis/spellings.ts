import { parseCapability } from '../capability/capability.ts'
import type { Clause } from '../clause.ts'
import { compilePolicy, type Policy } from '../compile.ts'
import { decide } from '../decide.ts'
import { partsOf } from '../request/parts.ts'
import type { Capability, Request, Rule } from '../types.ts'
import { isOwn } from './compared.ts'
import { anyone, createHolding, type Grounds } from './ground.ts'
import { type Respelling, respell } from './respell.ts'
import { type SpokenPattern, spokenPatterns } from './spoken-pattern.ts'
import { freedom } from './turn.ts'

/** A Deny or Ask on `shell` that the same commands in other words go round. */
export interface WayRound {
  readonly kind: 'way-round'
  readonly rule: Rule
  /** Of the rule, those that are gone round. */
  readonly capabilities: readonly Capability[]
  /** Commands that the rules let through. */
  readonly requests: readonly [Request, ...Request[]]
  /** What the rule would have to name in place of them. */
  readonly instead: readonly Capability[]
}

const mostShown = 3
const mostPatterns = 20

export function findWaysRound({ policy, of, isSpent }: Grounds): readonly WayRound[] {
  return policy.rules.filter(isOwn).flatMap((rule) => {
    if ((rule.effect !== 'deny' && rule.effect !== 'ask') || isSpent()) return []
    const agent = rule.agents[0]
    const ground = of(agent ?? anyone, 'shell')
    if (!ground.clauses.some(({ effect }) => effect === 'allow' || effect === 'ask')) return []
    const asks = (words: readonly string[]) => ({ ...commandOf(words), ...(agent && { agent }) })
    const isExcepted = createExcepted(rule, policy)
    const found = ground.clauses
      .filter((clause) => clause.rule === rule && clause.broken === undefined)
      .flatMap((clause) =>
        spokenPatterns(clause.capability)
          .slice(0, mostPatterns)
          .flatMap((pattern) => respell(pattern).map((each) => ({ ...each, clause, pattern })))
          .filter(({ original }) => ground.holding(asks(original)).includes(clause))
          .filter(({ words }) => goesRound(asks(words), clause, policy) && !isExcepted(asks(words))),
      )
    return summary(rule, found, asks)
  })
}

interface Found extends Respelling {
  readonly clause: Clause
  readonly pattern: SpokenPattern
}

function commandOf(words: readonly string[]): Request {
  return { resource: 'shell', action: 'execute', target: words.join(' '), words }
}

function goesRound(request: Request, { effect }: Clause, policy: Policy): boolean {
  return freedom[decide(policy, request).effect] > (effect === 'deny' ? freedom.deny : freedom.ask)
}

function summary(
  rule: Rule,
  found: readonly Found[],
  asks: (words: readonly string[]) => Request,
): readonly WayRound[] {
  const distinct = [...new Map(found.map((each) => [each.words.join('\0'), each])).values()]
  const shown = distinct.slice(0, mostShown)
  const instead = [byGit(rule, shown), byPatterns(rule, shown)].find(
    (offered) => offered.length > 0 && catches(offered, { rule, shown }),
  )
  const [first, ...others] = shown.map(({ words }) => asks(words))
  const capabilities = [...new Set(shown.map(({ clause }) => clause.capability))]
  if (first === undefined || instead === undefined) return []
  return [{ kind: 'way-round', rule, capabilities, requests: [first, ...others], instead }]
}

/** What the rule itself leaves open is no way round it. */
function createExcepted(rule: Rule, policy: Policy): (request: Request) => boolean {
  const holes = rule.except.filter(({ resource }) => resource === 'shell')
  const clauses = holes.map((capability) => ({
    effect: 'allow' as const,
    capability,
    except: [],
    rule,
    everything: false,
  }))
  const holding = createHolding('shell', clauses, policy)
  return (request) => holes.length > 0 && holding(request).length > 0
}

/** Who would push by force, delete or tag asks for that, however it is written. */
function byGit(rule: Rule, shown: readonly Found[]): readonly Capability[] {
  // What is excepted are commands: a rule about git would not except them.
  if (rule.except.length > 0) return []
  const actions = shown.map((each) =>
    [each.original, each.words]
      .map(gitActions)
      .reduce((some, others) => some.filter((one) => others.includes(one))),
  )
  const [first = []] = actions
  const action = stricter.find((one) => actions.every((own) => own.includes(one)))
  const says = (one: string) => shown.every(({ pattern }) => meansNoMore(pattern, one))
  return action !== undefined && first.length > 0 && says(action) ? read(`git:*:${action}`) : []
}

const stricter = ['force-push', 'delete', 'tag', 'push']
const meant: Readonly<Record<string, RegExp>> = {
  'force-push': /^(?:-f|--force)$/,
  delete: /^(?:-[dDf]|-df|-fd|--delete|--force)$/,
  tag: /^$/,
  push: /^$/,
}

/** Whether the rule names neither a branch nor anything else that a rule about all of git would not tell apart. */
function meansNoMore({ operands, options }: SpokenPattern, action: string): boolean {
  const named = operands.filter((word) => word.kind === 'word')
  return named.length === 1 && options.every(({ text }) => meant[action]?.test(text))
}

const nowhere = { root: '/', home: '/' }

function gitActions(words: readonly string[]): readonly string[] {
  return partsOf(commandOf(words), nowhere).parts.flatMap(({ resource, action }) =>
    resource === 'git' ? [action] : [],
  )
}

/** Patterns that match what is shown, and the rule's own where none of them says all of it; none that is not needed. */
function byPatterns(rule: Rule, shown: readonly Found[]): readonly Capability[] {
  const whole = shown.filter(
    ({ isWhole, pattern, clause }) => isWhole && pattern.text === clause.capability.pattern,
  )
  const replaced = new Set(whole.map(({ clause }) => clause))
  const kept = [...new Set(shown.map(({ clause }) => clause))].filter((clause) => !replaced.has(clause))
  const texts = [
    ...kept.map(({ capability }) => capability.pattern),
    ...shown.flatMap(({ patterns }) => patterns),
  ]
  const all = [...new Set(texts)].flatMap((text) => read(`shell:${text}`))
  const isNeeded = (text: string) => kept.some(({ capability }) => capability.pattern === text)
  return all.reduceRight<readonly Capability[]>((left, capability) => {
    const fewer = left.filter((each) => each !== capability)
    const isHeld = [...replaced].every((clause) =>
      whole.some(
        (each) => each.clause === clause && fewer.some(({ pattern }) => each.patterns.includes(pattern)),
      ),
    )
    return !isNeeded(capability.pattern) && isHeld && catches(fewer, { rule, shown }) ? fewer : left
  }, all)
}

function read(text: string): readonly Capability[] {
  const parsed = parseCapability(text)
  return parsed.ok ? [parsed.value] : []
}

/** Whether a rule of these stops what is shown, and what the rule stopped itself, where everything else is allowed. */
function catches(
  capabilities: readonly Capability[],
  { rule, shown }: { rule: Rule; shown: readonly Found[] },
): boolean {
  const everything = ['shell:*', 'git:*:*', 'file:/**:*'].flatMap(read)
  const rules = [
    { ...rule, effect: 'allow', capabilities: everything, except: [], agents: [] } as const,
    { ...rule, capabilities, agents: [] },
  ]
  const policy = compilePolicy({ rules, ...nowhere, now: 0 })
  return shown
    .flatMap(({ original, words }) => [original, words])
    .every((words) => decide(policy, commandOf(words)).effect === rule.effect)
}
