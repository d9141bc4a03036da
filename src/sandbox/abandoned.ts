import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { processesWith, readProcess } from './process/processes.ts'

/** The name of the pipe by which a run that learns is told of by its tracer. */
export const traceName = (pid: number) => `${pid}.trace`

/**
 * Removes what an oos was about to use that was killed: the draft of an entry, whose ghosts were not made yet, and the pipe
 * of a trace. strace may still wait there for somebody who reads, or a child of it that tried what this kernel can stands
 * stopped, and would for ever: nothing of a run is among them.
 */
export function removeAbandoned(folder: string, names: readonly string[]): void {
  for (const name of names) {
    if (!/\.(json\.new|trace)$/.test(name) || readProcess(Number.parseInt(name, 10)) !== undefined) continue
    const path = join(folder, name)
    // First: one that has not come as far as to open it would make a file there.
    if (name.endsWith('.trace')) for (const pid of processesWith(['-o', path])) end(pid)
    rmSync(path, { force: true })
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has just ended, or is another user's.
  }
}
