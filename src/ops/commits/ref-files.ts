import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { inFolder, isFolder, openToOwner, removeWhole } from '../../sandbox/held.ts'
import { bytesOf } from '../../shared/bytes.ts'
import { unreadable } from './snapshot.ts'

/**
 * Writes git's own files as git does, lock and rename. Not by git itself: a run can leave what makes it refuse (a lock, a
 * name in the way, an object that is not there), and what is put back must not depend on that.
 */
export function writeRef(folder: string, name: string, value: string): void {
  const path = join(folder, name)
  openWay(folder, dirname(name))
  replaceFile(path, `${value}\n`)
}

/** A ref's own file, and the folders that only it needed. What `packed-refs` says of it is another matter. */
export function removeRef(folder: string, name: string): void {
  openWay(folder, dirname(name))
  inFolder(join(folder, name), (own) => {
    if (isThere(own)) unlinkSync(own)
  })
  for (let at = dirname(name); at.split('/').length > 2; at = dirname(at))
    if (!inFolder(join(folder, at), removeEmpty)) return
}

function removeEmpty(own: string | Buffer): boolean {
  try {
    rmdirSync(own)
    return true
  } catch {
    return false
  }
}

function isThere(own: string | Buffer): boolean {
  return lstatSync(own, { throwIfNoEntry: false }) !== undefined
}

export function removePacked(folder: string, text: string, names: ReadonlySet<string>): void {
  let dropped = false
  const lines = text.split('\n').filter((line) => {
    // A line with `^` belongs to the tag above it.
    if (!line.startsWith('^')) dropped = names.has(line.slice(line.indexOf(' ') + 1)) && !line.startsWith('#')
    return !dropped
  })
  replaceFile(join(folder, 'packed-refs'), lines.join('\n'))
}

/** As it was: gone where it was not there, or could not be read. */
export function putBackFile(path: string, text: string | undefined): void {
  removeWhole(path)
  if (text !== undefined && text !== unreadable) replaceFile(path, text)
}

/** In one step, and only while nobody else has the lock. A folder in its place goes. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  freeLock(`${path}.lock`)
  if (inFolder(path, isFolder)) removeWhole(path)
  inFolder(path, (own) => {
    const lock = Buffer.concat([Buffer.from(own), Buffer.from('.lock')])
    const file = openSync(lock, 'wx', 0o644)
    try {
      writeFileSync(file, typeof content === 'string' ? bytesOf(content) : content)
    } finally {
      closeSync(file)
    }
    renameSync(lock, own)
  })
}

const patienceMs = 1000
const pause = new Int32Array(new SharedArrayBuffer(4))

/** Whoever has it is a git of the person's, and soon done; or nobody has it, and the run has left it. */
function freeLock(lock: string): void {
  for (let waited = 0; waited < patienceMs; waited += 20) {
    if (!inFolder(lock, isThere)) return
    Atomics.wait(pause, 0, 0, 20)
  }
  removeWhole(lock)
}

/** Makes the folders down to `inside` of `top`, and opens those that nobody may enter. Never through a link. */
export function openWay(top: string, inside: string): void {
  let path = top
  openToOwner(path)
  for (const name of inside.split('/').filter((part) => part !== '.')) {
    path = join(path, name)
    inFolder(path, makeFolder)
    openToOwner(path)
  }
}

function makeFolder(own: string | Buffer): void {
  if (isFolder(own)) return
  if (isThere(own)) unlinkSync(own)
  mkdirSync(own)
}
