import type { Policy } from './compile.ts'
import { decide, decidePart } from './decide.ts'
import { partsOf } from './request/parts.ts'
import { resources } from './resources.ts'
import { unknownTarget } from './shell/git.ts'
import type { Decision, DecisionReason, Request, Rule } from './types.ts'

/** One thing that a person was asked about and said yes to, for one run. Plain data: it is written down, and read elsewhere. */
export interface Agreed {
  readonly request: Pick<Request, 'resource' | 'action' | 'target' | 'agent' | 'attributes'>
  /** The Asks that he was asked by, each in its own words. */
  readonly asks: readonly string[]
}

/** What a yes to a command is a yes to: every file, branch and tag of its own that an Ask is about. */
export function agreedBy(policy: Policy, command: Request): readonly Agreed[] {
  return partsOf(command, policy).parts.flatMap((part): Agreed[] => {
    // Commands are decided before the start, and by nobody afterwards.
    if (part.resource === 'shell') return []
    const decision = decidePart(policy, part)
    if (decision.effect !== 'ask') return []
    const { resource, action, target, agent, attributes } = part
    const asks = decision.reasons.filter(isAsk).map(({ rule }) => wordsOf(rule))
    return [
      {
        request: { resource, action, target, ...(agent && { agent }), ...(attributes && { attributes }) },
        asks,
      },
    ]
  })
}

/** The decision after a person's yes: an Ask allows where each that matches has been answered for this very thing. */
export function decideAgreed(policy: Policy, request: Request, agreed: readonly Agreed[]): Decision {
  const decision = decide(policy, request)
  if (decision.effect !== 'ask' || agreed.length === 0) return decision
  const answered = new Set(agreed.filter((one) => covers(one, request)).flatMap(({ asks }) => asks))
  const stands = decision.reasons
    .filter(isNoLimit)
    .every((reason) => isAsk(reason) && answered.has(wordsOf(reason.rule)))
  return stands ? { effect: 'allow', reasons: decision.reasons, constraints: decision.constraints } : decision
}

function isAsk(reason: DecisionReason): reason is DecisionReason & { readonly rule: Rule } {
  return reason.kind === 'ask' && reason.rule !== undefined
}

/** A limit is kept beside the answer, and why a target could be any is no rule. */
const isNoLimit = ({ kind }: DecisionReason) => kind !== 'limit' && kind !== 'undecidable'

/** Without its line, which an edit above it moves; with all that it says, so that no other rule is taken for it. */
function wordsOf({ source, capabilities, except, agents }: Rule): string {
  return JSON.stringify([source.file, source.text, capabilities, except, agents])
}

/** What was asked without a name was asked of every name. */
function covers(
  { request: asked }: Agreed,
  { resource, action, target, agent, attributes }: Request,
): boolean {
  const acts = resources[asked.resource].actions[asked.action] ?? [asked.action]
  const [from, to] = [asked.attributes?.remote, attributes?.remote]
  return (
    asked.resource === resource &&
    acts.includes(action) &&
    asked.agent === agent &&
    (asked.target === target || (resource === 'git' && asked.target === unknownTarget)) &&
    // A branch of a remote is not the one of the same name here.
    (from === to || (from === unknownTarget && to !== undefined))
  )
}
