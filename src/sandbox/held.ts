import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  type Stats,
  unlinkSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { bytesOf, onDisk } from '../shared/bytes.ts'
import { statOf } from './look.ts'

const { O_DIRECTORY, O_NOFOLLOW } = constants
/** Node has no name for it: the thing itself, whether or not it may be read. */
const O_PATH = 0o10000000

/** On the way to it lies a link now, or nothing: another run is at work there. Nothing behind it was touched. */
export class LedElsewhere extends Error {
  constructor(path: string) {
    super(`\`${path}\` leads elsewhere: something else was put in its way`)
  }
}

/** A run may write there as little as oos: nothing in it is a run's doing, and to try again would help nobody. */
export class ClosedToAll extends Error {
  constructor(folder: string, cause: unknown) {
    super(`\`${folder}\` belongs to somebody else, and neither you nor a run may write there`, { cause })
    this.folder = folder
  }
  readonly folder: string
}

/**
 * A run under way may put a link in the place of any folder that it can write, at any moment. So what lies there is only
 * reached through its folder's descriptor: `act` is given the name in the folder that is held, whatever the path comes to
 * mean, and has to leave the last link alone itself.
 *
 * @throws LedElsewhere
 * @throws ClosedToAll
 */
export function inFolder<Answer>(path: string, act: (own: string | Buffer) => Answer): Answer {
  return withFolder(dirname(path), (folder) => {
    const own = nameIn(folder, bytesOf(basename(path)))
    try {
      return act(own)
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (isClosedToAll(folder, own)) throw new ClosedToAll(dirname(path), error)
      return whileOpen(folder, () => act(own), error)
    }
  })
}

/** A run can take from a folder that is ours the right to enter it, and to write there. It is left as it was. */
function whileOpen<Answer>(folder: number, act: () => Answer, refusal: unknown): Answer {
  const { mode } = fstatSync(folder)
  if (!letOwnerIn(folder)) throw refusal
  try {
    return act()
  } finally {
    chmodSync(`/proc/self/fd/${folder}`, mode & 0o7777)
  }
}

/** Not a disk that has become read-only: what lies on it may be a run's. */
const isRefusal = (error: unknown) =>
  ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')

/** Nor can what is in it be written where it lies. */
function isClosedToAll(folder: number, own: string | Buffer): boolean {
  // In a folder that only its owner may enter nothing can be looked at, and nothing be ours.
  const stats = statOf(own)
  const isKept = stats === undefined || stats.isSymbolicLink() || isOthers(own, stats)
  return isKept && isOthers(`/proc/self/fd/${folder}`, fstatSync(folder))
}

/** What is ours, whoever runs as us could have opened, and closed again. */
function isOthers(path: string | Buffer, { uid }: Stats): boolean {
  if (uid === process.getuid?.()) return false
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    return isRefusal(error)
  }
}

/** Of a folder that the path leads to by itself: what stays the same of it, also when the machine starts anew. */
export function identityOf(path: string): string | undefined {
  try {
    return withFolder(path, (folder) => String(fstatSync(folder, { bigint: true }).ino))
  } catch {
    return undefined
  }
}

/** Whether there was something to open: a folder that its owner may not enter. */
export function openToOwner(path: string): boolean {
  if (!inFolder(path, isFolder)) return false
  return withFolder(path, letOwnerIn)
}

/** The same where links on the way there are the person's own: only the last name is a run's to replace. */
export function openLastToOwner(path: string): boolean {
  const folder = openFolder(path)
  try {
    return letOwnerIn(folder)
  } finally {
    closeSync(folder)
  }
}

/**
 * Opens the folders from `top` down to `path` that their owner may not look into: a run can have shut them, with all that
 * lies in them. Says which. Not through a link, nor further than there is one, nor those that were `shut` before.
 */
export function openDown(top: string, path: string, shut: readonly string[] = []): readonly string[] {
  const opened: string[] = []
  try {
    for (const folder of foldersDown(top, path)) {
      if (!isShut(folder) || shut.includes(folder)) continue
      if (folder === top ? openLastToOwner(folder) : openToOwner(folder)) opened.push(folder)
    }
  } catch {
    // Gone, led elsewhere, or somebody else's: whoever looks there says so.
  }
  return opened
}

/** Those of them that a person has shut: only root comes by them. */
export function findShut(top: string, path: string): readonly string[] {
  return foldersDown(top, path).filter(isShut)
}

function foldersDown(top: string, path: string): readonly string[] {
  const names = path.slice(top.length).split('/').filter(Boolean)
  return [top, ...names.map((_, index) => `${top}/${names.slice(0, index + 1).join('/')}`)]
}

/** By its mode: root, who may look into every folder here, may not inside a sandbox. */
function isShut(folder: string): boolean {
  const stats = statOf(onDisk(folder))
  return stats === undefined || (stats.isDirectory() && (stats.mode & 0o500) !== 0o500)
}

function letOwnerIn(folder: number): boolean {
  const { mode } = fstatSync(folder)
  if ((mode & 0o700) === 0o700) return false
  chmodSync(`/proc/self/fd/${folder}`, (mode & 0o7777) | 0o700)
  return true
}

export function isFolder(own: string | Buffer): boolean {
  return lstatSync(own, { throwIfNoEntry: false })?.isDirectory() === true
}

/** With all that is in it. What is gone already, with its folder or without, is no error. */
export function removeWhole(path: string): void {
  if (lstatSync(onDisk(dirname(path)), { throwIfNoEntry: false }) === undefined) return
  inFolder(path, removeOwn)
}

function removeOwn(own: string | Buffer): void {
  const stats = lstatSync(own, { throwIfNoEntry: false })
  if (stats?.isDirectory()) removeFolder(own)
  else if (stats !== undefined) unlinkSync(own)
}

function removeFolder(own: string | Buffer): void {
  const folder = openSync(own, O_DIRECTORY | O_NOFOLLOW | O_PATH)
  try {
    const held = `/proc/self/fd/${folder}`
    chmodSync(held, 0o700)
    for (const name of readdirSync(held, { encoding: 'buffer' })) removeOwn(nameIn(folder, name))
  } finally {
    closeSync(folder)
  }
  rmdirSync(own)
}

function withFolder<Answer>(path: string, act: (folder: number) => Answer): Answer {
  const folder = openFolder(path)
  try {
    if (!leadsTo(folder, path)) throw new LedElsewhere(path)
    return act(folder)
  } finally {
    closeSync(folder)
  }
}

const elsewhere: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP'])

function openFolder(path: string): number {
  try {
    return openSync(onDisk(path), O_DIRECTORY | O_NOFOLLOW | O_PATH)
  } catch (error) {
    throw elsewhere.has((error as NodeJS.ErrnoException).code) ? new LedElsewhere(path) : error
  }
}

/** Whether it was opened by this path without a link on the way. What was replaced since then was still there. */
export function leadsTo(descriptor: number, path: string): boolean {
  const real = readlinkSync(`/proc/self/fd/${descriptor}`, { encoding: 'buffer' })
  const meant = bytesOf(path)
  return real.equals(meant) || real.equals(Buffer.concat([meant, gone]))
}

const gone = Buffer.from(' (deleted)')

function nameIn(folder: number, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), name])
}
