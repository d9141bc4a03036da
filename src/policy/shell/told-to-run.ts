import { readFd, readFind } from './find.ts'
import { readGit } from './git-runs.ts'
import type { ProgramReader, Walk } from './types.ts'
import { hasHole, hole } from './words.ts'

/**
 * Programs that an option tells to run something. `value`: the option's value is a command line; `refused`: it runs
 * something that is not read. Names with dashes are long options (any beginning of them counts), letters short ones.
 */
interface Told {
  readonly value?: string
  readonly refused?: string
  /** Words that make it run something, wherever they stand. */
  readonly words?: RegExp
  /** The same for the first word alone. */
  readonly first?: RegExp
  /** Always: its operands or its input are commands. */
  readonly always?: string
}

const table: Record<string, Told> = {
  tar: {
    value: 'I --use-compress-program',
    refused:
      'F --to-command --checkpoint-action --info-script --new-volume-script --rsh-command --rmt-command',
    first: /^[A-Za-z]*[IF][A-Za-z]*$/,
  },
  rg: { value: '--pre --hostname-bin' },
  ag: { value: '--pager' },
  ack: { value: '--pager', refused: '--output' },
  bat: { value: '--pager' },
  sort: { value: '--compress-program' },
  split: { value: '--filter' },
  rsync: { value: 'e --rsh --rsync-path', refused: '--early-input --daemon --config' },
  scp: { value: 'S', refused: 'F D', words: /(?:proxy|local|known|remote)\w*command|include/i },
  sftp: { value: 'S', refused: 'F D b', words: /(?:proxy|local|known|remote)\w*command|include/i },
  wget: { refused: '--use-askpass --config --execute', words: /^-\w*e/ },
  curl: { refused: 'K --config' },
  zip: { refused: 'TT --unzip-command', words: /^-\w*TT/ },
  cpio: { value: '--rsh-command' },
  man: { value: 'P --pager', refused: 'H C --html --config-file' },
  less: { words: /^\+.*[!|]|^-\w*k|--lesskey/ },
  install: { value: '--strip-program' },
  gdb: {
    refused: 'x --eval-command --init-eval-command --command --init-command --args',
    words: /^-{1,2}(?:ex|iex|x|ix|args|eval|batch)/,
  },
  lldb: { words: /^-(?:o|O|s|S|k|K|-one-line|-source)/ },
  vim: { refused: 'c S s u U r --cmd --remote-expr --remote-send', words: /^\+(?!\d*$|\/)/ },
  emacs: { refused: 'f l Q --eval --execute --funcall --load --script --batch --insert' },
  ed: { always: '`ed` takes commands from its input' },
  ex: { always: '`ex` takes commands from its input' },
  nano: { refused: 's --speller' },
  sqlite3: { refused: '--cmd', words: /^-(?:cmd|init)$|^\s*\.|\n\s*\.|load_extension|edit\(|writefile/i },
  psql: { words: /\\[!oghcip]|program/i, refused: 'f --file' },
  mysql: { words: /\\!|\bsystem\b|--pager/i },
  nc: { refused: 'e c', words: /^--(?:exec|sh-exec|lua-exec)/ },
  ncat: { refused: 'e c', words: /^--(?:exec|sh-exec|lua-exec)/ },
  socat: { words: /exec|system|shell/i },
  nmap: { refused: '--script --datadir', words: /^-sC|^-A/ },
  dc: { refused: 'e f --expression --file', always: '`dc` takes commands from its input' },
  m4: { always: '`m4` takes commands from its input' },
  at: { always: '`at` runs its input later' },
  batch: { always: '`batch` runs its input later' },
  crontab: { always: '`crontab` changes what runs later' },
  parallel: { always: '`parallel` builds commands from its input' },
  screen: { always: '`screen` runs commands elsewhere' },
  tmux: { always: '`tmux` runs commands elsewhere' },
  osascript: { always: '`osascript` runs code that is not read' },
  gnuplot: { always: '`gnuplot` runs code that is not read' },
  irb: { always: '`irb` runs code that is not read' },
  pry: { always: '`pry` runs code that is not read' },
  jshell: { always: '`jshell` runs code that is not read' },
  ghci: { always: '`ghci` runs code that is not read' },
  iex: { always: '`iex` runs code that is not read' },
  npx: { value: 'c --call' },
  npm: { value: 'c --call', refused: '--script-shell --node-options' },
  pnpm: { value: '', refused: 'c --shell-mode --script-shell --node-options' },
  cmake: { words: /^-E$|^-P$/ },
  gcc: { refused: '--specs --wrapper', words: /^-(?:wrapper|specs|fplugin|B)/ },
  go: { words: /^--?(?:toolexec|exec|vettool)/ },
  cargo: { words: /(?:runner|linker|rustc|wrapper|rustdoc|credential-provider|alias)\b.*=/ },
  docker: {},
  logrotate: { always: '`logrotate` runs what its file says' },
  'run-parts': { always: '`run-parts` runs every program of a folder' },
  'start-stop-daemon': { always: '`start-stop-daemon` runs a program' },
  openssl: { words: /^-(?:engine|provider|provider-path|config)$/ },
  pip: {},
  'env-update': {},
  'lua-format': {},
  'ssh-keygen': { refused: 'D w' },
  'ssh-add': { refused: 's' },
  column: {},
  ip: { words: /^-b|^exec$/ },
}

export const toldToRun: ReadonlyMap<string, ProgramReader> = new Map<string, ProgramReader>([
  ...Object.entries(table).map(([program, told]) => [program, toldReader(program, told)] as const),
  ...Object.entries({
    vi: 'vim',
    nvim: 'vim',
    view: 'vim',
    vimdiff: 'vim',
    gtar: 'tar',
    bsdtar: 'tar',
    'g++': 'gcc',
    cc: 'gcc',
    clang: 'gcc',
    'clang++': 'gcc',
    'c++': 'gcc',
    netcat: 'nc',
    mariadb: 'mysql',
    batcat: 'bat',
    gsort: 'sort',
    more: 'less',
    ripgrep: 'rg',
  }).map(([alias, program]) => [alias, toldReader(alias, table[program] ?? {})] as const),
  ['find', readFind],
  ['gfind', readFind],
  ['fd', readFd],
  ['fdfind', readFd],
  ['git', readGit],
])

function toldReader(program: string, told: Told): ProgramReader {
  const value = names(told.value)
  const refused = names(told.refused)
  const reason = `what \`${program}\` is told to run cannot be read`
  const { always, first } = told
  if (always !== undefined) return (_words, walk) => walk.refuse(always)
  return (words, walk) => {
    if (first?.test(words[1] ?? '')) return walk.refuse(reason)
    for (let index = 1; index < words.length; index++) {
      const word = words[index] as string
      if (told.words?.test(word)) return walk.refuse(reason)
      if (word[0] === hole)
        return walk.refuse(`\`${program}\` may be given an option by what a word expands to`)
      if (word === '--') return
      if (word[0] === '-') readOption(word, words[index + 1], walk)
    }
  }
  function readOption(word: string, next: string | undefined, walk: Walk): void {
    if (refused.length > 0 && findOption(word, refused) !== undefined) walk.refuse(reason)
    const option = value.length > 0 ? findOption(word, value) : undefined
    if (option !== undefined) readValue(option.attached ?? next, reason, walk)
  }
}

function readValue(command: string | undefined, reason: string, walk: Walk): void {
  if (command === undefined || hasHole(command)) walk.refuse(reason)
  else if (command.trim() !== '') walk.shell(command)
}

/** The option if the word is one of these, with its value if that is attached. */
function findOption(word: string, options: readonly string[]): { attached: string | undefined } | undefined {
  const equals = word.indexOf('=')
  const name = equals < 0 ? word : word.slice(0, equals)
  if (word[1] === '-')
    return options.some((option) => option.startsWith(name))
      ? { attached: equals < 0 ? undefined : word.slice(equals + 1) }
      : undefined
  for (const option of options) {
    const at = option.length === 1 && /^-[A-Za-z\d]+/.test(word) ? word.indexOf(option, 1) : -1
    if (at > 0 && /^[A-Za-z\d]*$/.test(word.slice(1, at)))
      return { attached: at + 1 < word.length ? word.slice(at + 1) : undefined }
  }
  return undefined
}

function names(text = ''): readonly string[] {
  return text.split(' ').filter((name) => name !== '')
}
