import { resolve } from 'node:path/posix'
import type { RuleReference, StoredEvent } from '../../store/events.ts'
import type { Run } from '../../store/fold.ts'
import { isRedacted } from '../../store/redact.ts'

/** What stands in the record as the reason of what only learning has let through. */
export const learnFlag = '--learn'

/** What a run that learns used, and the rules alone did not allow. */
export interface Learned {
  readonly run: Pick<Run, 'id' | 'command' | 'cwd' | 'agent' | 'exitCode'>
  readonly files: readonly FileUse[]
  /** Names of variables. */
  readonly names: readonly string[]
  readonly hosts: readonly HostUse[]
  /** Refused by a rule, which learning never loosens. */
  readonly refused: readonly RefusedUse[]
  /** Not opened by the run, and there on the machine. */
  readonly wanted: readonly FileUse[]
}

export interface FileUse {
  /** Absolute. */
  readonly target: string
  readonly action: 'read' | 'create' | 'change' | 'delete'
  readonly folder: boolean
  /** Things in it, too many to be told apart. */
  readonly below: boolean
  readonly count: number
}

export interface RefusedUse extends FileUse {
  readonly rule?: RuleReference
}

export interface HostUse {
  readonly host: string
  readonly port: number
  readonly count: number
}

/** Reads it off the record; undefined for a run that did not learn. What a secret was taken out of is left out. */
export function readLearned(run: Run, events: Iterable<StoredEvent>, root: string): Learned | undefined {
  const files: FileUse[] = []
  const refused: RefusedUse[] = []
  const wanted: FileUse[] = []
  const names: string[] = []
  const hosts = new Map<string, HostUse>()
  let learns = false
  for (const event of events) {
    if (event.type === 'run.created') learns = event.learning === true
    if (event.type === 'network.request' && isLearnedHost(event)) {
      const { host, port } = event
      const key = `${host}:${port}`
      hosts.set(key, { host, port, count: (hosts.get(key)?.count ?? 0) + 1 })
    }
    if (event.type !== 'learn.access' || isRedacted(event.target)) continue
    if (event.resource === 'env') names.push(event.target)
    else {
      const { folder = false, below = false, count, action, rule } = event
      if (!isAction(action)) continue
      const use = { target: resolve(root, event.target), action, folder, below, count }
      if (event.outcome === 'let') files.push(use)
      else if (event.outcome === 'wanted') wanted.push(use)
      else refused.push({ ...use, ...(rule && { rule }) })
    }
  }
  return learns ? { run, files, names, hosts: [...hosts.values()], refused, wanted } : undefined
}

/** Let through by learning alone, and really reached. */
function isLearnedHost({
  effect,
  rule,
  address,
}: Extract<StoredEvent, { type: 'network.request' }>): boolean {
  return effect === 'allow' && rule?.file === learnFlag && address !== undefined
}

const actions: ReadonlySet<string> = new Set<FileUse['action']>(['read', 'create', 'change', 'delete'])
const isAction = (action: string): action is FileUse['action'] => actions.has(action)
