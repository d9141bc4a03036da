import {
  compileHostGlobs,
  type HostGlob,
  type HostTarget,
  matchesHostGlob,
  matchesRest,
  parseHostTarget,
} from './host-glob.ts'
import { append } from './prefix-index.ts'

interface Entry {
  readonly id: number
  readonly glob: HostGlob
  /** Whether it must match whatever the unknown path is, or for some path at least. */
  readonly surely: boolean
}

/** All host patterns of one resource: whole hosts and domains by look-up, label wildcards one by one. */
export class HostIndex {
  private readonly hosts = new Map<string, Entry[]>()
  private readonly domains = new Map<string, Entry[]>()
  private readonly others: Entry[] = []

  add(id: number, pattern: string, surely: boolean): void {
    for (const glob of compileHostGlobs(pattern)) this.place({ id, glob, surely })
  }

  /** Nothing for a target that cannot be read. */
  find(text: string): number[] | undefined {
    const target = parseHostTarget(text)
    if (target === undefined) return undefined
    const ids: number[] = []
    collect(this.hosts.get(target.host), target, ids)
    if (!target.ip) this.collectDomains(target, ids)
    for (const { id, glob, surely } of this.others) if (matchesHostGlob(glob, target, surely)) ids.push(id)
    return ids
  }

  private collectDomains(target: HostTarget, ids: number[]): void {
    const { host } = target
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1))
      collect(this.domains.get(host.slice(dot + 1)), target, ids)
  }

  private place(entry: Entry): void {
    const { host } = entry.glob
    if (host === 'any' || 'labels' in host) this.others.push(entry)
    else if ('exactly' in host) append(this.hosts, host.exactly, entry)
    else append(this.domains, host.below, entry)
  }
}

function collect(entries: readonly Entry[] | undefined, target: HostTarget, ids: number[]): void {
  if (entries === undefined) return
  for (const { id, glob, surely } of entries) if (matchesRest(glob, target, surely)) ids.push(id)
}
