import { readAwk } from './awk.ts'
import { asIs, type FindReader, findIn, firstOf } from './find-reader.ts'
import { isInput } from './input.ts'
import { compileOptions, type OptionSyntax, readAnywhere, readOptions } from './options.ts'
import { readSed } from './sed.ts'
import type { ProgramReader, Walk } from './types.ts'

/** A program that runs code of its own language: a file of it is the project's own, code in the words or the input is not read. */
interface Interpreter extends OptionSyntax {
  /** Options whose value is code, or after which code is read from the input. */
  readonly code: string
  /** Options with which it only tells something, or runs no code of the words. */
  readonly idle?: string
  /** Values of other options that bring code in. */
  readonly harmful?: RegExp
  /** First operands that bring code in. */
  readonly subcommands?: RegExp
}

const table: Record<string, Interpreter> = {
  python: {
    short: 'bBdEhiIOPqRsStuvVxc:m:W:X:?',
    long: 'check-hash-based-pycs= help-env help-xoptions help-all',
    last: 'c m',
    code: 'c i',
    idle: 'h V ? help version',
    harmful: /^(?:timeit|code|pdb|runpy|trace|cProfile|profile|idlelib.*)$/,
  },
  pypy: { short: 'bBdEhiIOPqRsStuvVxc:m:W:X:?', last: 'c m', code: 'c i', idle: 'h V help version' },
  ipython: { short: 'ic:m:', last: 'c m', code: 'c i', idle: 'help version' },
  bpython: { short: 'iqVhpl:c:L:O:s', last: 'c', code: 'c i', idle: 'V h help version' },
  ptpython: { short: 'ivVhc:', last: 'c', code: 'c i', idle: 'V h help version' },
  perl: {
    short: 'acfhnpsStTuUvwWXC::D::d::e:E:F::i::I:l::m:M:V::x::0::',
    last: 'e E',
    code: 'e E d',
    idle: 'h v V',
    harmful: /[^\w:=,.\-+/~@ ]/,
  },
  ruby: {
    short: 'acdhlnpsSUvwye:E:F::i::I:r:T::W::x::0::C:K::',
    long: 'enable= disable= encoding= external-encoding= internal-encoding= jit yjit rjit verbose debug copyright dump= backtrace-limit= parser= yydebug',
    last: 'e',
    code: 'e',
    idle: 'h v help version copyright',
  },
  php: {
    short: 'aClehHimnqsvwB:c:d:E:f:F:g:r:R:S:t:T:z:',
    long: 'ini ri= rf= rc= rz= re=',
    last: 'r B R E F f',
    code: 'r B R E F a',
    idle: 'f S i m v h help version ini',
    harmful: /prepend|append|include|extension|disable/i,
  },
  lua: { short: 'ivEWe:l:', last: 'e', code: 'e i', idle: 'v' },
  luajit: { short: 'ivEe:l:j::O::b', last: 'e', code: 'e i', idle: 'v b' },
  tclsh: { code: '', long: 'encoding=' },
  expect: { short: 'c:dDf:inNv', code: 'c i', idle: 'f v' },
  Rscript: { short: 'e:', long: 'vanilla verbose default-packages=', code: 'e', idle: 'help version' },
  julia: {
    short: 'e:E:L:iqvhp:t:C:J:O::g::H:P:m:',
    long: 'project? threads= startup-file= color= eval= print= load= compile= check-bounds= optimize= machine-file= sysimage= procs= trace-compile= history-file= depwarn= warn-overwrite=',
    code: 'e E L i eval print load',
    idle: 'v h m help version',
  },
  guile: { short: 'c:e:l:L:C:x:sqhv', code: 'c e', idle: 'h v s' },
  raku: { short: 'ce:I:M:vhVn', code: 'e', idle: 'v h V c' },
  elixir: {
    short: 'e:r:S:pr:vh',
    long: 'eval= rpc-eval= erl= cookie= name= sname= no-halt',
    code: 'e eval rpc-eval erl',
    idle: 'v h S help version',
  },
  bun: {
    short: 'e:p:hvr:c:',
    long: 'eval= print= watch hot smol preload= require= cwd= config= env-file= bun silent revision',
    code: 'e eval p print',
    idle: 'h v help version revision',
    subcommands: /^(?:exec|repl|-)$/,
  },
  deno: {
    short: 'hVLq',
    long: 'log-level= quiet',
    code: '',
    idle: 'h V help version',
    subcommands: /^(?:eval|repl|-)$/,
  },
  node: {
    short: 'vhicpe:r:C:', // `-p` takes code where one follows, and `-pe` does
    long: `version help v8-options check interactive test watch eval= print= require= import= loader= experimental-loader= conditions=
      env-file= env-file-if-exists= run= test-name-pattern= test-skip-pattern= test-reporter= test-reporter-destination= test-concurrency= test-timeout= test-shard= test-only test-force-exit test-isolation=
      experimental-test-coverage test-coverage-include= test-coverage-exclude= experimental-strip-types experimental-transform-types no-experimental-strip-types experimental-sqlite experimental-vm-modules
      enable-source-maps no-warnings no-deprecation trace-warnings trace-deprecation trace-uncaught throw-deprecation disable-warning= unhandled-rejections= max-old-space-size= max-semi-space-size= stack-size=
      expose-gc cpu-prof cpu-prof-dir= heap-prof heap-prof-dir= prof preserve-symlinks preserve-symlinks-main input-type= watch-path= watch-preserve-output title= icu-data-dir=
      inspect? inspect-brk? permission allow-fs-read= allow-fs-write= use-system-ca use-openssl-ca use-bundled-ca dns-result-order= build-sea= build-snapshot experimental-sea-config=`.replaceAll(
      '\n',
      ' ',
    ),
    code: 'e p i eval print interactive inspect inspect-brk',
    idle: 'v h c run test version help v8-options check build-sea',
    harmful: /^(?:data|https?):/,
  },
  tsx: {
    short: 'e:p:hvC:',
    long: 'eval= print= tsconfig= no-cache watch',
    code: 'e p eval print',
    idle: 'h v help version',
  },
  'ts-node': {
    short: 'e:pr:P:C:O:THhvi',
    long: 'eval= print require= project= compiler= transpile-only swc esm files',
    code: 'e p eval print i',
    idle: 'h v help version',
  },
  octave: { short: 'qfWHiVhp:', long: 'eval= no-gui quiet silent', code: 'eval i', idle: 'h V' },
  make: {
    short: 'bBdeiknprRqsStvwC:f:I:j::l::o:W:O::E:',
    long: 'always-make directory= debug? environment-overrides eval= file= makefile= ignore-errors include-dir= jobs? keep-going load-average? just-print dry-run recon assume-old= old-file= output-sync? print-data-base question no-builtin-rules no-builtin-variables silent quiet no-silent stop touch trace print-directory no-print-directory what-if= new-file= assume-new= warn-undefined-variables',
    code: 'E eval',
    idle: 'h v help version',
    harmful: /^-$|\$[({]/,
  },
}

/** Their words are never code, so without a file they have nothing to run. */
const readsNoInput = new Set(['make', 'bun', 'deno'])

const textTools: Record<string, ProgramReader> = {
  awk: readAwk,
  gawk: readAwk,
  mawk: readAwk,
  nawk: readAwk,
  'original-awk': readAwk,
  bwk: readAwk,
  sed: readSed,
  gsed: readSed,
}

const otherNames: Record<string, string> = { nodejs: 'node', gmake: 'make' }

export const inlineCode: FindReader = firstOf(
  findIn(table, interpreterReader),
  findIn(otherNames, (name) => interpreterReader(table[name] as Interpreter, name)),
  findIn(textTools, asIs),
)

function interpreterReader(interpreter: Interpreter, program: string): ProgramReader {
  const options = compileOptions(interpreter)
  const code = new Set(interpreter.code.split(' '))
  const idle = new Set(interpreter.idle?.split(' '))
  return (words, walk) => {
    const refuse = (): void => walk.refuse(`\`${program}\` runs code that oos does not read`)
    if (program === 'make') return words.some(bringsMakeCode) ? refuse() : readMake(words, refuse)
    const read = readOptions(words, options)
    if (read === undefined) return refuse()
    for (const { name, value } of read.given) {
      if (code.has(name) || (interpreter.harmful?.test(value ?? '') ?? false)) return refuse()
      if (idle.has(name)) return
    }
    const module = read.given.find(({ name }) => name === 'm')
    if (module !== undefined) return carryModule(module.value, words.slice(read.operands), walk)
    const first = words[read.operands]
    if (first === undefined ? !readsNoInput.has(program) : notAFile(first, interpreter)) refuse()
  }
  function readMake(words: readonly string[], refuse: () => void): void {
    const read = readAnywhere(words, options)
    if (read === undefined || read.given.some(({ name, value }) => code.has(name) || isInput(value ?? '')))
      refuse()
  }
}

/** `python -m pip` is `pip`, and so is `python -m pip.__main__`. */
function carryModule(name = '', operands: readonly string[], walk: Walk): void {
  const main = '.__main__'
  if (name !== '') walk.carry([name.endsWith(main) ? name.slice(0, -main.length) : name, ...operands])
}

/** make expands `$(shell …)` in every variable and target that it is given, and SHELL is a program. */
function bringsMakeCode(word: string, index: number): boolean {
  return (
    index > 0 &&
    (/\$[({]|^\.?SHELL(?:FLAGS)?\s*[:?+]?=|^MAKEFLAGS=/.test(word) ||
      word.startsWith('\0') ||
      /^[^=]*=.*\0/.test(word) ||
      /^--eval|^-\w*E/.test(word))
  )
}

function notAFile(word: string, interpreter: Interpreter): boolean {
  return isInput(word) || (interpreter.subcommands?.test(word) ?? false)
}
