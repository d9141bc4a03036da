import type { Policy } from './compile.ts'
import { decide, decidePart, decideParts } from './decide.ts'
import { partsOf } from './request/parts.ts'
import type { Decision, Request } from './types.ts'

/**
 * The decision where some files are the asker's own, and no rule has to give them: of a command, what no rule speaks of is
 * left out if it is such a file. A Deny or an Ask about one counts.
 */
export function decideWithOwn(policy: Policy, request: Request, isOwn: (file: Request) => boolean): Decision {
  const decision = decide(policy, request)
  const isOpen = decision.effect !== 'deny' || !decision.reasons.some(({ kind }) => kind === 'no-allow')
  if (isOpen || request.resource !== 'shell') return decision
  const read = partsOf(request, policy)
  const parts = read.parts.filter(
    (part) => part.resource !== 'file' || !isUnspoken(decidePart(policy, part)) || !isOwn(part),
  )
  return parts.length === read.parts.length ? decision : decideParts(policy, request, { ...read, parts })
}

/** No rule is about it, not even one that is not met. */
export function isUnspoken({ effect, reasons }: Decision): boolean {
  return effect === 'deny' && reasons.every(({ kind }) => kind === 'no-allow')
}
