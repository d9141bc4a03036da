import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'

const closeOnExec = 0o2000000

/**
 * Closes what this process inherited from its launcher beyond 0, 1 and 2: an open folder is a way out of any mount
 * namespace. Node opens everything of its own with close-on-exec, and marks what it inherits only up to the first gap; so
 * once a process is enough.
 */
export function closeInherited(): void {
  if (isDone) return
  for (const fd of readdirSync('/proc/self/fdinfo').map(Number).filter(isInheritable)) putNothingAt(fd)
  isDone = true
}

// Of the process, as what it inherited is. A descriptor without the mark that is there later is somebody's own in it, as
// where another program starts runs: closing that would be wrong.
let isDone = false

/**
 * What is native in this process may still write to the number, as V8 does to the logs that NODE_OPTIONS asks for: left
 * free, it would be that of the next file that is opened, and that is the record.
 */
function putNothingAt(fd: number): void {
  closeSync(fd)
  const others: number[] = []
  // The system gives the lowest that is free, and none above what this process may have.
  for (let opened = openNothing(); opened !== undefined && opened !== fd; opened = openNothing()) {
    others.push(opened)
    if (opened > fd) break
  }
  for (const other of others) closeSync(other)
}

function openNothing(): number | undefined {
  try {
    return openSync('/dev/null', 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EMFILE') return undefined
    throw error
  }
}

function isInheritable(fd: number): boolean {
  if (fd < 3) return false
  const flags = descriptorFlags(fd)
  return flags !== undefined && (flags & closeOnExec) === 0
}

/** Nothing for a descriptor that was only open while the folder was read. */
function descriptorFlags(fd: number): number | undefined {
  try {
    const found = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))
    return found?.[1] === undefined ? undefined : Number.parseInt(found[1], 8)
  } catch {
    return undefined
  }
}
