import type { ChildProcess, IOType } from 'node:child_process'
import { closeSync, createReadStream, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { MachineFacts } from '../types.ts'
import { type Feed, feedInput } from './feed.ts'
import type { OutputName } from './output.ts'
import { closePipe, openPipes } from './pipe.ts'
import type { Ways } from './standard.ts'

/** What a command gets as its standard streams. */
export interface Streams {
  readonly stdio: readonly (IOType | number)[]
  /** Once it has them, or could not be started. */
  readonly handed: (child?: ChildProcess) => Handed
}

export interface Handed {
  /** Those of what the command prints that go through oos. */
  readonly outputs: Readonly<Partial<Record<OutputName, Readable>>>
  readonly feed: Feed | undefined
}

const names = ['stdin', 'stdout', 'stderr'] as const

export function openStreams(ways: Ways, { devices }: Pick<MachineFacts, 'devices'>): Streams {
  const ends = Object.values(ways).includes('nothing') ? deadEnds(devices) : undefined
  const through = names.filter((name) => ways[name] === 'through')
  const pipes = new Map(openPipes(through.length)?.map((pipe, at) => [through[at], pipe]))
  const stdio = names.map((name) => {
    if (ways[name] === 'as it is') return 'inherit'
    if (ways[name] === 'nothing') return ends?.given ?? 'ignore'
    const given = pipes.get(name)?.given
    return (name === 'stdin' ? given?.reader : given?.writer) ?? 'pipe'
  })
  return {
    stdio,
    handed: (child) => {
      ends?.close()
      for (const [name, pipe] of pipes) closePipe(pipe, child === undefined ? [] : oursOf(name, pipe))
      if (child === undefined) return { outputs: {}, feed: undefined }
      leadNowhere(ways, child)
      const read = (name: OutputName) => {
        if (ways[name] !== 'through') return {}
        const pipe = pipes.get(name)
        return { [name]: pipe === undefined ? child[name] : readerOf(pipe.ours.reader) }
      }
      return {
        outputs: { ...read('stdout'), ...read('stderr') },
        feed: feedOf(ways, child, pipes.get('stdin')),
      }
    },
  }
}

type Pipe = NonNullable<ReturnType<typeof openPipes>>[number]

const oursOf = (name: string | undefined, { ours }: Pipe) =>
  name === 'stdin' ? [ours.reader, ours.writer] : [ours.reader]

const readerOf = (fd: number) => new Socket({ fd, readable: true, writable: false })

interface DeadEnds {
  readonly given: IOType | number
  readonly close: () => void
}

/**
 * What is given to a command whose stream leads nowhere. Not the machine's `/dev/null` where its owner could change its
 * mode, but that of the project's runs or a pipe: inside, bubblewrap's own descriptors can be opened, too.
 */
function deadEnds(devices: string | undefined): DeadEnds {
  const close = () => undefined
  if (process.getuid?.() !== 0) return { given: 'ignore', close }
  try {
    if (devices === undefined) return { given: 'pipe', close }
    const own = openSync(join(devices, 'null'), 'r+')
    return { given: own, close: () => closeSync(own) }
  } catch {
    // Taken away since it was looked at.
    return { given: 'pipe', close }
  }
}

function leadNowhere(ways: Ways, child: ChildProcess): void {
  if (ways.stdin === 'nothing') child.stdin?.on('error', () => undefined).end()
  for (const name of ['stdout', 'stderr'] as const) if (ways[name] === 'nothing') child[name]?.resume()
}

function feedOf(ways: Ways, child: ChildProcess, pipe: Pipe | undefined): Feed | undefined {
  if (ways.stdin !== 'through') return undefined
  if (pipe !== undefined) return feedInput(pipe)
  const { stdin } = child
  if (stdin === null) return undefined
  const input = createReadStream('', { fd: 0, autoClose: false })
  input.on('error', () => stdin.end()).pipe(stdin.on('error', () => undefined))
  return { stop: async () => void input.destroy() }
}
