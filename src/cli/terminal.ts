import { OosError } from '../shared/errors.ts'
import { renderEnvelope } from './output/envelope.ts'
import { createStyle, type Style, wantsColor } from './output/style.ts'
import { isTerminal, writeAnswer, writeTalk } from './output/write.ts'

/** Where a command stands and speaks. stdout is the answer, stderr is talk. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv
  readonly json: boolean
  /** Columns of stdout; endless where no terminal breaks lines, so that `grep` finds whole rows, unless COLUMNS says how many. */
  readonly width: number
  /** For the answer. */
  readonly style: Style
  /** For talk. */
  readonly talk: Style
  cwd(): string
  /** The answer: the data in an envelope with `--json`, else the text. */
  answer(command: string, data: unknown, render: () => string): void
  tell(text: string): void
}

export function openTerminal(argv: readonly string[]): Terminal {
  const { env } = process
  const words = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined)
  const refused = words.includes('--no-color')
  const json = words.includes('--json')
  const styleOf = (stream: 'stdout' | 'stderr') =>
    createStyle(wantsColor({ isTTY: isTerminal(stream), env, refused }))
  return {
    env,
    json,
    // A terminal that has told nobody its size says 0.
    width: isTerminal('stdout') ? process.stdout.columns || 80 : askedWidth(env),
    style: styleOf('stdout'),
    talk: styleOf('stderr'),
    cwd: readCwd,
    answer: (command, data, render) => {
      writeAnswer(json ? renderEnvelope(command, data) : render())
    },
    tell: writeTalk,
  }
}

function askedWidth({ COLUMNS = '' }: NodeJS.ProcessEnv): number {
  return /^[1-9]\d{0,4}$/.test(COLUMNS) ? Number(COLUMNS) : Number.POSITIVE_INFINITY
}

function readCwd(): string {
  try {
    return process.cwd()
  } catch (cause) {
    throw new OosError('project-unreadable', 'the folder you stand in is gone', {
      hint: 'cd into one that exists',
      cause,
    })
  }
}
