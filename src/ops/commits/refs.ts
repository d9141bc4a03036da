import { type Dirent, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { statOf } from '../../sandbox/look.ts'
import { readPlainBytes, readPlainStart } from '../../sandbox/plain-file.ts'
import { onDisk, textOf } from '../../shared/bytes.ts'

/** Every name that leads to a commit, as the files say: an id, or `ref: ` and another name. */
export interface Refs {
  readonly loose: ReadonlyMap<string, string>
  readonly packed: PackedFile | undefined
  /** Where git expects files and folders: links, pipes, sockets, and folders that nobody may enter. */
  readonly odd: readonly string[]
}

/** `packed-refs`, whose lines are read once something has changed. */
export interface PackedFile {
  readonly text: string
  readonly stamp: string
}

/** Above it a file is no list of refs, and no index. */
export const mostBytes = 64_000_000

/** Reads git's own files, without git: nothing here can be told to run anything, and it costs next to nothing. */
export function readRefs(common: string, known?: PackedFile): Refs {
  const odd: string[] = []
  return { loose: readLoose(common, odd), packed: readPacked(join(common, 'packed-refs'), known), odd }
}

/** Refs that stand in files of their own, by name. */
export function readLoose(folder: string, odd: string[]): ReadonlyMap<string, string> {
  const loose = new Map<string, string>()
  walk('refs')
  return loose

  function walk(name: string): void {
    for (const entry of entriesOf(join(folder, name), odd)) {
      const inside = `${name}/${entry.name}`
      const path = join(folder, inside)
      if (entry.isDirectory() && !isTooLong(inside)) walk(inside)
      else if (!entry.isFile()) odd.push(path)
      else if (!entry.name.endsWith('.lock')) loose.set(inside, readValue(readText(path)) ?? '')
    }
  }
}

export type Entry = Pick<Dirent, 'name' | 'isDirectory' | 'isFile'>

/** No ref has such a name; below it, paths come to be longer than what can be looked at. */
export function isTooLong(name: string): boolean {
  return name.length > 1000
}

/** What cannot be read as a folder counts as odd; what is not there does not. */
export function entriesOf(folder: string, odd: string[]): readonly Entry[] {
  try {
    if (lstatSync(onDisk(folder)).isDirectory() && mayEnter(folder)) return listFolder(folder)
    odd.push(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') odd.push(folder)
  }
  return []
}

/** One that may be read and not entered says what is in it, and lets nobody look at that. */
const mayEnter = (folder: string) => statOf(onDisk(`${folder}/.`)) !== undefined

/** Names that are no UTF-8 are asked for once more, byte by byte. */
function listFolder(folder: string): readonly Entry[] {
  const entries = readdirSync(onDisk(folder), { withFileTypes: true })
  if (!entries.some(({ name }) => name.includes('\ufffd'))) return entries
  return readdirSync(onDisk(folder), { withFileTypes: true, encoding: 'buffer' }).map((entry) => ({
    name: textOf(entry.name),
    isDirectory: () => entry.isDirectory(),
    isFile: () => entry.isFile(),
  }))
}

/** One of git's own files, with every byte that is in it. */
export function readText(file: string, most = mostOfText): string | undefined {
  const bytes = readPlainBytes(file, most)
  return bytes === undefined ? undefined : textOf(bytes)
}

/** Of a file of any size; git, too, asks only how one begins. */
export function readStart(file: string, length: number): string | undefined {
  const bytes = readPlainStart(file, length)
  return bytes === undefined ? undefined : textOf(bytes)
}

/** In bytes; no ref is longer. */
const mostOfText = 1_000_000

/** As git reads a ref: what stands behind the id does not count, and upper case is as good. */
function readValue(text: string | undefined): string | undefined {
  const [line = ''] = text?.split('\0') ?? []
  const id = /^([0-9a-f]{64}|[0-9a-f]{40})(?=[\t-\r ]|$)/i.exec(line)?.[1]
  return text === undefined ? undefined : (id?.toLowerCase() ?? line.replace(/[\t-\r ]+$/, ''))
}

/** HEAD may be a link: git made it so once, and still reads it. */
export function readHead(file: string): string | undefined {
  const value = readValue(readText(file))
  if (value !== undefined) return value
  try {
    return `ref: ${textOf(readlinkSync(onDisk(file), { encoding: 'buffer' }))}`
  } catch {
    return undefined
  }
}

function readPacked(file: string, known: PackedFile | undefined): PackedFile | undefined {
  const stamp = stampOf(file)
  if (stamp === undefined || stamp === known?.stamp) return stamp === undefined ? undefined : known
  return { text: readText(file, mostBytes) ?? '', stamp }
}

/** Whatever changes a file changes this: nothing inside can set the time of its last change. */
export function stampOf(file: string): string | undefined {
  try {
    const stats = lstatSync(onDisk(file), { bigint: true, throwIfNoEntry: false })
    return stats && `${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}:${stats.mode}`
  } catch {
    return undefined
  }
}

/** The names in `packed-refs` and their ids; undefined where the file is damaged. */
export function parsePacked(text: string): ReadonlyMap<string, string> | undefined {
  const refs = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#') || /^\^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(line)) continue
    const [, id, name] = /^([0-9a-f]{40}|[0-9a-f]{64}) ([^\x00-\x20\x7f]+)$/.exec(line) ?? []
    if (id === undefined || name === undefined) return undefined
    refs.set(name, id)
  }
  return refs
}

/** The id that a value leads to, through as many names as git follows. */
export function resolveRef(value: string | undefined, refs: ReadonlyMap<string, string>): string | undefined {
  let at = value
  for (let hop = 0; at !== undefined && hop < 6; hop += 1) {
    if (isId(at)) return at
    const name = targetOf(at)
    at = name === undefined ? undefined : refs.get(name)
  }
  return undefined
}

export function isId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}

/** The name that `ref: NAME` says; nothing for one that git does not take. */
export function targetOf(value: string): string | undefined {
  const name = /^ref:[\t-\r ]*([^\x00-\x20\x7f]+)$/.exec(value)?.[1]
  return name !== undefined && isRefName(name) ? name : undefined
}

/** As `git check-ref-format` has it. */
export function isRefName(name: string): boolean {
  return (
    /^refs\/[^~^:?*[\\\x00-\x20\x7f]+$/.test(name) &&
    !/(?:^|\/)\.|\.\.|@\{|\/\/|\.lock(?:\/|$)|[/.]$/.test(name)
  )
}

/** What is loose stands before what is packed. */
export function namesIn({ refs }: { readonly refs: Refs }): ReadonlyMap<string, string> {
  return new Map([...(parsePacked(refs.packed?.text ?? '') ?? []), ...refs.loose])
}

/** A new name where refused commits go: another run's, which has ended meanwhile. Nothing better can become of it. */
export function isPutAway(name: string, before: ReadonlyMap<string, string>): boolean {
  return name.startsWith('refs/oos/quarantine/') && !before.has(name)
}
