import { fstatSync, statSync, writeSync } from 'node:fs'

/** Writes all of it to stdout, at once. Node's own stream costs a start 2 ms, so it is loaded where it has to wait. */
export function writeAnswer(text: string): void {
  let rest = Buffer.from(text)
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') process.stdout.write(rest)
    else leaveQuietly(error as NodeJS.ErrnoException)
  }
}

/** The reader of a pipe (`| head`) has seen enough. */
export function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
}

/** Whether somebody looks. Only what could be a terminal is asked, for that loads its stream. */
export function isTerminal(stream: 'stdout' | 'stderr'): boolean {
  const stat = fstatSync(stream === 'stdout' ? 1 : 2)
  return (
    stat.isCharacterDevice() && stat.rdev !== statSync('/dev/null').rdev && process[stream].isTTY === true
  )
}
