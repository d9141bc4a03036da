import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Decision } from '../../policy/types.ts'
import { askGit, type GitPlace } from '../git.ts'
import type { Written } from './history.ts'
import type { IndexFile } from './snapshot.ts'

export interface Unstaged extends Written {
  readonly decision: Decision
}

export interface StagedCheck {
  readonly place: GitPlace
  readonly before: IndexFile | undefined
  /** The commit that is checked out, once refs are put back; none yet in a new repository. */
  readonly head: string | undefined
  readonly decide: (written: Written) => Decision
}

/** Takes out of the index what the run has put there for a path that it may not write. The work tree is left alone. */
export function unstage({ place, before, head, decide }: StagedCheck): readonly Unstaged[] {
  const refused = readStaged(place, head).flatMap((staged): (Staged & Unstaged)[] => {
    const decision = decide(staged)
    return decision.effect === 'allow' ? [] : [{ ...staged, decision }]
  })
  if (refused.length === 0) return []
  const known = readKnown(
    place,
    before,
    refused.map(({ path }) => path),
  )
  const own = refused.filter(({ path, now }) => known.get(path) !== now)
  if (own.length > 0)
    askGit(place, ['update-index', '-z', '--index-info'], { input: own.map(asBefore).join('') })
  return own.map(({ path, action, decision }) => ({ path, action, decision }))
}

interface Staged extends Written {
  /** `MODE ID` in the commit that is checked out, and in the index; undefined where it is not in there. */
  readonly was: string | undefined
  readonly now: string | undefined
}

/** A mode of 0 takes the path out. */
function asBefore({ path, was, now }: Staged): string {
  return `${was ?? `0 ${'0'.repeat(now?.split(' ')[1]?.length ?? 40)}`}\t${path}\0`
}

function readStaged(place: GitPlace, head: string | undefined): readonly Staged[] {
  if (head === undefined) {
    return [...readEntries(place)].map(([path, now]) => ({ path, action: 'create', was: undefined, now }))
  }
  const words = [
    'diff-index',
    '--cached',
    '-r',
    '-z',
    '--raw',
    '--no-renames',
    '--no-abbrev',
    '--no-ext-diff',
    head,
    '--',
  ]
  const parts = askGit(place, words).toString('utf8').split('\0')
  return parts.flatMap((line, at): Staged[] => {
    const [, modeWas, modeNow, was, now, status] =
      /^:(\d+) (\d+) (\w+) (\w+) ([ADMT])$/.exec(at % 2 === 0 ? line : '') ?? []
    if (status === undefined) return []
    const action = status === 'A' ? 'create' : status === 'D' ? 'delete' : 'change'
    const entry = (mode = '', id = '') => (/^0+$/.test(mode) ? undefined : `${mode} ${id}`)
    return [{ path: parts[at + 1] ?? '', action, was: entry(modeWas, was), now: entry(modeNow, now) }]
  })
}

/** What the index had before for these paths. */
function readKnown(
  place: GitPlace,
  before: IndexFile | undefined,
  paths: readonly string[],
): ReadonlyMap<string, string> {
  if (before?.bytes === undefined) return new Map()
  return withCopy(before.bytes, (index) => readEntries(place, index, paths.length > mostWords ? [] : paths))
}

/** Of a command line. */
const mostWords = 500

/** `MODE ID` by path. */
function readEntries(
  place: GitPlace,
  index?: string,
  paths: readonly string[] = [],
): ReadonlyMap<string, string> {
  const words = ['ls-files', '--stage', '-z', '--', ...paths]
  const answer = askGit(place, words, index === undefined ? {} : { index })
  return new Map(
    answer
      .toString('utf8')
      .split('\0')
      .flatMap((line): [string, string][] => {
        const [, mode, id, path] = /^(\d+) (\w+) 0\t(.*)$/s.exec(line) ?? []
        return path === undefined ? [] : [[path, `${mode} ${id}`]]
      }),
  )
}

function withCopy<Answer>(bytes: Buffer, use: (file: string) => Answer): Answer {
  const folder = mkdtempSync(join(tmpdir(), 'oos-index-'))
  try {
    const file = join(folder, 'index')
    writeFileSync(file, bytes)
    return use(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
