import type { LimitName, LimitPlan, MachineFacts } from './types.ts'

export type LimitMachine = Pick<MachineFacts, 'uid' | 'prlimit' | 'cgroup'>

/** What holds each limit here; empty = nothing does. Planning and running both read this one table. */
export function limitHolders(
  machine: LimitMachine,
  interactive = false,
): Record<LimitName, readonly string[]> {
  const prlimit = machine.prlimit === undefined ? [] : ['prlimit']
  return {
    timeout: ['timer'],
    memory: machine.cgroup?.folders.memory === undefined ? [...prlimit, 'watchdog'] : ['cgroup'],
    // RLIMIT_NPROC never binds for uid 0 of the host, whatever it is called inside.
    processes:
      machine.cgroup?.folders.pids !== undefined
        ? ['cgroup']
        : [...(machine.uid === 0 ? [] : prlimit), 'watchdog'],
    // A terminal cannot be counted without taking it away from the command.
    output: interactive ? [] : ['pipe'],
    disk: [...prlimit, 'tmpfs', 'watchdog'],
    cpu: [...prlimit, 'watchdog'],
  }
}

/** The value of a limit, if this mechanism is one of those that hold it. */
export function limitHeld(limits: readonly LimitPlan[], name: LimitName, holder: string): number | undefined {
  return limits.find((limit) => limit.name === name && limit.heldBy.includes(holder))?.value
}

/**
 * The words in front of the command that set its resource limits, or none. It runs inside: NPROC counts within the user
 * namespace there, and outside it would count the user's other processes.
 */
export function prlimitWords(limits: readonly LimitPlan[], prlimit: string | undefined): readonly string[] {
  const options = limits
    .filter((limit) => limit.heldBy.includes('prlimit'))
    .flatMap((limit) => prlimitOptions(limit))
  if (options.length === 0 || prlimit === undefined) return []
  return [prlimit, ...options, '--core=0', '--memlock=65536', '--']
}

function prlimitOptions({ name, value }: LimitPlan): readonly string[] {
  switch (name) {
    // A second fence, for what outruns the watchdog. Not AS: Node reserves 16 GiB of addresses. Of DATA it reserves half
    // a GiB before it does anything.
    case 'memory':
      return [`--data=${value + 2 ** 30}`]
    // One for the first process of the namespace, one so that the watchdog sees the excess and can name it.
    case 'processes':
      return [`--nproc=${value + 2}`]
    case 'disk':
      return [`--fsize=${value}`]
    // The watchdog sums the tree; this holds a single process between two looks. At the first figure the kernel says so
    // by SIGXCPU; where both are one, it only kills.
    case 'cpu': {
      const seconds = Math.ceil(value / 1000) + 1
      return [`--cpu=${seconds}:${seconds + 1}`]
    }
    case 'timeout':
    case 'output':
      return []
  }
}
