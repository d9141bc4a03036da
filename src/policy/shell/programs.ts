import { Recent, remembered } from '../../shared/remembered.ts'
import { builtins } from './builtins.ts'
import { carriers } from './carriers.ts'
import { carrierReader } from './carry.ts'
import { findIn, firstOf } from './find-reader.ts'
import { inlineCode } from './inline-code.ts'
import { shells } from './shells.ts'
import { toldToRun } from './told-to-run.ts'
import type { ProgramReader } from './types.ts'
import { wrappers } from './wrappers.ts'

/** Reads the words of a program that runs what they say. Every other program is decided by its own words alone. */
export function programReader(program: string): ProgramReader {
  const slash = program.lastIndexOf('/')
  return readerOf(slash < 0 ? program : program.slice(slash + 1))
}

/** Which names are asked for is up to whoever writes commands. */
const mostNames = 1000

const readerOf = remembered(
  (name: string) => find(name) ?? findByPart(name) ?? readNothing,
  new Recent<string, ProgramReader>(mostNames),
)

const readNothing: ProgramReader = () => {}

function find(name: string): ProgramReader | undefined {
  const own = findOwn(name)
  const carried = findCarrier(name)
  if (own === undefined || carried === undefined) return own ?? carried
  return (words, walk) => {
    own(words, walk)
    carried(words, walk)
  }
}

const findOwn = firstOf(builtins, wrappers, shells, inlineCode, toldToRun)
const findCarrier = findIn(carriers, carrierReader)

/** `python3.12`, `bash-5.2`, `vim.tiny`: the last letter or a dot tells. */
function findByPart(name: string): ProgramReader | undefined {
  if (name.startsWith('git-')) return readGitProgram
  if (!/\d$|^[^.]+\./.test(name)) return undefined
  return find(name.replace(/(?:\.basic|\.tiny|\.nox|\.gtk3?)$|-?\d[\d.]*[a-z]?$/, ''))
}

/** `git-push`, which may stand beside git's other programs, is what `git push` runs. */
const readGitProgram: ProgramReader = ([program = '', ...rest], walk) => {
  walk.carry(['git', program.slice(program.lastIndexOf('/') + 'git-'.length + 1), ...rest])
}
