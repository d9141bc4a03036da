import { parseCapability, printCapability } from '../../policy/capability/capability.ts'
import type { Policy } from '../../policy/compile.ts'
import { capabilityOf } from '../../policy/request/capability.ts'
import type { Capability, Request, Rule } from '../../policy/types.ts'
import { printRuleText } from '../../spec/print.ts'
import { shortId } from '../../store/ulid.ts'
import type { OwnPlaces } from '../project/own-places.ts'
import type { FileUse, Learned } from './learned.ts'
import type { LearningPacks } from './packs.ts'
import type { TreeShape } from './places.ts'

/** One thing that a person can say yes to. */
export interface Proposal {
  /** As it would stand in the spec: a rule without its bullet, or the name of a pack. */
  readonly text: string
  /** Of a rule. */
  readonly rule?: Rule
  /** Of a pack that is to be taken in. */
  readonly pack?: string
  readonly count: number
  /** Up to three of the uses that it is for. */
  readonly examples: readonly string[]
  /** Whether there are others than these. */
  readonly more: boolean
}

export interface ProposeFacts {
  /** The rules as they are now. */
  readonly policy: Policy
  readonly packs: LearningPacks
  /** Packs of the languages that the project is written in. */
  readonly own: readonly string[]
  readonly tree: TreeShape
  readonly wide: boolean
  /** What a run has for itself, which no rule has to give. */
  readonly ownPlaces: OwnPlaces
  /** Paths of what lies in a folder outside of the project, or below it; nothing where that is too much to look at. */
  readonly listFolder: (folder: string, below: boolean) => readonly string[] | undefined
}

export const mostExamples = 3

interface Uses {
  readonly count: number
  readonly examples: readonly string[]
  readonly except?: readonly Capability[]
}

export type MakeRule = (capabilities: readonly Capability[], uses: Uses) => Proposal

export function ruleMaker({ run }: Learned): MakeRule {
  const reason = `seen in run ${shortId(run.id)}${spokenCommand(run.command)}`
  return (capabilities, { count, examples, except = [] }) => {
    const bare: Rule = {
      effect: 'allow',
      capabilities,
      except,
      agents: run.agent === 'command' ? [] : [run.agent],
      reason,
      source: { file: '.agent-os/AGENT.md', line: 1, column: 1, text: '' },
      layer: 'project',
      examples: [],
    }
    const text = printRuleText(bare)
    return {
      text,
      rule: { ...bare, source: { ...bare.source, text } },
      count,
      examples: examples.slice(0, mostExamples),
      more: examples.length > mostExamples,
    }
  }
}

/** In a reason it is prose: only what cannot be read as anything else. */
function spokenCommand(command: readonly string[]): string {
  const text = command.join(' ')
  return /^[\w ./:@=+-]{1,60}$/.test(text) && !/(?:^| )--?(?: |$)/.test(text) ? `: ${text}` : ''
}

/** Whether a spec can say it: a name may hold what no rule may. */
export const isSayable = ({ rule }: Proposal) =>
  rule?.capabilities.every((capability) => parseCapability(printCapability(capability)).ok) ?? true

export function fileRequest({ target, action }: FileUse): Request {
  return { resource: 'file', action, target }
}

/** As a rule would write it. */
export function shown(target: string, policy: Policy): string {
  return capabilityOf({ resource: 'file', action: 'read', target }, policy).pattern
}
