import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { bytesOf, onDisk } from '../../shared/bytes.ts'

/**
 * Writes git's own files as git does, lock and rename. Not by git itself: a run can leave what makes it refuse (a lock, a
 * name in the way, an object that is not there), and what is put back must not depend on that.
 */
export function writeRef(folder: string, name: string, value: string): void {
  const path = join(folder, name)
  openWay(folder, dirname(name))
  if (lstatSync(onDisk(path), { throwIfNoEntry: false })?.isDirectory())
    rmSync(onDisk(path), { recursive: true })
  replaceFile(path, `${value}\n`)
}

/** A ref's own file, and the folders that only it needed. What `packed-refs` says of it is another matter. */
export function removeRef(folder: string, name: string): void {
  openWay(folder, dirname(name))
  rmSync(onDisk(join(folder, name)), { force: true })
  for (let at = dirname(name); at.split('/').length > 2; at = dirname(at)) {
    const path = join(folder, at)
    if (!existsSync(onDisk(path)) || readdirSync(onDisk(path)).length > 0) return
    rmdirSync(onDisk(path))
  }
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

/** In one step, and only while nobody else has the lock. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const lock = `${path}.lock`
  const file = takeLock(lock)
  try {
    writeFileSync(file, typeof content === 'string' ? bytesOf(content) : content)
  } finally {
    closeSync(file)
  }
  renameSync(onDisk(lock), onDisk(path))
}

const patienceMs = 1000
const pause = new Int32Array(new SharedArrayBuffer(4))

function takeLock(lock: string): number {
  freeLock(lock)
  return openSync(onDisk(lock), 'wx', 0o644)
}

/** Whoever has it is a git of the person's, and soon done; or nobody has it, and the run has left it. */
export function freeLock(lock: string): void {
  for (let waited = 0; lstatSync(onDisk(lock), { throwIfNoEntry: false }) !== undefined; waited += 20) {
    if (waited >= patienceMs) rmSync(onDisk(lock), { recursive: true, force: true })
    else Atomics.wait(pause, 0, 0, 20)
  }
}

/** Makes the folders down to `inside` of `top`, and opens those that nobody may enter. Never through a link. */
export function openWay(top: string, inside: string): void {
  let path = top
  openFolder(path)
  for (const name of inside.split('/').filter((part) => part !== '.')) {
    path = join(path, name)
    const stats = lstatSync(onDisk(path), { throwIfNoEntry: false })
    if (stats?.isDirectory()) openFolder(path)
    else {
      if (stats !== undefined) rmSync(onDisk(path), { force: true })
      mkdirSync(onDisk(path))
    }
  }
}

/** Whether there was something to open. */
export function openFolder(path: string): boolean {
  const stats = lstatSync(onDisk(path), { throwIfNoEntry: false })
  if (!stats?.isDirectory() || (stats.mode & 0o700) === 0o700) return false
  chmodSync(onDisk(path), stats.mode | 0o700)
  return true
}
