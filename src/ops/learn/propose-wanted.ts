import { dirname } from 'node:path/posix'
import { capabilityOf } from '../../policy/request/capability.ts'
import type { Capability } from '../../policy/types.ts'
import { isInHome } from '../../shared/within.ts'
import { isSecretName } from './credential-names.ts'
import type { FileUse, Learned } from './learned.ts'
import { sharedFolder } from './places.ts'
import {
  fileRequest,
  isSayable,
  type MakeRule,
  mostExamples,
  type Proposal,
  type ProposeFacts,
  shown,
} from './proposal.ts'

interface Wanting {
  /** Neither allowed nor closed by a rule. */
  readonly isOpen: (use: FileUse) => boolean
  readonly rule: MakeRule
}

/**
 * What lies outside of the project, and the run did without: single files, for a whole folder of a home holds more than
 * anybody has looked at; of many in one program's folder that folder, which nobody wants to be asked about file by file.
 */
export function wantedRules(
  { wanted }: Learned,
  facts: ProposeFacts,
  { isOpen, rule }: Wanting,
): readonly Proposal[] {
  const open = wanted.filter((use) => !use.folder && cacheOf(use, facts) === undefined && isOpen(use))
  const groups = Map.groupBy(open, ({ target }) => programFolder(target, facts.policy.home) ?? target)
  return [...groups.values()]
    .flatMap((uses) => folded(uses, facts, rule) ?? singles(uses, facts, rule))
    .filter(isSayable)
}

/** A run has caches of its own, and a rule that opened yours would take their place. */
export function cacheNotes({ wanted }: Learned, facts: ProposeFacts): readonly string[] {
  const caches = new Set(wanted.flatMap((use) => cacheOf(use, facts) ?? []))
  const names = [...caches].map((path) => shown(path, facts.policy)).sort()
  if (names.length === 0) return []
  const more = names.length > mostExamples ? ', …' : ''
  const list = `${names.slice(0, mostExamples).join(', ')}${more}`
  return [`not asked about: ${list}. Of these caches a run has its own, which fill as it goes`]
}

function cacheOf(use: FileUse, { ownPlaces, policy }: ProposeFacts): string | undefined {
  const place = ownPlaces(fileRequest(use))
  return place !== undefined && isInHome(place, policy.home) ? place : undefined
}

/** Where settings and data of many programs lie, each in a folder of its own. */
const shared = /^(?:\.config|\.cache|\.local|\.local\/(?:share|state|lib)|Library(?:\/[^/]+)?|snap)$/

/** The folder in a home that is one program's; none for a file that lies right in the home, or elsewhere. */
function programFolder(target: string, home: string): string | undefined {
  if (!isInHome(target, home)) return undefined
  const names = target.slice(home.length + 1).split('/')
  const depth = names.findIndex((_, index) => !shared.test(names.slice(0, index + 1).join('/'))) + 1
  return depth === 0 || depth >= names.length ? undefined : `${home}/${names.slice(0, depth).join('/')}`
}

const enough = 3

/** None where something that looks like a credential would come along. */
function folded(
  uses: readonly FileUse[],
  { policy, listFolder }: ProposeFacts,
  rule: MakeRule,
): Proposal | undefined {
  if (uses.length < enough) return undefined
  const targets = uses.map(({ target }) => target)
  const folders = targets.map((target) => dirname(target))
  const folder = folders.reduce(sharedFolder)
  const isFlat = folders.every((each) => each === folder)
  const there = listFolder(folder, !isFlat)
  if (there === undefined || [folder, ...targets, ...there].some(isSecretName)) return undefined
  const { pattern, ...rest } = capabilityOf({ resource: 'file', action: 'read', target: folder }, policy)
  const capability: Capability = { ...rest, pattern: `${pattern}/${isFlat ? '*' : '**'}` }
  const count = uses.reduce((sum, use) => sum + use.count, 0)
  return rule([capability], { count, examples: uses.map(({ target }) => shown(target, policy)).sort() })
}

function singles(uses: readonly FileUse[], { policy }: ProposeFacts, rule: MakeRule): readonly Proposal[] {
  return uses
    .filter(({ target }) => !isSecretName(target))
    .map((use) =>
      rule([capabilityOf(fileRequest(use), policy)], {
        count: use.count,
        examples: [shown(use.target, policy)],
      }),
    )
}
