import { readlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { kindOf, realpathOf } from '../look.ts'
import { readPlainFile } from '../plain-file.ts'
import { type FileGlob, judgeFile, nothing } from '../tree/access.ts'
import { accessAt } from '../tree/access-at.ts'
import type { Mount, TreeEntry } from '../types.ts'

/** Where the project's `.git` says that its repository is, where it is a file. */
export interface GitPointer {
  readonly file: string
  /** As it says, which may lead through links. */
  readonly written: string
  readonly real: string
}

export function readGitPointer(root: string): GitPointer | undefined {
  const file = join(root, '.git')
  const written = readPointer(file, /^gitdir: (.+)$/)
  const real = written === undefined ? undefined : realpathOf(written)
  return written === undefined || real === undefined ? undefined : { file, written, real }
}

/** A file of git's that names a place: what stands in its one line. */
export function readPointer(file: string, line: RegExp): string | undefined {
  const target = line.exec(readPlainFile(file)?.trimEnd() ?? '')?.[1]
  return target === undefined ? undefined : resolve(dirname(file), target)
}

interface Swept {
  readonly globs: readonly FileGlob[]
  readonly entries: readonly TreeEntry[]
  readonly root: string
}

/**
 * Links on the way to the repository that a run could replace, and so lead git to one of its own, hooks and all. Nothing
 * holds a link in its place, so such a run is refused.
 */
export function pointerEntries({ globs, entries, root }: Swept): TreeEntry[] {
  const pointer = readGitPointer(root)
  if (pointer === undefined) return []
  const { access, rule } = judgeFile(globs, join(pointer.file, 'config'), nothing)
  if (access === 'write') return []
  return linksOnWay(pointer.written)
    .filter((path) => accessAt(entries, dirname(path)) === 'write')
    .map((path) => ({ path, kind: 'link', access: 'read', note: 'git obeys it', ...(rule && { rule }) }))
}

/** As many as the kernel follows. */
const mostLinks = 40

function linksOnWay(path: string): readonly string[] {
  const links: string[] = []
  for (let rest = path; links.length < mostLinks; ) {
    const link = firstLink(rest)
    if (link === undefined) break
    links.push(link)
    const target = targetOf(link)
    if (target === undefined) break
    rest = resolve(dirname(link), target) + rest.slice(link.length)
  }
  return links
}

/** Nothing where another run has put something else in its place. */
function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link)
  } catch {
    return undefined
  }
}

function firstLink(path: string): string | undefined {
  const names = path.split('/').slice(1)
  const above = names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`)
  return above.find((one) => kindOf(one) === 'link')
}

/**
 * Links outside of the project are not there inside. So `.git` says there where they lead, if a rule opens that and not the
 * way through them.
 */
export function straightGitFile(root: string, entries: readonly TreeEntry[]): Mount | undefined {
  const pointer = readGitPointer(root)
  if (pointer === undefined || pointer.written === pointer.real) return undefined
  const { file, written, real } = pointer
  if (accessAt(entries, written) !== 'none' || accessAt(entries, real) === 'none') return undefined
  const note = 'says where the repository is without the links on the way'
  return { kind: 'file', path: file, content: `gitdir: ${real}\n`, note }
}
