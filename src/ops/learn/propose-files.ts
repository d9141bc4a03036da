import { parseCapability } from '../../policy/capability/capability.ts'
import type { Policy } from '../../policy/compile.ts'
import { compilePathGlob } from '../../policy/match/path-glob.ts'
import { capabilityOf } from '../../policy/request/capability.ts'
import type { Capability } from '../../policy/types.ts'
import { isBelow, isWithin } from '../../shared/within.ts'
import type { FileUse, Learned } from './learned.ts'
import { type Place, placesOf } from './places.ts'
import { type MakeRule, mostExamples, type Proposal, type ProposeFacts, shown } from './proposal.ts'
import { folderOf, speakable } from './speakable.ts'

/** A command starts in its folder, and so something in it has to be there for it. */
export function withFolder(
  uses: readonly FileUse[],
  { cwd, agent }: Learned['run'],
  policy: Policy,
): readonly FileUse[] {
  const isOpen = policy
    .view(agent)
    .clauses('file')
    .filter(({ effect }) => effect === 'allow')
    .some(({ capability }) => compilePathGlob(capability.pattern, policy).couldMatchBelow(cwd))
  if (isOpen || uses.some(({ target }) => isBelow(target, cwd))) return uses
  return [...uses, { target: cwd, action: 'read', folder: true, below: false, count: 1 }]
}

/** Of the project alone: what was let through outside of it, a pack has opened. */
export function fileRules(
  uses: readonly FileUse[],
  facts: ProposeFacts,
  rule: MakeRule,
): readonly Proposal[] {
  const { policy, tree, wide } = facts
  const inside = (target: string) => isWithin(target, tree.root)
  const spoken = uses.map((use) => speakable(use, policy))
  const places = placesOf(
    spoken.filter(({ target }) => inside(target)),
    tree,
    { wide },
  )
  return groupPlaces(places).map((group) => {
    const held = spoken.filter((use) => group.some((place) => isFor(place, use)))
    const count = held.reduce((sum, use) => sum + use.count, 0)
    const examples = [...new Set(held.map(({ target }) => shown(target, policy)))].sort()
    return rule(
      group.map((place) => placeCapability(place, policy)),
      { count, examples, except: group.flatMap(keptCapability) },
    )
  })
}

/** What is in a name's place is meant whatever it is: `x/**` is also x itself. */
function keptCapability({ kept = [] }: Place): Capability[] {
  const isPlain = (name: string) => /^[^\s{}[\]*?\\,:`~]+$/.test(name)
  const spoken = kept.filter((name) => isPlain(name) && parseCapability(`file:${name}/**:write`).ok)
  if (spoken.length === 0) return []
  const pattern = spoken.length === 1 ? `${spoken[0]}/**` : `{${spoken.join(',')}}/**`
  return [{ resource: 'file', pattern, actions: ['write'], constraints: {} }]
}

/** Single files of one folder with the same actions are one rule. */
function groupPlaces(places: readonly Place[]): readonly (readonly Place[])[] {
  const keyOf = ({ kind, path, read, write }: Place) =>
    JSON.stringify([kind === 'exact' ? folderOf(path) : path, kind, read, write])
  return [...Map.groupBy(places, keyOf).values()]
}

function isFor({ path, kind, read, write }: Place, { target, action }: FileUse): boolean {
  if (!(action === 'read' ? read : write)) return false
  if (target === path) return true
  if (kind === 'names') return folderOf(target) === path
  return kind === 'whole' && isBelow(target, path)
}

function placeCapability({ path, kind, read, write }: Place, policy: Policy): Capability {
  const { pattern } = capabilityOf({ resource: 'file', action: 'read', target: path }, policy)
  const inside = kind === 'whole' ? '**' : '*'
  const below = pattern === '.' ? inside : `${pattern}/${inside}`
  return {
    resource: 'file',
    pattern: kind === 'exact' ? pattern : below,
    actions: [...(read ? ['read'] : []), ...(write ? ['write'] : [])],
    constraints: {},
  }
}

/** What a first run cannot show. */
export function newFolderNotes(
  uses: readonly FileUse[],
  rules: readonly Proposal[],
  { tree, policy, wide }: ProposeFacts,
): readonly string[] {
  const made = uses.filter(({ action, target, folder }) => {
    return action === 'create' && folder && tree.lasting.has(target)
  })
  const isOuter = ({ target }: FileUse) => !made.some((other) => isBelow(target, other.target))
  const names = made.filter(isOuter).map(({ target }) => shown(target, policy))
  const isAlone = (name: string) => rules.some(({ rule }) => rule?.capabilities.some(opensFolder(name)))
  const alone = names.filter(isAlone)
  if (!wide && (rules.some(opensAll) || (tree.mayRemove && names.length > alone.length)))
    return [againNote(names)]
  return alone.length === 0 ? [] : [aloneNote(alone)]
}

const opensFolder =
  (name: string) =>
  ({ pattern, actions }: Capability) =>
    pattern === `${name}/**` && actions.includes('write')

/** It made something right in the project's folder, which may be there the next time. */
const opensAll = ({ rule }: Proposal) =>
  rule?.capabilities.some(({ resource, pattern, actions }) => {
    return resource === 'file' && pattern === '**' && actions.includes('write')
  })

const againNote = (names: readonly string[]) =>
  `${names.length === 0 ? '' : `made by this run: ${listed(names)}; `}let it learn once more: now that what it makes is there, a narrower rule may do`
const aloneNote = (names: readonly string[]) =>
  `made by this run: ${listed(names)}; if a later run fails because it cannot remove that, let it learn again`
const listed = (names: readonly string[]) => names.slice(0, mostExamples).join(', ')
