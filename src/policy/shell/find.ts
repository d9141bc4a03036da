import type { ProgramReader, Walk } from './types.ts'
import { anyWords, hasHole, hole } from './words.ts'

const runs = new Set(['-exec', '-execdir', '-ok', '-okdir'])
const writes = new Set(['-fprint', '-fprint0', '-fls', '-fprintf'])

export const readFind: ProgramReader = (words, walk) => {
  for (let index = 1; index < words.length; index++) {
    const word = words[index] as string
    if (runs.has(word)) index = execution(words, index, walk)
    else if (writes.has(word)) index = output(words, index, walk)
    // As if it ran the program of which rules are.
    else if (word === '-delete') walk.run(['rm', '-rf', anyWords])
    else if (word === '-files0-from') walk.refuse('`find` gets its start from a file')
    else if (word[0] === hole) walk.refuse('what `find` does is only known at run time')
    else if (takesText.has(word)) index++
  }
}

/** Tests whose value may look like anything. */
const takesText = new Set(
  '-name -iname -path -ipath -wholename -iwholename -regex -iregex -lname -ilname -newer -anewer -cnewer -samefile -type -xtype -size -user -group -perm -mtime -atime -ctime -mmin -amin -cmin -maxdepth -mindepth -printf -regextype -fstype -links -inum -uid -gid -used -context -D'.split(
    ' ',
  ),
)

/** `{}` is a path that is not known; with `+` there may be many. */
function execution(words: readonly string[], start: number, walk: Walk): number {
  let end = start + 1
  while (end < words.length && words[end] !== ';' && !(words[end] === '+' && words[end - 1] === '{}')) end++
  const command = words
    .slice(start + 1, end)
    .map((word) => (word === '{}' && words[end] === '+' ? anyWords : word.replaceAll('{}', hole)))
  const elsewhere = words[start]?.endsWith('dir') === true
  if (elsewhere) walk.within(undefined, () => walk.run(command))
  else walk.run(command)
  return end
}

function output(words: readonly string[], index: number, walk: Walk): number {
  const file = words[index + 1] ?? ''
  if (hasHole(file)) walk.refuse('`find` writes a file that is only known at run time')
  else walk.write(file)
  return words[index] === '-fprintf' ? index + 2 : index + 1
}

/** fd runs everything after `-x`, up to a `;`. */
export const readFd: ProgramReader = (words, walk) => {
  const at = words.findIndex(
    (word, index) => index > 0 && /^(?:-[A-Za-z]*[xX]|--exec(?:-batch)?)$/.test(word),
  )
  if (at < 0)
    return words.some((word) => /^(?:-[A-Za-z]*[xX]|--exec)/.test(word))
      ? walk.refuse('what `fd` runs cannot be read')
      : undefined
  const end = words.indexOf(';', at)
  const command = words.slice(at + 1, end < 0 ? words.length : end)
  walk.run([...command.map((word) => word.replaceAll(/\{(?:\/|\.|\/\/|\/\.)?\}/g, hole)), anyWords])
}
