import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decision } from '../../policy/types.ts'
import { readPlainBytes } from '../../sandbox/plain-file.ts'
import { bytesOf, textOf } from '../../shared/bytes.ts'
import { askGit, type GitPlace } from '../git.ts'
import { parseRawDiff, type RawChange, stagedWords, type Written } from '../raw-diff.ts'
import { replaceFile } from './ref-files.ts'
import { stampOf } from './refs.ts'
import type { IndexFile } from './snapshot.ts'
import { withFile } from './with-file.ts'

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

/** What is staged against a rule, whoever has staged it. */
export function refusedStaged({
  place,
  head,
  decide,
}: Pick<StagedCheck, 'place' | 'head' | 'decide'>): readonly (RawChange & Unstaged)[] {
  return readStaged(place, head).flatMap((staged) => {
    const decision = decide(staged)
    return decision.effect === 'allow' ? [] : [{ ...staged, decision }]
  })
}

/** Takes out of the index what the run has put there for a path that it may not write. The work tree is left alone. */
export function unstage(check: StagedCheck): readonly Unstaged[] {
  const { place, before } = check
  const refused = refusedStaged(check)
  if (refused.length === 0) return []
  const known = readKnown(
    place,
    before,
    refused.map(({ path }) => path),
  )
  const own = refused.filter(({ path, now }) => known.get(path) !== now)
  if (own.length === 0) return []
  changeIndex(place, bytesOf(own.map(asBefore).join('')))
  return own.map(({ path, action, decision }) => ({ path, action, decision }))
}

/** On a copy: git follows a link, and a run under way can put one where it writes. */
function changeIndex(place: GitPlace, input: Buffer): void {
  const file = join(place.gitDir, 'index')
  const bytes = readPlainBytes(file, mostOfIndex)
  if (bytes === undefined && stampOf(file) !== undefined) throw new Error('the index cannot be read')
  const changed = withFile(bytes, (index) => {
    // Half of one that is split in two would be written beside the repository's own.
    const settings = { 'core.splitIndex': 'false' }
    askGit(place, ['update-index', '-z', '--index-info'], { input, index, settings })
    return readFileSync(index)
  })
  replaceFile(file, changed)
}

/** In bytes; a million files take some 100 MB. */
const mostOfIndex = 1 << 30

/** A mode of 0 takes the path out. */
function asBefore({ path, was, now }: RawChange): string {
  return `${was ?? `0 ${'0'.repeat(now?.split(' ')[1]?.length ?? 40)}`}\t${path}\0`
}

function readStaged(place: GitPlace, head: string | undefined): readonly RawChange[] {
  if (head === undefined) {
    return [...readEntries(place)].map(([path, now]) => ({ path, action: 'create', was: undefined, now }))
  }
  return parseRawDiff(askGit(place, [...stagedWords, head, '--']))
}

/** What the index had before for these paths. */
function readKnown(
  place: GitPlace,
  before: IndexFile | undefined,
  paths: readonly string[],
): ReadonlyMap<string, string> {
  if (before?.bytes === undefined) return new Map()
  const few = paths.length <= mostWords && paths.every((path) => path.isWellFormed()) ? paths : []
  return withFile(before.bytes, (index) => readEntries(place, index, few))
}

/** Of a command line, which takes text alone. */
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
    textOf(answer)
      .split('\0')
      .flatMap((line): [string, string][] => {
        const [, mode, id, path] = /^(\d+) (\w+) 0\t(.*)$/s.exec(line) ?? []
        return path === undefined ? [] : [[path, `${mode} ${id}`]]
      }),
  )
}
