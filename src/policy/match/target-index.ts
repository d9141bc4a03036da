import type { PatternKind } from '../resources.ts'
import { unknownTarget } from '../shell/git.ts'
import type { Request } from '../types.ts'
import { CommandIndex } from './command-index.ts'
import type { Hits } from './hits.ts'
import { HostIndex } from './host-index.ts'
import { NameIndex } from './name-index.ts'
import type { PathPlace } from './path-glob.ts'
import { PathIndex } from './path-index.ts'

/** Finds the patterns that match a request's target, for one pattern language. */
export interface TargetIndex {
  /**
   * `surely`: the pattern must match whatever is unknown of the target (the path in a tunnel, the order of a
   * command's options); else it is enough that it could. Throws on a pattern that is none.
   */
  add(id: number, pattern: string, surely: boolean): void
  /** Nothing for a target that cannot be read. */
  find(request: Pick<Request, 'target' | 'words'>): Hits | undefined
}

export type KeepHits = (ids: number[]) => Hits

export function createTargetIndex(kind: PatternKind, place: PathPlace, keep: KeepHits): TargetIndex {
  return creators[kind](place, keep)
}

const creators: Readonly<Record<PatternKind, (place: PathPlace, keep: KeepHits) => TargetIndex>> = {
  path: (place, keep) => {
    const index = new PathIndex(place, keep)
    return { add: (id, pattern) => index.add(id, pattern), find: ({ target }) => index.find(target) }
  },
  host: (_, keep) => {
    const index = new HostIndex()
    return {
      add: (id, pattern, surely) => index.add(id, pattern, surely),
      find: ({ target }) => kept(index.find(target), keep),
    }
  },
  words: (_, keep) => {
    const index = new CommandIndex()
    return {
      add: (id, pattern, surely) => index.add(id, pattern, surely),
      find: ({ words }) => (words === undefined || words.length === 0 ? undefined : keep(index.find(words))),
    }
  },
  // A name that is only known at run time is `*`.
  name: (_, keep) => {
    const index = new NameIndex()
    return {
      add: (id, pattern) => index.add(id, pattern),
      find: ({ target }) => (target === unknownTarget ? undefined : keep(index.find(target))),
    }
  },
}

function kept(ids: number[] | undefined, keep: KeepHits): Hits | undefined {
  return ids && keep(ids)
}
