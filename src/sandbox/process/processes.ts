import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  readonly state: string
  readonly threads: number
  readonly residentPages: number
  /** Its own and that of its children that it has waited for. */
  readonly cpuMs: number
  /** Clock ticks since boot: with the pid, the identity of a process. */
  readonly started: number
}

/** The process and everything below it, at most so many; one that ends meanwhile is left out. */
export function readProcessTree(root: number, atMost = Number.POSITIVE_INFINITY): readonly ProcessFacts[] {
  const found: ProcessFacts[] = []
  for (const facts of walkProcessTree(root)) if (found.push(facts) >= atMost) break
  return found
}

/** One after the other, so that who has found what it looks for reads no further. */
export function* walkProcessTree(root: number): Generator<ProcessFacts> {
  const queue = [root]
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    const facts = readProcess(pid)
    if (facts === undefined) continue
    yield facts
    queue.push(...childrenOf(facts))
  }
}

// `man 5 proc`: fields count from 1; what follows the name's last `)` begins with field 3.
const tickMs = 10

export function readProcess(pid: number): ProcessFacts | undefined {
  const text = readQuietly(`/proc/${pid}/stat`)
  if (text === undefined) return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3] ?? 0)
  return {
    pid,
    parent: field(4),
    state: fields[0] ?? '',
    threads: field(20),
    residentPages: field(24),
    cpuMs: (field(14) + field(15) + field(16) + field(17)) * tickMs,
    started: field(22),
  }
}

function childrenOf({ pid, threads }: ProcessFacts): number[] {
  const tasks = threads === 1 ? [String(pid)] : listQuietly(`/proc/${pid}/task`)
  return tasks.flatMap((task) => {
    const text = readQuietly(`/proc/${pid}/task/${task}/children`)?.trim() ?? ''
    return text === '' ? [] : text.split(' ').map(Number)
  })
}

/** Those whose command line has these words, one after the other. */
export function processesWith(words: readonly string[]): readonly number[] {
  const text = Buffer.from(`\0${words.join('\0')}\0`).toString('latin1')
  const pids = listQuietly('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => readQuietly(`/proc/${pid}/cmdline`)?.includes(text)).map(Number)
}

/** Shared pages divided among those who share them; nothing where the kernel does not tell. */
export function proportionalBytes(pid: number): number | undefined {
  const found = /^Pss:\s+(\d+) kB/m.exec(readQuietly(`/proc/${pid}/smaps_rollup`) ?? '')
  return found === null ? undefined : Number(found[1]) * 1024
}

/** What was written towards a disk, less what was deleted before it got there. */
export function writtenBytes(pid: number): number {
  const text = readQuietly(`/proc/${pid}/io`) ?? ''
  const figure = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1] ?? 0)
  return figure('write_bytes') - figure('cancelled_write_bytes')
}

/** The kernel counts resident memory in pages: 4 KiB on x86, up to 64 KiB on arm64. */
export function pageBytes(): number {
  const pageSizeKey = 6n
  const words = new BigUint64Array(new Uint8Array(readFileSync('/proc/self/auxv')).buffer)
  for (let at = 0; at + 1 < words.length; at += 2) if (words[at] === pageSizeKey) return Number(words[at + 1])
  return 4096
}

function readQuietly(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

function listQuietly(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
