import { once } from '../../shared/remembered.ts'
import { readFd, readFind } from './find.ts'
import { asIs, type FindReader, findIn, firstOf } from './find-reader.ts'
import { readGit } from './git-runs.ts'
import { readSwitchUser } from './switch-user.ts'
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
  /** Without a word like this it reads commands from its input. */
  readonly needs?: RegExp
  /** The same for the first word alone. */
  readonly first?: RegExp
}

const table: Record<string, Told> = {
  hg: { refused: '--config --config-file' },
  svn: { refused: '--diff-cmd --diff3-cmd --editor-cmd --config-option --config-dir' },
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
  vim: { refused: 'c e E S s u U r --cmd --remote-expr --remote-send', words: /^\+(?!\d*$|\/)/ },
  emacs: { refused: 'f l Q --eval --execute --funcall --load --script --batch --insert' },
  nano: { refused: 's --speller' },
  sqlite3: {
    needs: / |^-{1,2}version|^-{1,2}help/,
    refused: '--cmd',
    words: /^-(?:cmd|init)$|^\s*\.|\n\s*\.|load_extension|edit\(|writefile/i,
  },
  psql: {
    needs: /^-\w*[clV]|^--(?:command|list|version|help)/,
    words: /\\[!oghcip]|program/i,
    refused: 'f --file',
  },
  mysql: { needs: /^-\w*[eV]|^--(?:execute|version|help)/, words: /\\!|\bsystem\b|--pager/i },
  nc: { refused: 'e c', words: /^--(?:exec|sh-exec|lua-exec)/ },
  ncat: { refused: 'e c', words: /^--(?:exec|sh-exec|lua-exec)/ },
  socat: { words: /exec|system|shell/i },
  nmap: { refused: '--script --datadir', words: /^-sC|^-A/ },
  npx: { value: 'c --call' },
  'nix-shell': { value: '--run --command' },
  npm: { value: 'c --call', refused: '--script-shell --node-options' },
  pnpm: { value: '', refused: 'c --shell-mode --script-shell --node-options' },
  pnpx: { value: '', refused: 'c --shell-mode' },
  pnx: { value: '', refused: 'c --shell-mode' },
  cmake: { words: /^-E$|^-P$/ },
  gcc: { refused: '--specs --wrapper', words: /^-(?:wrapper|specs|fplugin|B)/ },
  go: { words: /^--?(?:toolexec|exec|vettool)/ },
  cargo: { words: /(?:runner|linker|rustc|wrapper|rustdoc|credential-provider|alias)\b.*=/ },
  chokidar: { value: 'c --command' },
  swift: { words: /^-e$|^repl$|^-$/ },
  kotlinc: { words: /^-e$|^-expression$/ },
  ocaml: { words: /^-e$/, needs: /\.ml$|^-(?:version|vnum|help)$/ },
  ghc: { words: /^-e/ },
  runghc: { words: /^-e/, needs: /\.l?hs$/ },
  crystal: { words: /^(?:eval|e|i|play)$/ },
  nim: { words: /^--?eval\b|^e$|^secret$/ },
  dotnet: { words: /^(?:fsi|eval)$/ },
  'rust-script': { words: /^-[ed]|^--(?:expr|dep|loop)/ },
  openssl: { words: /^-(?:engine|provider|provider-path|config)$/ },
  'ssh-keygen': { refused: 'D w' },
  'ssh-add': { refused: 's' },
  ip: { words: /^-b|^exec$/ },
}

/** These run what their operands, their input or their files say, in ways that are not read here. */
const neverRead = once(
  () =>
    new Set(
      `
  ed ex m4 at batch crontab parallel sem screen tmux osascript gnuplot irb pry jshell ghci iex logrotate
  run-parts start-stop-daemon gdb R scilab maxima gp sage ftp lftp tftp telnet mailx mutt perf valgrind
  rlwrap firejail bwrap proxychains proxychains4 torsocks torify faketime cgexec numactl hyperfine nodemon
  watchexec concurrently systemd-nspawn lxc-execute daemonize daemon nsjail minijail0 chpst softlimit
  envdir setuidgid envuidgid capsh choom uclampset cpulimit trickle ifne mispipe zrun vipe vidir run-one
  keep-one-running solo setlock dtach abduco xterm gnome-terminal konsole xvfb-run startx xinit sg newgrp
  gpg-agent ld.so ld-linux.so.2 ld-linux-x86-64.so.2 ld-linux-aarch64.so.1 ld-musl-x86_64.so.1
  ld-musl-aarch64.so.1 groovy scala kotlin clojure clj bb janet racket sbcl ecl swipl erl wish lldb
  incrontab tcpdump dc duckdb runcon s6-applyuidgid s6-envdir s6-envuidgid s6-setlock s6-softlimit
`
        .trim()
        .split(/\s+/),
    ),
)

const plainCargo = once(() => toldReader(table.cargo ?? {}, 'cargo'))

/** `cargo watch -x test -s 'cmd'` runs `cargo test` and then the text, and `cargo watch -- cmd` the command. */
const readCargo: ProgramReader = (words, walk) => {
  plainCargo()(words, walk)
  const at = words.findIndex((word, index) => index > 0 && index < 3 && word === 'watch')
  if (at < 0) return
  const end = words.indexOf('--', at)
  words.slice(at + 1, end < 0 ? words.length : end).forEach((word, index, options) => {
    const [, option, attached] = /^(-[cqhVN]*[sx]|--(?:shell|exec))(?:=?(.+))?$/s.exec(word) ?? []
    if (option === undefined) return
    const text = attached ?? options[index + 1] ?? ''
    walk.shell(/[sl]$/.test(option) ? text : `cargo ${text}`)
  })
  if (end > 0) walk.shell(words.slice(end + 1).join(' '))
}

const otherNames: Record<string, string> = {
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
  runhaskell: 'runghc',
}

const readBySelf: Record<string, ProgramReader> = {
  find: readFind,
  gfind: readFind,
  bfs: readFind,
  cargo: readCargo,
  fd: readFd,
  fdfind: readFd,
  git: readGit,
  su: readSwitchUser,
  runuser: readSwitchUser,
}

export const toldToRun: FindReader = firstOf(
  findIn(readBySelf, asIs),
  findIn(table, toldReader),
  findIn(otherNames, (name, program) => toldReader(table[name] ?? {}, program)),
  (program) => (neverRead().has(program) ? refuser(program) : undefined),
)

function refuser(program: string): ProgramReader {
  return (_words, walk) => walk.refuse(`what \`${program}\` runs is code that oos does not read`)
}

function toldReader(told: Told, program: string): ProgramReader {
  const value = names(told.value)
  const refused = names(told.refused)
  const reason = `what \`${program}\` is told to run cannot be read`
  const { first, needs } = told
  return (words, walk) => {
    if (first?.test(words[1] ?? '')) return walk.refuse(reason)
    if (needs !== undefined && !words.some((word) => needs.test(word))) return walk.refuse(reason)
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
      // `npx -c='x'` is `npx -c x`.
      return { attached: at + 1 < word.length ? word.slice(at + 1).replace(/^=/, '') : undefined }
  }
  return undefined
}

function names(text = ''): readonly string[] {
  return text.split(' ').filter((name) => name !== '')
}
