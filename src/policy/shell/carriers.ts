import { lazyReader } from './once.ts'
import type { ProgramReader, Walk } from './types.ts'

/** A program that runs the command behind its own words, which it looks up in an environment or a package. */
interface Carrier {
  /** The command stands behind one of these words; at once if left out. */
  readonly after?: string
  /** Operands before the command. */
  readonly operands?: number
  /** Without such a word it stands at once, unless that is one of the program's own commands. */
  readonly own?: string
}

const run: Carrier = { after: 'run' }
const exec: Carrier = { after: 'exec' }

const table: Readonly<Record<string, Carrier>> = {
  npm: { after: 'exec x' },
  npx: {},
  pnpm: {
    after: 'exec dlx x',
    own: `add i install update up upgrade remove rm un uninstall link ln unlink import rebuild rb prune fetch
      dedupe patch patch-commit patch-remove audit list ls la ll outdated why licenses run run-script test t
      start stop restart pack publish server store root bin setup init create deploy doctor config c set get
      env self-update approve-builds cat-file cat-index find-hash cache completion help login logout whoami`,
  },
  pnpx: {},
  yarn: { after: 'exec dlx run' },
  bun: { after: 'x run exec' },
  bunx: {},
  corepack: {},
  lerna: exec,
  nx: exec,
  dotenv: { operands: 1 },
  dotenvx: run,
  'env-cmd': {},
  volta: run,
  fnm: exec,
  nvm: exec,
  nodenv: exec,
  uv: run,
  uvx: {},
  pipx: run,
  poetry: run,
  pipenv: run,
  pdm: run,
  hatch: run,
  rye: run,
  pixi: run,
  conda: run,
  mamba: run,
  micromamba: run,
  pyenv: exec,
  bundle: exec,
  bundler: exec,
  rbenv: exec,
  foreman: run,
  composer: exec,
  jenv: exec,
  goenv: exec,
  rustup: { after: 'run', operands: 1 },
  opam: exec,
  stack: exec,
  cabal: exec,
  mise: { after: 'exec x' },
  rtx: { after: 'exec x' },
  asdf: exec,
  direnv: { after: 'exec', operands: 1 },
  nix: { after: '-c --command' },
  guix: { after: '--' },
  'chruby-exec': { after: '--' },
  'aws-vault': { after: 'exec', operands: 1 },
  chamber: { after: 'exec', operands: 1 },
  envchain: { operands: 1 },
  op: run,
  doppler: run,
  infisical: run,
  caffeinate: {},
  timelimit: {},
  sshpass: {},
  'flatpak-spawn': {},
}

export const carriers: ReadonlyMap<string, ProgramReader> = new Map(
  Object.entries(table).map(([program, carrier]) => [program, lazyReader(() => carrierReader(carrier))]),
)

function carrierReader({ after, operands = 0, own }: Carrier): ProgramReader {
  const behind = after?.split(' ') ?? []
  const ownWords = new Set(own?.split(/\s+/))
  const isDirect = after === undefined || own !== undefined
  return (words, walk) => {
    const first = after === undefined ? 1 : firstBehind(words, behind)
    if (first > 0) carryFrom(words, first, operands, walk)
    else if (isDirect && !ownWords.has(words.find(isOperand) ?? '')) carryFrom(words, 1, operands, walk)
  }
}

/** Where what stands behind one of these words begins; 0 if none of them is there. */
function firstBehind(words: readonly string[], behind: readonly string[]): number {
  for (let at = 1; at < words.length; at += 1) if (behind.includes(words[at] as string)) return at + 1
  return 0
}

function isOperand(word: string, index: number): boolean {
  return index > 0 && word[0] !== '-'
}

/**
 * From wherever the command may start. Which options take a value is not known, so behind an option both the next word and
 * the one after it may be the program; and so may be what stands behind `--`.
 */
function carryFrom(words: readonly string[], first: number, operands: number, walk: Walk): void {
  let open = operands + 1
  for (let at = first; at < words.length; at += 1) {
    const word = words[at] as string
    if (word === '--') {
      walk.carry(words.slice(at + 1))
      return
    }
    if (open === 0) continue
    if (word[0] !== '-') {
      walk.carry(words.slice(at))
      open -= 1
    } else if (!hasNoValue.test(word)) open += 1
  }
}

/** Options that take no value wherever they are known, or hold it. */
const hasNoValue =
  /=|^--(?:no-|all-)|^-(?:[qvyrs]|-(?:quiet|verbose|yes|silent|recursive|frozen|locked|offline|isolated|exact|bun|help|version|parallel|live-stream|pure|pristine))$/
