import { builtins } from './builtins.ts'
import { carriers } from './carriers.ts'
import { type Carrier, carrierReader } from './carry.ts'
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

for (const [name, carrier] of Object.entries(carriers))
  readers.set(name, completing(name, carrier, readers.get(name)))

/** The part that carries a command is made when the program is first met. */
function completing(name: string, carrier: Carrier, own: ProgramReader | undefined): ProgramReader {
  return (words, walk) => {
    const carried = carrierReader(carrier)
    const reader: ProgramReader =
      own === undefined
        ? carried
        : (words, walk) => {
            own(words, walk)
            carried(words, walk)
          }
    readers.set(name, reader)
    reader(words, walk)
  }
}

export function programReader(program: string): ProgramReader | undefined {
  const slash = program.lastIndexOf('/')
  const name = slash < 0 ? program : program.slice(slash + 1)
  const reader = readers.get(name)
  if (reader === undefined && name.startsWith('git-')) return readGitProgram
  if (reader !== undefined || !versioned(name)) return reader
  return readers.get(name.replace(/(?:\.basic|\.tiny|\.nox|\.gtk3?)$|-?\d[\d.]*[a-z]?$/, ''))
}

/** `git-push`, which may stand beside git's other programs, is what `git push` runs. */
const readGitProgram: ProgramReader = ([program = '', ...rest], walk) => {
  walk.carry(['git', program.slice(program.lastIndexOf('/') + 'git-'.length + 1), ...rest])
}

/** `python3.12`, `bash-5.2`, `vim.tiny`: the last letter or a dot tells; most names stop here. */
function versioned(name: string): boolean {
  const code = name.charCodeAt(name.length - 1)
  return (code >= 48 && code <= 57) || name.indexOf('.') > 0
}
