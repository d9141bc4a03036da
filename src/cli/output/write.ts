import { fstatSync, statSync, writeSync } from 'node:fs'

/** Writes all of it to stdout, at once. Node's own stream costs a start 2 ms, so it is loaded where it has to wait. */
export function writeAnswer(text: string): void {
  let rest = Buffer.from(text)
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN')
      process.stdout.on('error', leaveQuietly).write(rest)
    else leaveQuietly(error as NodeJS.ErrnoException)
  }
}

/** The reader of a pipe (`| head`) has seen enough. */
export function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
}

/** Talk that nobody hears any more is no failure. */
export function writeTalk(text: string): void {
  const { stderr } = process
  if (stderr.listenerCount('error', ignore) === 0) stderr.on('error', ignore)
  stderr.write(text)
}

function ignore(): void {}

/** Whether somebody looks. Only what could be a terminal is asked, for that loads its stream. */
export function isTerminal(stream: 'stdout' | 'stderr'): boolean {
  const stat = fstatSync(stream === 'stdout' ? 1 : 2)
  return (
    stat.isCharacterDevice() && stat.rdev !== statSync('/dev/null').rdev && process[stream].isTTY === true
  )
}
