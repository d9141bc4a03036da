import { textOf } from '../../shared/bytes.ts'
import { askGit, type GitPlace } from '../git.ts'
import { readRawChange, type Written } from '../raw-diff.ts'
import { isId } from './refs.ts'

export interface NewCommit {
  readonly id: string
  readonly parents: readonly string[]
  readonly written: readonly Written[]
}

/** What an id is, once tags are followed to what they name. */
export interface Named {
  readonly id: string
  readonly type: string
}

/** Of each id that git has; one that is short stands for a commit, as in a list of picks. */
export function readKinds(repository: GitPlace, ids: readonly string[]): ReadonlyMap<string, Named> {
  if (ids.length === 0) return new Map()
  const input = ids.map((id) => `${id}^{${isId(id) ? '' : 'commit'}}\n`).join('')
  const lines = askGit(repository, ['cat-file', '--batch-check'], { input }).toString().split('\n')
  return new Map(
    ids.flatMap((asked, index): [string, Named][] => {
      const [id = '', type = ''] = lines[index]?.split(' ') ?? []
      return /^(?:commit|tree|blob)$/.test(type) ? [[asked, { id, type }]] : []
    }),
  )
}

/** The commits that lead to `tips` and not to `known`, parents before children. */
export function listNew(
  repository: GitPlace,
  { tips, known }: { readonly tips: readonly string[]; readonly known: readonly string[] },
): readonly Omit<NewCommit, 'written'>[] {
  if (tips.length === 0) return []
  const input = [...tips, ...known.map((id) => `^${id}`)].map((line) => `${line}\n`).join('')
  const words = ['rev-list', '--parents', '--topo-order', '--reverse', '--ignore-missing', '--stdin']
  const lines = askGit(repository, words, { input }).toString().split('\n')
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', ...parents] = line.split(' ')
      return { id, parents }
    })
}

/** What each commit writes. */
export function readWritten(
  repository: GitPlace,
  commits: readonly Omit<NewCommit, 'written'>[],
): readonly NewCommit[] {
  const merges = commits.filter(({ parents }) => parents.length > 1)
  const sides =
    merges.length > mostMerges
      ? merges.flatMap(unknownSides)
      : merges.flatMap((merge) => sidesOf(repository, merge))
  const own = commits.map(({ id, parents: [first] }): Pair => [id, first])
  const further = sides.flatMap(({ merge, side, bases }): readonly Pair[] => [
    [merge, side],
    ...bases.map((base): Pair => [side, base]),
  ])
  const [writtenBy, compared] = splitAt(compare(repository, [...own, ...further]), commits.length)
  const dropped = sides.map((side) => {
    const [against = [], ...changed] = compared.splice(0, 1 + side.bases.length)
    return { merge: side.merge, written: droppedBy(against, changed) }
  })
  const byMerge = Map.groupBy(dropped, ({ merge }) => merge)
  return commits.map((commit, index) => {
    const more = byMerge.get(commit.id)?.flatMap(({ written }) => written) ?? []
    return { ...commit, written: unique([...(writtenBy[index] ?? []), ...more]) }
  })
}

/** A commit, and the one that it is compared with: none for nothing. */
type Pair = readonly [commit: string, against: string | undefined]

function splitAt<One>(list: readonly One[], at: number): readonly [One[], One[]] {
  return [list.slice(0, at), list.slice(at)]
}

interface Side {
  readonly merge: string
  readonly side: string
  /** Where it and the first parent parted; one that stands for nothing where they never were one. */
  readonly bases: readonly (string | undefined)[]
}

/** Each costs a question of its own: where there are more, all in which a merge differs from a side counts. */
const mostMerges = 300

function unknownSides({ id, parents }: Omit<NewCommit, 'written'>): readonly Side[] {
  return parents.slice(1).map((side) => ({ merge: id, side, bases: [undefined] }))
}

function sidesOf(repository: GitPlace, { id, parents }: Omit<NewCommit, 'written'>): readonly Side[] {
  const [first = '', ...others] = parents
  return others.map((side) => {
    const words = ['merge-base', '--all', first, side]
    // Without a common ancestor it says nothing, with 1.
    const bases = askGit(repository, words, { orCode: 1 }).toString().split('\n').filter(Boolean)
    return { merge: id, side, bases: bases.length === 0 ? [undefined] : bases }
  })
}

/**
 * What a merge takes from its first parent, though the other side had changed it: a plain merge would have taken that.
 * What it takes from the other side differs from the first parent, and is seen there.
 */
function droppedBy(against: readonly Written[], own: readonly (readonly Written[])[]): readonly Written[] {
  const changed = new Set(own.flat().map(({ path }) => path))
  return against.filter(({ path }) => changed.has(path))
}

function unique(written: readonly Written[]): readonly Written[] {
  const byKey = new Map(written.map((one) => [`${one.action} ${one.path}`, one]))
  return [...byKey.values()]
}

/** Each pair's difference: of a commit against another, or against nothing. */
function compare(repository: GitPlace, pairs: readonly Pair[]): readonly (readonly Written[])[] {
  if (pairs.length === 0) return []
  const input = pairs.map(([commit, against]) => `${[commit, against].filter(Boolean).join(' ')}\n`).join('')
  const words = [
    'diff-tree',
    '--stdin',
    '--always',
    '--root',
    '-r',
    '-z',
    '--raw',
    '--no-renames',
    '--no-abbrev',
    '--ignore-submodules=none',
  ]
  return parseDifferences(
    askGit(repository, words, { input }),
    pairs.map(([commit]) => commit),
  )
}

/** `ID\0` begins each commit's list; behind it come its lines and paths in turns. */
function parseDifferences(answer: Buffer, commits: readonly string[]): readonly (readonly Written[])[] {
  const parts = textOf(answer).split('\0')
  let at = 0
  return commits.map((commit) => {
    if (parts[at] !== commit) throw new Error('git compared something else')
    at += 1
    const written: Written[] = []
    for (; parts[at]?.startsWith(':'); at += 2) {
      const change = readRawChange(parts[at] ?? '', parts[at + 1] ?? '')
      if (change !== undefined) written.push(change)
    }
    return written
  })
}
