import { builtins } from './builtins.ts'
import { carriers } from './carriers.ts'
import { carrierReader } from './carry.ts'
import { inlineCode } from './inline-code.ts'
import { shells } from './shells.ts'
import { toldToRun } from './told-to-run.ts'
import type { ProgramReader } from './types.ts'
import { wrappers } from './wrappers.ts'

/** Programs that run what their words say. Every other program is decided by its own words alone. */
const readers = new Map<string, ProgramReader>([
  ...toldToRun,
  ...inlineCode,
  ...shells,
  ...wrappers,
  ...builtins,
])

/** Of these the part that carries a command is made when the program is first met. */
const open = new Set(Object.keys(carriers))
for (const program of open) if (!readers.has(program)) readers.set(program, readNothing)

function readerOf(name: string): ProgramReader | undefined {
  const reader = readers.get(name)
  return reader !== undefined && open.delete(name) ? complete(name, reader) : reader
}

function complete(name: string, other: ProgramReader): ProgramReader {
  const carrier = carrierReader(carriers[name] ?? {})
  const reader: ProgramReader = (words, walk) => {
    other(words, walk)
    carrier(words, walk)
  }
  readers.set(name, reader)
  return reader
}

function readNothing(): void {}

export function programReader(program: string): ProgramReader | undefined {
  const slash = program.lastIndexOf('/')
  const name = slash < 0 ? program : program.slice(slash + 1)
  const reader = readerOf(name)
  if (reader !== undefined || !versioned(name)) return reader
  return readerOf(name.replace(/(?:\.basic|\.tiny|\.nox|\.gtk3?)$|-?\d[\d.]*[a-z]?$/, ''))
}

/** `python3.12`, `bash-5.2`, `vim.tiny`: the last letter or a dot tells; most names stop here. */
function versioned(name: string): boolean {
  const code = name.charCodeAt(name.length - 1)
  return (code >= 48 && code <= 57) || name.indexOf('.') > 0
}
