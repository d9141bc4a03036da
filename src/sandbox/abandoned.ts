import { closeSync, constants, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readProcess } from './process/processes.ts'

/** The name of the pipe by which a run that learns is told of by its tracer. */
export const traceName = (pid: number) => `${pid}.trace`

/**
 * Removes what an oos was about to use that was killed: the draft of an entry, whose ghosts were not made yet, and the pipe
 * of a trace. strace may still wait there for somebody who reads, and would for ever: let go on, it finds nobody, and what
 * it starts ends at the gate.
 */
export function removeAbandoned(folder: string, names: readonly string[]): void {
  for (const name of names) {
    if (!/\.(json\.new|trace)$/.test(name) || readProcess(Number.parseInt(name, 10)) !== undefined) continue
    const path = join(folder, name)
    const reader = name.endsWith('.trace') ? openReader(path) : undefined
    rmSync(path, { force: true })
    // Only now: nobody can open the pipe any more, to wait there again.
    if (reader !== undefined) closeSync(reader)
  }
}

function openReader(pipe: string): number | undefined {
  try {
    return openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  } catch {
    // Another user's, who alone can.
    return undefined
  }
}
