import { fstatSync, statSync, writeSync } from 'node:fs'

/** Writes all of it to stdout before it returns. Node's own stream would cost a start 2 ms, and may lose what waits in it at the end. */
export function writeAnswer(text: string): void {
  try {
    writeAll(1, text)
  } catch (error) {
    // The reader of a pipe (`| head`) has seen enough.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
    process.exit(0)
  }
}

/** Talk that nobody hears any more is no failure. */
export function writeTalk(text: string): void {
  try {
    writeAll(2, text)
  } catch {
    // Closed, or full: the answer still counts.
  }
}

function writeAll(descriptor: number, text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      // Somebody made the pipe one that does not wait, and it is full.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/** Whether somebody looks. Only what could be a terminal is asked, for that loads its stream. */
export function isTerminal(stream: 'stdout' | 'stderr'): boolean {
  const stat = fstatSync(stream === 'stdout' ? 1 : 2)
  return (
    stat.isCharacterDevice() && stat.rdev !== statSync('/dev/null').rdev && process[stream].isTTY === true
  )
}
