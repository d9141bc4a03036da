import { readFileSync, readlinkSync } from 'node:fs'
import type { Supervisor } from './events.ts'

/** Who this process is, so that another oos can tell later whether it is gone. */
export function thisSupervisor(): Supervisor {
  return { pid: process.pid, started: startTime(process.pid) ?? '', ...machine() }
}

/**
 * Whether the process that ran it is certainly gone. A process of another namespace (a container that shares the folder)
 * cannot be seen from here: as long as the machine has not been restarted, it counts as alive.
 */
export function isGone(
  supervisor: Supervisor,
  here: Pick<Supervisor, 'boot' | 'namespace'> = machine(),
): boolean {
  if (supervisor.boot !== here.boot) return true
  if (supervisor.namespace !== here.namespace) return false
  return !isRunning(supervisor.pid) || (startTime(supervisor.pid) ?? '') !== supervisor.started
}

function machine(): Pick<Supervisor, 'boot' | 'namespace'> {
  return { boot: read('/proc/sys/kernel/random/boot_id') ?? '', namespace: readNamespace() }
}

/** Counted from the last `)`, since a program's name may hold anything. A zombie has no start any more: it is dead. */
function startTime(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`)
  const [state = '', ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  return /^[ZX]$/.test(state) ? 'dead' : rest[18]
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function readNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}
