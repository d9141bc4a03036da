import { OosError } from '../shared/errors.ts'
import { renderEnvelope } from './output/envelope.ts'
import { createStyle, type Style, wantsColor } from './output/style.ts'

/** Where a command stands and speaks. stdout is the answer, stderr is talk. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv
  readonly json: boolean
  /** Columns of stdout; endless where no terminal breaks lines, so that `grep` finds whole rows. */
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
  const { env, stdout, stderr } = process
  const words = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined)
  const refused = words.includes('--no-color')
  const json = words.includes('--json')
  return {
    env,
    json,
    width: stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY,
    style: createStyle(wantsColor({ isTTY: stdout.isTTY, env, refused })),
    talk: createStyle(wantsColor({ isTTY: stderr.isTTY, env, refused })),
    cwd: readCwd,
    answer: (command, data, render) => {
      stdout.write(json ? renderEnvelope(command, data) : render())
    },
    tell: (text) => {
      stderr.write(text)
    },
  }
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
