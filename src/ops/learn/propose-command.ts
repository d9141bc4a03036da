import { decide, decidePart } from '../../policy/decide.ts'
import { capabilityOf, isKnown, unknownNote } from '../../policy/request/capability.ts'
import { partsOf } from '../../policy/request/parts.ts'
import type { Capability, Request } from '../../policy/types.ts'
import { isBelow } from '../../shared/within.ts'
import { isRedacted } from '../../store/redact.ts'
import type { FileUse, Learned } from './learned.ts'
import { isSayable, type MakeRule, type Proposal, type ProposeFacts } from './proposal.ts'

export interface CommandRules {
  readonly proposals: readonly Proposal[]
  readonly notes: readonly string[]
  /** Files of the project that its words name (`> out.txt`), whether or not it came to that. */
  readonly files: readonly FileUse[]
}

/** The command word by word, and what git would do by it. */
export function commandRules(
  { run }: Learned,
  { policy, wide, ownPlaces }: ProposeFacts,
  rule: MakeRule,
): CommandRules {
  const { command, cwd, agent } = run
  const asked: Request = {
    ...{ resource: 'shell', action: 'execute', target: command.join(' ') },
    ...{ words: command, cwd, agent },
  }
  const none = { proposals: [], notes: [], files: [] }
  if (isRedacted(asked.target)) return { ...none, notes: [redactedNote] }
  if (decide(policy, asked).effect === 'allow') return none
  const { parts, unread } = partsOf(asked, policy)
  if (unread !== undefined)
    return wide ? { ...none, proposals: [anyCommand(rule, asked)] } : { ...none, notes: [unreadNote] }
  const open = parts
    .filter((part) => decidePart(policy, part).reasons.some(({ kind }) => kind === 'no-allow'))
    .filter((part) => part.resource !== 'file' || ownPlaces(part) === undefined)
  const own = open.filter((part) => part.resource !== 'file' || !isBelow(part.target, policy.root))
  // `git commit` names no branch: only an Allow of every one allows it.
  const known = own.filter((part) => part.resource !== 'shell' || isKnown(part))
  const rules = known.map((part) => rule([capabilityOf(part, policy)], { count: 1, examples: [part.target] }))
  const proposals = rules.filter(isSayable)
  const notes = [
    ...(proposals.length < rules.length ? [unsayableNote] : []),
    ...(known.length < own.length ? [`a command is not proposed: ${unknownNote}`] : []),
  ]
  return { proposals, notes, files: open.filter((part) => !own.includes(part)).map(fileUse) }
}

function fileUse({ target, action }: Request): FileUse {
  return { target, action: action === 'read' ? 'read' : 'change', folder: false, below: false, count: 1 }
}

const unreadNote =
  'the command holds code that is not read, so only `shell:*` allows it: oos learn --wide proposes that'

const unsayableNote =
  'the command holds characters that no rule can name, so it is not proposed: write a rule by hand, with `*` in their place'

const redactedNote =
  'the command holds a secret, which is not recorded, so no rule for it is proposed: write one by hand, with `*` in its place'

function anyCommand(rule: MakeRule, { target }: Request): Proposal {
  const any: Capability = { resource: 'shell', pattern: '*', actions: ['execute'], constraints: {} }
  return rule([any], { count: 1, examples: [target] })
}
