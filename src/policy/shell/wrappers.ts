import { type FindReader, findIn } from './find-reader.ts'
import { type CompiledOptions, compileOptions, type OptionSyntax, readOptions } from './options.ts'
import type { ProgramReader, Walk } from './types.ts'
import { anyWords, hasHole, hole, many } from './words.ts'

/** A program that runs the command in its operands, with how its own options are written. */
interface Wrapper extends OptionSyntax {
  /** Operands before the command: `timeout 5 …`. */
  readonly operands?: number
  /** What the first word is if it is an operand that stands before the options. */
  readonly first?: RegExp
  /** `NAME=value` may stand before the command. */
  readonly assignments?: boolean
  /** A lone `-` is an option. */
  readonly dash?: boolean
  /** Options may stand behind the first operand as well. */
  readonly late?: boolean
  /** Without a command it starts a shell, which reads commands from its input. */
  readonly alone?: boolean
  /** Options with which no operand is run. */
  readonly idle?: string
  /** Options whose value is a command line of its own. */
  readonly shell?: string
  /** Options with which it does something that is not read here. */
  readonly refused?: string
  /** Values of any option with which it does something that is not read here. */
  readonly refusedValue?: RegExp
  /** Options that change the folder first. */
  readonly folder?: string
  /** Operands are joined and given to a shell. */
  readonly joins?: boolean
  /** Words that come from standard input are added. */
  readonly appends?: boolean
  /** An option with which the first operand is the text of a shell. */
  readonly text?: string
}

const personality: Wrapper = {
  short: 'vRFZLX3BITS',
  long: `verbose addr-no-randomize fdpic-funcptrs mmap-page-zero addr-compat-layout read-implies-exec 32bit short-inode
    whole-seconds sticky-timeouts 3gb 4gb uname-2.6 list show?`.replaceAll('\n', ' '),
  idle: 'list show',
  alone: true,
}

const table: Record<string, Wrapper> = {
  command: { short: 'pvV', idle: 'v V' },
  builtin: {},
  noglob: {},
  nocorrect: {},
  exec: { short: 'cla:' },
  nohup: {},
  nice: { short: 'n:', long: 'adjustment=', digits: true },
  ionice: { short: 'c:n:p:P:u:t', long: 'class= classdata= pid= pgid= uid= ignore', idle: 'p P u' },
  chrt: { short: 'abdfiormpRT:P:D:v', operands: 1, idle: 'p m' },
  taskset: { short: 'apc', long: 'all-tasks pid cpu-list', operands: 1, idle: 'p' },
  timeout: { short: 's:k:vfp', long: 'signal= kill-after= verbose foreground preserve-status', operands: 1 },
  setsid: { short: 'cfw', long: 'ctty fork wait' },
  stdbuf: { short: 'i:o:e:', long: 'input= output= error=' },
  time: { short: 'f:o:apvq', long: 'format= output= append portability verbose quiet' },
  env: {
    short: 'i0u:C:S:v',
    long: 'ignore-environment null unset= chdir= split-string= block-signal? default-signal? ignore-signal? list-signal-handling debug argv0=',
    assignments: true,
    folder: 'C chdir',
    dash: true,
    last: 'S split-string',
  },
  sudo: {
    short: 'ABbEHkKnNPSislvVeC:c:D:g:h:p:R:r:t:T:U:u:',
    long: 'askpass background preserve-env? set-home non-interactive preserve-groups stdin close-from= chdir= group= host= prompt= chroot= role= type= command-timeout= other-user= user= shell login edit list validate reset-timestamp remove-timestamp',
    assignments: true,
    idle: 'l list v validate V K remove-timestamp',
    refused: 'e edit R chroot i login s shell',
    folder: 'D chdir',
  },
  doas: { short: 'nsLu:C:', assignments: true, refused: 's' },
  pkexec: { long: 'user= disable-internal-agent keep-cwd', alone: true },
  run0: {
    short: 'u:g:D:',
    long: 'user= group= chdir= nice= setenv= no-ask-password unit= property= slice= description= background=',
    refused: 'D chdir',
    alone: true,
  },
  chroot: { long: 'groups= userspec= skip-chdir', operands: 1, alone: true },
  unshare: {
    short: 'muinpUCTfrchw:R:S:G:',
    long: 'mount uts ipc net pid user cgroup time fork map-root-user map-current-user kill-child? mount-proc? propagation= keep-caps',
    alone: true,
  },
  nsenter: {
    short: 't:aFerm::u::i::n::p::U::C::T::S:G:w::',
    long: 'target= all no-fork preserve-credentials mount? uts? ipc? net? pid? user? cgroup? time?',
    alone: true,
  },
  setpriv: {
    short: 'd',
    long: 'reuid= regid= clear-groups keep-groups init-groups groups= inh-caps= ambient-caps= bounding-set= no-new-privs reset-env dump',
  },
  setarch: { ...personality, first: /^[^-]/ },
  linux64: personality,
  linux32: personality,
  i386: personality,
  i686: personality,
  x86_64: personality,
  uname26: personality,
  'aa-exec': { short: 'din:p:vh', long: 'debug immediate namespace= profile= verbose', alone: true },
  's6-setuidgid': { operands: 1 },
  prlimit: {
    short: 'c::d::e::f::i::l::m::n::q::r::s::t::u::v::x::y::o:p:',
    long: 'core? data? nice? fsize? sigpending? memlock? rss? nofile? msgqueue? rtprio? stack? cpu? nproc? as? locks? rttime? pid= output= verbose noheadings raw',
    idle: 'p pid',
  },
  strace: {
    short: 'cCdfFhiqrtTvVwxyYzZkDno:e:a:b:E:I:O:p:P:s:S:u:U:X:',
    long: 'follow-forks output= trace= expr? string-limit=',
  },
  ltrace: { short: 'bcCfhiLrStTVa:A:e:F:l:n:o:p:s:u:w:x:' },
  catchsegv: {},
  eatmydata: {},
  'ssh-agent': { short: 'csdDkt:a:E:P:O:', idle: 'k' },
  'dbus-launch': { long: 'sh-syntax csh-syntax auto-syntax exit-with-session exit-with-x11 autolaunch=' },
  fakechroot: { short: 'sc:e:b:d:l:', alone: true },
  fakeroot: { short: 'ubl:s:i:', alone: true },
  unbuffer: { short: 'p' },
  ccache: { short: 'cCsVzpF:M:o:x:', idle: 'c C s V z p F M o x' },
  busybox: { long: 'list list-full install', idle: 'list list-full' },
  toybox: {},
  'dumb-init': { short: 'cvr:', long: 'single-child verbose rewrite=' },
  tini: { short: 'gsvwp:e:' },
  gosu: { operands: 1 },
  'su-exec': { operands: 1 },
  'cross-env': { assignments: true },
  'cross-env-shell': { assignments: true, joins: true },
  chronic: { short: 've' },
  watch: {
    short: 'bcCdeghprtwxn:q:',
    long: 'beep color no-color differences? errexit chgexit equexit= exec interval= precise no-rerun no-title no-wrap',
    joins: true,
  },
  xargs: {
    short: '0rtxpoa:d:E:e::I:i::L:l::n:P:s:',
    long: 'null no-run-if-empty verbose exit interactive open-tty arg-file= delimiter= eof? replace? max-lines? max-args= max-procs= max-chars= process-slot-var= show-limits',
    appends: true,
  },
  flock: {
    short: 'esxnuoFw:E:c:v',
    long: 'exclusive shared nonblock unlock close no-fork wait= timeout= conflict-exit-code= command= verbose',
    operands: 1,
    shell: 'c command',
  },
  script: {
    short: 'aefqt::c:I:O:B:o:E:m:T:',
    long: 'append command= echo= flush force quiet return timing? log-in= log-out= log-io= output-limit=',
    shell: 'c command',
    operands: 1,
    alone: true,
  },
  'systemd-run': {
    short: 'pEGdtSMHPrqu:',
    long: 'user system scope unit= property= description= slice= uid= gid= nice= working-directory= setenv= pty pipe quiet wait collect same-dir service-type=',
    refused: 'S M H p property E setenv',
  },
  'systemd-inhibit': { long: 'what= who= why= mode= list no-pager no-legend' },
  'dbus-run-session': { long: 'config-file= dbus-daemon=', refused: 'dbus-daemon' },
  entr: { short: 'acdnprsxz', appends: true, text: 's' },
  ssh: {
    short: '46AaCfGgKkMNnqsTtVvXxYyB:b:c:D:E:e:F:I:i:J:L:l:m:O:o:P:p:Q:R:S:W:w:',
    late: true,
    joins: true,
    refused: 'F I E',
    refusedValue: /command|include|pkcs11|securitykeyprovider|xauthlocation|permitlocal/i,
  },
}

/** As Homebrew calls them. */
const gnu = /^g(?=(?:timeout|env|nice|nohup|xargs|stdbuf|chroot|time)$)/

const findWrapper = findIn(table, wrapperReader)

export const wrappers: FindReader = (program) => findWrapper(program.replace(gnu, ''))

function wrapperReader(wrapper: Wrapper, program: string): ProgramReader {
  const options = compileOptions(wrapper)
  const idle = names(wrapper.idle)
  const shell = names(wrapper.shell)
  const refused = names(wrapper.refused)
  const folder = names(wrapper.folder)
  return (words, walk) => {
    const read = readAll(wrapper, words, options)
    if (read === undefined) return walk.refuse(`what \`${program}\` runs cannot be told from its options`)
    let from: string | undefined = ''
    for (const { name, value } of read.given) {
      if (idle.has(name) || name === 'help' || name === 'version') return
      if (refused.has(name) || wrapper.refusedValue?.test(value ?? ''))
        return walk.refuse(`\`${program}\` runs something with \`${name}\` that cannot be followed`)
      if (shell.has(name)) walk.shell(value ?? '')
      if (folder.has(name)) from = value
    }
    const command = split(program, words, read, { walk, from }) ?? operandsOf(wrapper, words, read, walk)
    if (from === '') launch(wrapper, command, read, walk)
    else walk.within(from, () => launch(wrapper, command, read, walk))
  }
}

function firstOption({ first }: Wrapper, [, word = '']: readonly string[]): number {
  return first?.test(word) ? 2 : 1
}

function readAll(wrapper: Wrapper, words: readonly string[], options: CompiledOptions): Read | undefined {
  const read = readOptions(words, options, firstOption(wrapper, words))
  if (wrapper.late !== true || read === undefined || read.operands >= words.length) return read
  const late = readOptions(words, options, read.operands + 1)
  return late && { operands: late.operands, given: [...read.given, ...late.given] }
}

type Read = NonNullable<ReturnType<typeof readOptions>>

function operandsOf(
  wrapper: Wrapper,
  words: readonly string[],
  { operands, given }: Read,
  walk: Walk,
): readonly string[] {
  let start = wrapper.dash === true && words[operands] === '-' ? operands + 1 : operands
  for (let index = 0; index < (wrapper.operands ?? 0); index++, start++)
    if (words[start]?.startsWith(many)) walk.refuse('the command is only known at run time')
  if (wrapper.shell !== undefined && readLateShell(words, start, walk)) return []
  const told = names(wrapper.shell)
  if (wrapper.alone === true && start >= words.length && !given.some(({ name }) => told.has(name)))
    walk.refuse('a shell reads commands from its input')
  return wrapper.assignments === true ? afterAssignments(words, start, walk) : words.slice(start)
}

/** `flock file -c text`: an option after an operand. */
function readLateShell(words: readonly string[], at: number, walk: Walk): boolean {
  const option = words[at] ?? ''
  if (!/^(?:-c|--command)/.test(option)) return false
  const attached = option.replace(/^-c|^--command=?/, '')
  walk.shell(attached === '' ? (words[at + 1] ?? '') : attached)
  return true
}

function afterAssignments(words: readonly string[], first: number, walk: Walk): readonly string[] {
  let start = first
  for (; start < words.length; start++) {
    const word = words[start] as string
    const equals = word.indexOf('=')
    if (equals <= 0) break
    const value = word.slice(equals + 1)
    walk.assign(word.slice(0, equals), hasHole(value) ? undefined : value)
  }
  return words.slice(start)
}

/**
 * `env -S 'A=1 cmd x' y` is `env A=1 cmd x y`. Its quoting is a language of its own, so only plain words are read, and
 * none behind `-C`: the text may change that folder again.
 */
function split(
  program: string,
  words: readonly string[],
  read: Read,
  { walk, from }: { readonly walk: Walk; readonly from: string | undefined },
): readonly string[] | undefined {
  const text =
    program === 'env'
      ? read.given.find(({ name }) => name === 'S' || name === 'split-string')?.value
      : undefined
  if (text === undefined) return undefined
  if (from !== '' || !/^[\w./:=@,+ -]*$/.test(text)) {
    walk.refuse('what `env` splits cannot be read')
    return []
  }
  walk.run(['env', ...text.split(' ').filter((word) => word !== ''), ...words.slice(read.operands)])
  return []
}

function launch(wrapper: Wrapper, command: readonly string[], read: Read, walk: Walk) {
  if (command.length === 0) return
  if (read.given.some(({ name }) => name === wrapper.text)) return walk.shell(command[0] ?? '')
  if (wrapper.appends === true) return walk.run(withInput(command, read))
  if (wrapper.joins !== true || read.given.some(({ name }) => name === 'x' || name === 'exec'))
    return walk.run(command)
  walk.shell(command.join(' '))
}

/** What xargs reads replaces its marks, or is added at the end. */
function withInput(command: readonly string[], read: Read): readonly string[] {
  const replace = read.given.find(({ name }) => name === 'I' || name === 'i' || name === 'replace')
  if (replace === undefined) return [...command, anyWords]
  const mark = replace.value === undefined || replace.value === '' ? '{}' : replace.value
  return command.map((word) => (word.includes(mark) ? word.replaceAll(mark, hole) : word))
}

function names(text = ''): ReadonlySet<string> {
  return new Set(text.split(' ').filter((name) => name !== ''))
}
