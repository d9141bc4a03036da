import { once } from '../../shared/remembered.ts'
import { isInput } from './input.ts'
import { compileOptions, readOptions } from './options.ts'
import type { ProgramReader } from './types.ts'
import { hasHole } from './words.ts'

const options = once(() =>
  compileOptions({
    short: 'F:v:f:e:E:i:l:W:bcCd::D::ghIkL::MnNo::Op::rsStV',
    long: 'field-separator= assign= file= source= exec= include= load= sandbox csv posix re-interval traditional characters-as-bytes bignum non-decimal-data profile? pretty-print? lint? optimize no-optimize debug? dump-variables?',
  }),
)

/** An awk program of the words runs commands or opens files only with these; a file of awk is the project's own code. */
export const readAwk: ProgramReader = (words, walk) => {
  const refuse = (): void => walk.refuse('an awk program may run commands or write files')
  const read = readOptions(words, options())
  if (read === undefined) return refuse()
  let fromFile = false
  for (const { name, value } of read.given) {
    if (/^(?:help|version|h|V)$/.test(name)) return
    if (/^(?:i|l|include|load|E|exec|D|debug|o|p|profile|pretty-print|d|dump-variables|W)$/.test(name))
      return refuse()
    if (/^(?:f|file)$/.test(name)) {
      if (isInput(value ?? '-')) return refuse()
      fromFile = true
    }
    if (/^(?:e|source)$/.test(name)) {
      if (mayRun(value ?? '')) return refuse()
      fromFile = true
    }
  }
  if (!fromFile && mayRun(words[read.operands] ?? '')) refuse()
}

/** Over-careful on purpose: a comparison after a `print` counts as writing a file. */
function mayRun(program: string): boolean {
  if (hasHole(program) || /system|getline|@/.test(program)) return true
  const print = program.indexOf('print')
  return print >= 0 && /[>|]/.test(program.slice(print))
}
