import { CommandIndex } from './command-index.ts'
import { parseHostTarget } from './host-glob.ts'
import { HostIndex } from './host-index.ts'
import { NameIndex } from './name-index.ts'
import type { PathPlace } from './path-glob.ts'
import { PathIndex } from './path-index.ts'
import type { PatternKind } from './resources.ts'
import { unknownTarget } from './shell/git.ts'
import type { Request } from './types.ts'

/** Numbers of the patterns that match, in any order, perhaps more than once. */
export type Hits = readonly number[]

/** Finds the patterns that match a request's target, for one pattern language. */
export interface TargetIndex {
  /**
   * `surely`: the pattern must match whatever is unknown of the target (the path in a tunnel, the order of a
   * command's options); else it is enough that it could. Throws on a pattern that is none.
   */
  add(id: number, pattern: string, surely: boolean): void
  /** Nothing for a target that cannot be read; the same list again for targets that the same patterns match, where that is cheap. */
  find(request: Request): Hits | undefined
}

export function createTargetIndex(kind: PatternKind, place: PathPlace): TargetIndex {
  return creators[kind](place)
}

const creators: Readonly<Record<PatternKind, (place: PathPlace) => TargetIndex>> = {
  path: (place) => {
    const index = new PathIndex(place)
    return { add: (id, pattern) => index.add(id, pattern), find: ({ target }) => index.find(target) }
  },
  host: () => {
    const index = new HostIndex()
    return {
      add: (id, pattern, surely) => index.add(id, pattern, surely),
      find: ({ target }) => findHost(index, target),
    }
  },
  words: () => {
    const index = new CommandIndex()
    return {
      add: (id, pattern, surely) => index.add(id, pattern, surely),
      find: ({ words }) => (words === undefined || words.length === 0 ? undefined : index.find(words)),
    }
  },
  name: () => {
    const index = new NameIndex()
    return { add: (id, pattern) => index.add(id, pattern), find: ({ target }) => findName(index, target) }
  },
}

/** A name that is only known at run time is `*`. */
function findName(index: NameIndex, target: string): Hits | undefined {
  return target === unknownTarget ? undefined : index.find(target)
}

function findHost(index: HostIndex, target: string): Hits | undefined {
  const host = parseHostTarget(target)
  return host === undefined ? undefined : index.find(host)
}
