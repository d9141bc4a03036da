import { basename, dirname, join, relative } from 'node:path'
import type { Policy } from '../../policy/compile.ts'
import { decide } from '../../policy/decide.ts'
import type { Decision } from '../../policy/types.ts'
import { statOf } from '../../sandbox/look.ts'
import type { CountedTouch, Trace } from '../../sandbox/trace/collect.ts'
import type { Mount, SandboxPlan } from '../../sandbox/types.ts'
import { resolveLinks } from '../../shared/resolve-links.ts'
import { isBelow, isInHome, isWithin } from '../../shared/within.ts'
import type { EventOf, OosEvent } from '../../store/events.ts'
import { ruleOf } from '../events.ts'

type Access = EventOf<'learn.access'>

export interface LearnedInput {
  readonly trace: Trace
  readonly plan: Pick<SandboxPlan, 'mounts' | 'env' | 'ghosts'>
  /** What the rules alone say, and what held in this run. */
  readonly base: Policy
  readonly policy: Policy
  readonly agent: string
  /** ms since 1970, before the command began. */
  readonly since: number
}

/** What a run that learns has used beyond the rules, each once. Looks at the disk for what names lead to. */
export function learnedEvents(input: LearnedInput): readonly OosEvent[] {
  const { trace, policy } = input
  const places = createPlaces(input)
  const prepared = new Set(trace.touches.filter(makesFolder).flatMap(places.of))
  const found = merge(trace.touches.flatMap((touch) => settle(touch, input, { places, prepared })))
  const named = foldDeep(found, mostEvents).map((access) => ({ ...access, target: nameOf(access, policy) }))
  const lost = trace.lost === 0 ? [] : [warning(`${trace.lost} ${lostText}`)]
  const cut = trace.complete ? [] : [warning(cutText)]
  return [...lost, ...cut, ...named, ...learnedNames(input)]
}

/** A record that nobody can read helps nobody; above it, folders stand for what is in them. */
const mostEvents = 2_000

const lostText = 'uses of files are not recorded: this run used more different ones than are kept'
const cutText = 'strace ended before the command did: what it used after that is not recorded'
const warning = (text: string): OosEvent => ({ type: 'note', level: 'warning', text })

function nameOf({ target }: Access, { root }: Policy): string {
  if (target === root) return '.'
  return isBelow(target, root) ? relative(root, target) : target
}

/** Variables that are there for the sake of a pack that no rule takes in. */
function learnedNames({ plan, base, agent }: LearnedInput): Access[] {
  return plan.env
    .filter(({ rule }) => rule !== undefined)
    .filter(({ name: target }) => {
      return decide(base, { resource: 'env', action: 'read', target, agent }).effect !== 'allow'
    })
    .map(({ name }) => ({
      ...{ type: 'learn.access', resource: 'env', action: 'read', target: name },
      ...{ outcome: 'let', count: 1 },
    }))
}

/** Also of one that is there: the program would make it in a fresh checkout. */
const makesFolder = ({ act, folder, outcome }: CountedTouch) =>
  act === 'create' && folder === true && (outcome === 'done' || outcome === 'there')

interface Seen {
  readonly places: Places
  /** Folders that the program makes where they are missing. */
  readonly prepared: ReadonlySet<string>
}

function settle(touch: CountedTouch, input: LearnedInput, { places, prepared }: Seen): Access[] {
  if (touch.outcome === 'there') return []
  // Programs look for a file in many places: of nearly all of these there is nothing to be said.
  if (touch.outcome === 'absent' && statOf(touch.path) === undefined) return []
  return places.of(touch).flatMap((target) => {
    const isOld = () => isOlder(target, input.since) && !prepared.has(dirname(target))
    const action = touch.act === 'make' ? (isOld() ? 'change' : 'create') : touch.act
    const judge = (policy: Policy): Decision =>
      decide(policy, { resource: 'file', action, target, agent: input.agent })
    if (judge(input.base).effect === 'allow') return []
    const { effect, rule } = judge(input.policy)
    const outcome = outcomeOf(touch, { effect, isRuled: rule !== undefined, target }, places)
    if (outcome === undefined) return []
    const { folder, count } = touch
    const onFolder = (action === 'read' || action === 'change') && isFolder(target)
    const isListed = folder === true || onFolder
    const access = { type: 'learn.access', resource: 'file', action, target, outcome } as const
    const why = outcome === 'refused' ? ruleOf(rule) : {}
    return [{ ...access, ...(isListed && { folder: true as const }), count, ...why }]
  })
}

interface Judged {
  readonly effect: Decision['effect']
  /** A rule says no. */
  readonly isRuled: boolean
  readonly target: string
}

function outcomeOf(
  { outcome, act }: CountedTouch,
  { effect, isRuled, target }: Judged,
  places: Places,
): Access['outcome'] | undefined {
  const own = places.isOwn(target)
  if (effect === 'allow') return outcome === 'done' && !own ? 'let' : undefined
  const isThere = outcome === 'refused' || statOf(target) !== undefined
  if (isRuled) return isThere && (outcome !== 'done' || !own) ? 'refused' : undefined
  return act === 'read' && outcome === 'absent' && isThere && !places.isSystem(target) ? 'wanted' : undefined
}

interface Places {
  /** Where a touch happened, links followed: of what was opened through a link, the link as well. */
  readonly of: (touch: CountedTouch) => readonly string[]
  /** What a run has for itself, and is gone with it. */
  readonly isOwn: (path: string) => boolean
  /** The kernel's own, or memory: never a person's file. */
  readonly isSystem: (path: string) => boolean
}

const kernels = ['/proc', '/dev', '/sys', '/run', '/tmp', '/var']

function createPlaces({ plan, policy }: LearnedInput): Places {
  const mounts = new Map(plan.mounts.map((mount) => [mount.path, mount]))
  const ghosts = new Set(plan.ghosts)
  const folders = new Map<string, string>()
  const realFolder = (folder: string): string => {
    const known = folders.get(folder) ?? resolveLinks(folder)
    folders.set(folder, known)
    return known
  }
  const at = (path: string) => (path === '/' ? path : join(realFolder(dirname(path)), basename(path)))
  return {
    of: ({ act, path, real, folder }) => {
      if (act === 'create' || act === 'delete') return [at(path)]
      const led = real ?? resolveLinks(path)
      const named = at(path)
      const isLink = named !== led && folder !== true && isBelow(named, policy.root)
      return isLink && act === 'read' ? [led, named] : [led]
    },
    isOwn: (path) => {
      for (let above = path; ; above = dirname(above)) {
        // What stands in for a file that must not come to be is nobody's.
        if (ghosts.has(above)) return true
        const mount = mounts.get(above)
        if (mount !== undefined) return isOwnMount(mount)
        if (above === '/') return true
      }
    },
    isSystem: (path) =>
      !isBelow(path, policy.root) &&
      !isInHome(path, policy.home) &&
      kernels.some((top) => isWithin(path, top)),
  }
}

const ownKinds: ReadonlySet<Mount['kind']> = new Set([
  'tmpfs',
  'proc',
  'dev',
  'device',
  'link',
  'file',
  'copy',
])

/** What is written to another place of the host is the run's cache. */
const isOwnMount = ({ kind, source }: Mount) =>
  ownKinds.has(kind) || (kind === 'write' && source !== undefined)

const isFolder = (path: string) => statOf(path)?.isDirectory() === true

/** A file that was there before the run, and so was not made by it. */
function isOlder(path: string, since: number): boolean {
  const stats = statOf(path)
  return stats !== undefined && stats.birthtimeMs < since
}

function merge(all: readonly Access[]): Access[] {
  const merged = new Map<string, Access>()
  for (const access of all) {
    const key = JSON.stringify([access.outcome, access.action, access.target, access.below, access.rule])
    const known = merged.get(key)
    const folder = known?.folder ?? access.folder
    const count = (known?.count ?? 0) + access.count
    merged.set(key, { ...access, ...(folder === true && { folder }), count })
  }
  return [...merged.values()].sort((a, b) => (a.target < b.target ? -1 : a.target > b.target ? 1 : 0))
}

const depthOf = (path: string) => path.split('/').length

/** From the deepest folders up, until it is few enough. */
export function foldDeep(all: readonly Access[], most: number): readonly Access[] {
  let found = all
  let depth = all.reduce((deepest, { target }) => Math.max(deepest, depthOf(target)), 0)
  while (found.length > most && depth > 2) {
    depth -= 1
    found = merge(
      found.map((access) => {
        // Of what was looked for each file is a question of its own; there are only as many as this machine has.
        if (access.outcome === 'wanted' || depthOf(access.target) <= depth) return access
        const target = access.target.split('/').slice(0, depth).join('/')
        return { ...access, target, folder: true, below: true }
      }),
    )
  }
  return found
}
