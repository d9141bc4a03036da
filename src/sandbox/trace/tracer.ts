import { closeSync, constants, openSync, readlinkSync, unlinkSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { OosError } from '../../shared/errors.ts'
import { traceName } from '../abandoned.ts'
import { makePipes } from '../process/pipe.ts'
import { readProcessTree } from '../process/processes.ts'
import { afterMs } from '../timer.ts'
import { createCollector, type Trace } from './collect.ts'
import { type Strace, straceWords } from './strace.ts'

/** Watches from outside which files a run uses. Nothing inside can see it, or end it. */
export interface Tracer {
  /** In front of bubblewrap. */
  readonly words: readonly string[]
  /** The command stands at the gate: from here on its calls count. `first` is its namespace's first process. */
  readonly begin: (root: number, first: number) => void
  /** Rejects when the tracer ends before the run does. */
  readonly broken: Promise<never>
  /** All that was seen, when nothing of the run is left. */
  readonly end: () => Promise<Trace>
  /** Takes everything of it from the disk. */
  readonly close: () => void
}

/** `folder`: that of the project's ghosts, since nobody but this user, and nothing inside, may write there. */
export function openTracer(strace: Strace, folder: string): Tracer {
  const pipe = join(folder, traceName(process.pid))
  makePipe(pipe)
  const input = new Socket({ fd: openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK) })
  // Without a writer of ours there would be nothing to read, and so an end, before strace has opened it.
  let held: number | undefined = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
  const letGo = () => {
    if (held !== undefined) closeSync(held)
    held = undefined
  }
  const ended = new Promise<void>((resolve) => input.once('close', () => resolve()))
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => undefined)
  let outside: ReadonlySet<number> | undefined
  let last: RegExp | undefined
  let complete = false
  const collector = createCollector({
    isOutside: (thread) => outside?.has(thread) ?? true,
    askFolder: folderOfThread,
  })
  readLines(input, (text) => {
    if (last?.test(text)) complete = true
    else collector.line(text)
  })
  const remove = () => {
    try {
      unlinkSync(pipe)
    } catch {
      // It is gone already.
    }
  }
  return {
    words: straceWords(strace, pipe),
    begin: (root, first) => {
      const command = readProcessTree(first, 2)[1]?.pid
      outside = new Set(
        readProcessTree(root)
          .map(({ pid }) => pid)
          .filter((pid) => pid !== command),
      )
      // What strace says when a process has ended; after the first one of a namespace nothing is left in it.
      last = new RegExp(`^${first} +\\+\\+\\+ `)
      remove()
      letGo()
      void ended.then(() => {
        if (!complete) broken.reject(endedEarly())
      })
    },
    broken: broken.promise,
    end: async () => {
      await orTired(ended)
      return { ...collector.trace(), complete }
    },
    close: () => {
      remove()
      letGo()
      input.destroy()
    },
  }
}

const patienceMs = 5_000

/** In case the tracer itself hangs: then what it has told counts. */
async function orTired(ended: Promise<void>): Promise<void> {
  const tired = Promise.withResolvers<void>()
  const callOff = afterMs(patienceMs, tired.resolve)
  await Promise.race([ended, tired.promise])
  callOff()
}

const endedEarly = () =>
  new OosError('sandbox-failed', 'strace ended before the command did, so what it uses is not seen', {
    hint: 'run it again; `oos run` without --learn needs no strace',
  })

function readLines(input: Socket, line: (text: string) => void): void {
  let rest = ''
  input.setEncoding('latin1')
  input.on('error', () => undefined)
  input.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) line(text)
  })
}

/** As strace itself would read it: the path as it is inside. */
function folderOfThread(thread: number): string | undefined {
  try {
    return readlinkSync(`/proc/${thread}/cwd`)
  } catch {
    return undefined
  }
}

function makePipe(path: string): void {
  try {
    makePipes([path])
  } catch (cause) {
    throw new OosError('sandbox-failed', `the named pipe \`${path}\` could not be made for the trace`, {
      hint: 'set XDG_STATE_HOME to a folder of yours on a local disk',
      cause,
    })
  }
}
