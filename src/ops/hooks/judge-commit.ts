import { join } from 'node:path'
import { decideAgreed } from '../../policy/agreed.ts'
import { printCapability } from '../../policy/capability/capability.ts'
import type { Policy } from '../../policy/compile.ts'
import { capabilityOf } from '../../policy/request/capability.ts'
import type { Decision, Request } from '../../policy/types.ts'
import { OosError } from '../../shared/errors.ts'
import { decideCommit } from '../commits/decide-commit.ts'
import type { Written } from '../raw-diff.ts'
import { policyOf, type RunCard } from './card.ts'

export interface CommitAsked {
  readonly top: string
  readonly written: readonly Written[]
  readonly branch: string
}

export interface Refused {
  readonly request: string
  readonly decision: Decision
}

/** What a run may not commit, as requests with what the rules say to them. Pure. */
export function judgeCommit(
  card: RunCard,
  { top, written, branch }: CommitAsked,
  now: number,
): readonly Refused[] {
  const policy = policyOf(card, now)
  const files = written.map(
    ({ path, action }): Request => ({ resource: 'file', action, target: join(top, path) }),
  )
  const commit: Request = { resource: 'git', action: 'commit', target: branch }
  return [
    ...files.flatMap((request) => refusedOf(policy, request, decideFor(card, policy, request))),
    ...refusedOf(policy, commit, decideCommit(policy, branch, card)),
  ]
}

/** What a run may not push. Pure. */
export function judgePush(card: RunCard, requests: readonly Request[], now: number): readonly Refused[] {
  const policy = policyOf(card, now)
  return requests.flatMap((request) => refusedOf(policy, request, decideFor(card, policy, request)))
}

function decideFor({ agent, agreed }: RunCard, policy: Policy, request: Request): Decision {
  return decideAgreed(policy, { ...request, agent }, agreed)
}

/** An Ask that was not answered before the run began is a no: inside a sandbox nobody can be asked. */
function refusedOf(policy: Policy, request: Request, decision: Decision): readonly Refused[] {
  if (decision.effect === 'allow') return []
  return [{ request: printCapability(capabilityOf(request, policy)), decision }]
}

const mostShown = 10

/** @throws OosError `denied` */
export function requireNone(refused: readonly Refused[], what: string): void {
  const [first] = refused
  if (first === undefined) return
  const lines = refused
    .slice(0, mostShown)
    .map(({ request, decision }) => `  ${request} (${reasonOf(decision)})`)
  const more = refused.length > mostShown ? [`  and ${refused.length - mostShown} more`] : []
  const { rule } = first.decision
  throw new OosError(
    'denied',
    [`the rules of this run do not allow ${what}:`, ...lines, ...more].join('\n'),
    {
      hint: `oos explain '${first.request}'`,
      ...(rule === undefined ? {} : { place: rule.source }),
    },
  )
}

function reasonOf({ rule, effect, reasons }: Decision): string {
  const words = reasons.find(({ text }) => text !== undefined)?.text
  if (words !== undefined) return words
  if (rule === undefined) return 'no rule allows it'
  const asks = effect === 'ask' ? ', and nobody can be asked here' : ''
  return `${rule.source.file}:${rule.source.line} ${rule.source.text}${asks}`
}
