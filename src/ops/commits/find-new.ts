import type { GitPlace } from '../git.ts'
import { isList } from './git-folders.ts'
import { listNew, type Named, type NewCommit, readKinds, readWritten } from './history.ts'
import { newLogIds } from './logs.ts'
import { isId, isPutAway, namesIn, resolveRef } from './refs.ts'
import type { Snapshot } from './snapshot.ts'

export interface Names {
  readonly before: ReadonlyMap<string, string>
  readonly after: ReadonlyMap<string, string>
}

export interface FoundCommits {
  readonly kinds: ReadonlyMap<string, Named>
  readonly commits: readonly NewCommit[]
  readonly notes: ReadonlySet<string>
}

export interface Search {
  readonly repository: GitPlace
  readonly names: Names
  readonly before: Snapshot
  readonly after: Snapshot
  /** How it was when the first of the runs began that had not ended yet, if there were any. */
  readonly earlier?: Snapshot | undefined
  /** What the logs lead to since. */
  readonly logged: readonly string[]
}

/** Every commit that anything in the repository leads to now, and nothing led to before. */
export function findNew({ repository, names, before, earlier, after, logged }: Search): FoundCommits {
  const changed = [...names.after].filter(([name, value]) => names.before.get(name) !== value)
  const moved = changed.flatMap(([name, value]) => {
    const id = resolveRef(value, names.after)
    return id === undefined ? [] : [{ name, id }]
  })
  const led = moved.filter(({ name }) => !isPutAway(name, names.before))
  const heads = [...headIds(after, names.after), ...pendingIds(after)]
  const kinds = readKinds(repository, unique([...moved.map(({ id }) => id), ...heads, ...logged]))
  const commitsOf = (ids: readonly string[]) =>
    unique(ids.flatMap((id) => (kinds.get(id)?.type === 'commit' ? [kinds.get(id)?.id ?? ''] : [])))
  // What another run has put away since was none of its to leave: what stood there before that run counts.
  const known = knownIds(earlier !== undefined && led.length < moved.length ? earlier : before)
  const list = (refs: readonly { readonly id: string }[], inLogs: readonly string[]) =>
    listNew(repository, { tips: commitsOf([...refs.map(({ id }) => id), ...heads, ...inLogs]), known })
  const commits = list(led, logged)
  const others = led.filter(({ name }) => !name.startsWith('refs/notes/'))
  const besides =
    others.length < led.length ? list(others, newLogIds(before.logs, withoutNotes(after))) : commits
  const ids = new Set(besides.map(({ id }) => id))
  const notes = commits.filter(({ id }) => !ids.has(id))
  return { kinds, commits: readWritten(repository, commits), notes: new Set(notes.map(({ id }) => id)) }
}

function withoutNotes({ logs }: Snapshot): Snapshot['logs'] {
  return new Map([...logs].filter(([path]) => !path.includes('/logs/refs/notes/')))
}

/** What was put away is not known: bringing it back is as good as making it anew. Nor is what has only the same beginning. */
function knownIds(snapshot: Snapshot): readonly string[] {
  const names = namesIn(snapshot)
  const ids = [...names].flatMap(([name, value]) =>
    name.startsWith('refs/oos/') ? [] : (resolveRef(value, names) ?? []),
  )
  return unique([...ids, ...headIds(snapshot, names), ...pendingIds(snapshot).filter(isId)])
}

function headIds({ trees }: Snapshot, names: ReadonlyMap<string, string>): readonly string[] {
  return trees.flatMap(({ head }) => resolveRef(head, names) ?? [])
}

/** As they stand there: some by their beginning alone. */
export function pendingIds({ trees }: Pick<Snapshot, 'trees'>): readonly string[] {
  return trees.flatMap(({ pending, strays }) => [...pending, ...strays].flatMap(idsIn))
}

/**
 * MERGE_HEAD has one a line, FETCH_HEAD words behind each. Lists of what is to be picked have a word before it, and their
 * ids may be short, or follow the name of a tag.
 */
export function idsIn([path, text]: readonly [path: string, text: string]): readonly string[] {
  const ids = isList(path)
    ? /(?<=^|[^0-9a-z]|-g)[0-9a-f]{4,64}(?![0-9a-z])/gim
    : /\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/gi
  return (text.match(ids) ?? []).map((id) => id.toLowerCase())
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)]
}
