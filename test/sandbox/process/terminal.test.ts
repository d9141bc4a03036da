import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import type { Job } from './runner.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const oos = (command: readonly string[]) => [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  here('runner.ts'),
  JSON.stringify({ command, bare: { interactive: true } } satisfies Job),
]
const quoted = (words: readonly string[]) =>
  words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')

/** `away`: until the terminal is no longer the started shell's own. */
type Step =
  | readonly ['expect' | 'send' | 'kill' | 'kill group', string]
  | readonly ['resize', number, number]
  | readonly ['away']
interface Seen {
  readonly seen: string
  readonly status: number | null
  readonly missed: string | null
  readonly restored: boolean
}

/** A real terminal, a program at it, and somebody who types. */
async function atTerminal(argv: readonly string[], steps: readonly Step[]): Promise<Seen> {
  const { stdout } = await promisify(execFile)('python3', [
    here('terminal-driver.py'),
    JSON.stringify({ argv, steps }),
  ])
  return JSON.parse(stdout)
}

const sleeper = 'sh -c "echo r""eady; exec sleep 1000"'
const pushes = `
import fcntl, termios
for call in (termios.TIOCSTI, 0x541C):
    try: fcntl.ioctl(0, call, b"\\x02x"); print("pushed")
    except OSError as error: print("refused", error.errno)`

interface Case {
  readonly name: string
  readonly command: readonly string[]
  readonly steps: readonly Step[]
  readonly status: number
}

const cases: readonly Case[] = [
  {
    name: 'Ctrl-C ends the command, and oos tells so',
    command: ['sh', '-c', 'echo ready; exec sleep 1000'],
    steps: [
      ['expect', 'ready'],
      ['send', '\x03'],
    ],
    status: 130,
  },
  {
    name: 'a command that handles Ctrl-C goes on',
    command: ['sh', '-c', `trap "echo heard" INT; ${sleeper}; echo after; exit 5`],
    steps: [
      ['expect', 'ready'],
      ['send', '\x03'],
      ['expect', 'heard\\s+after'],
    ],
    status: 5,
  },
  {
    name: 'a shell has job control: Ctrl-C and Ctrl-Z reach its foreground job alone',
    command: ['sh', '-i'],
    steps: [
      ['expect', '[#$] '],
      ['send', `${sleeper}\n`],
      ['expect', 'ready\r'],
      ['send', '\x03'],
      ['expect', '[#$] '],
      ['send', `${sleeper}\n`],
      ['expect', 'ready\r'],
      ['send', '\x1a'],
      ['expect', 'Stopped'],
      ['expect', '[#$] '],
      ['send', 'kill -9 %1; wait; exit 7\n'],
      ['send', 'exit 7\n'],
    ],
    status: 7,
  },
  {
    name: 'a resize is seen inside',
    command: ['sh', '-c', 'trap "stty size; exit 3" WINCH; echo ready; while :; do sleep 0.02; done'],
    steps: [
      ['expect', 'ready'],
      ['resize', 33, 99],
      ['expect', '33 99'],
    ],
    status: 3,
  },
  {
    name: 'nothing can be typed into the terminal from inside',
    command: ['python3', '-c', pushes],
    steps: [['expect', 'refused 1\\s+refused 1']],
    status: 0,
  },
  {
    name: 'the modes of the terminal are as they were',
    command: ['stty', '-echo', 'raw'],
    steps: [],
    status: 0,
  },
  {
    name: 'the modes of the terminal are as they were, after kill -9 too',
    command: ['sh', '-c', 'stty -echo raw; echo ready; sleep 1000'],
    steps: [
      ['expect', 'ready'],
      ['kill', 'SIGKILL'],
    ],
    status: -9,
  },
  {
    name: 'the modes of the terminal are as they were, where a shell kills all of the job, too',
    command: ['sh', '-c', 'stty -echo raw; echo ready; sleep 1000'],
    steps: [
      ['expect', 'ready'],
      ['kill group', 'SIGKILL'],
    ],
    status: -9,
  },
]

it.concurrent.each(cases)('$name', async ({ command, steps, status }) => {
  const seen = await atTerminal(['sh', '-c', 'exec "$@" 3> /dev/null', 'sh', ...oos(command)], steps)
  expect(seen).toMatchObject({ missed: null, restored: true, status })
})

it('Ctrl-C ends a command in order that is not itself at the terminal', async () => {
  const job: Job = {
    command: ['sh', '-c', 'trap "echo heard; exit 9" INT; echo ready; while :; do sleep 0.01; done'],
  }
  const line = quoted([
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    here('runner.ts'),
    JSON.stringify(job),
  ])
  const seen = await atTerminal(
    ['sh', '-c', `trap : INT; ${line} 3> /dev/null < /dev/null; echo "ended $?"`],
    [
      ['expect', 'ready'],
      ['send', '\x03'],
      ['expect', 'heard\\s+ended 130'],
    ],
  )
  expect(seen).toMatchObject({ missed: null, status: 0 })
})

it('Ctrl-Z stops the whole run, and the shell continues it in front or behind', async () => {
  const line = quoted(oos(['sh', '-c', 'echo r""eady; read x; echo got $x; exec sleep 1000']))
  const seen = await atTerminal(
    ['bash', '--norc', '-i'],
    [
      ['expect', '[#$] '],
      ['send', `${line} 3> /dev/null\n`],
      ['expect', 'ready\r'],
      ['send', '\x1a'],
      ['expect', 'Stopped'],
      ['expect', '[#$] '],
      ['send', 'fg\n'],
      ['expect', 'runner'],
      ['send', 'hello\n'],
      ['expect', 'got hello'],
      ['send', '\x1a'],
      ['expect', 'Stopped'],
      ['send', 'bg; echo behind$((1+1))\n'],
      ['expect', 'behind2'],
      ['send', 'fg\n'],
      ['expect', 'runner'],
      ['away'],
      ['send', '\x03'],
      ['expect', '[#$] '],
      ['send', 'exit $?\n'],
    ],
  )
  expect(seen).toMatchObject({ missed: null, restored: true, status: 130 })
})

it.each([
  { fd: 0, from: '' },
  { fd: 2, from: '< /dev/null' },
])(
  'whoever opens the terminal to others, by descriptor $fd, has opened it for the run alone',
  async (row) => {
    const { fd, from } = row
    const script = `chmod 646 /proc/self/fd/${fd}; stat -Lc inside=%a /proc/self/fd/${fd}`
    const line = `${quoted(oos(['sh', '-c', script]))} ${from}`
    const seen = await atTerminal(
      [
        'sh',
        '-c',
        `chmod 620 "$(tty)"; ${line} 3> /dev/null; stat -Lc outside=%a /proc/self/fd/0; sleep 0.1`,
      ],
      [
        ['expect', 'inside=646'],
        ['expect', 'outside=620'],
      ],
    )
    expect(seen).toMatchObject({ missed: null })
  },
)

it('a signal to its own group reaches nothing outside, and the caller has its terminal back', async () => {
  const line = quoted(oos(['bash', '--norc', '-ic', 'kill -KILL 0']))
  const seen = await atTerminal(
    ['sh', '-c', `${line} 3> /dev/null; echo "outside $?"; read x; echo "got $x"`],
    [
      ['expect', 'outside 137'],
      ['send', 'hello\n'],
      ['expect', 'got hello'],
    ],
  )
  expect(seen).toMatchObject({ missed: null, restored: true, status: 0 })
})
