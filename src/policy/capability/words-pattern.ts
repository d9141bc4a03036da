import { compileCommandPattern } from '../shell/command-pattern.ts'
import { refuse } from './problem.ts'

/** The one text of a command pattern: words with one space between. `offset` is that of the pattern in the capability. */
export function normalizeWordsPattern(pattern: string, offset = 0): string {
  const pieces = [...pattern.matchAll(/\\.|"(?:\\.|[^"\\])*"|'[^']*'| +|[|;<>&`]|\$\(|./gs)]
  const odd = pieces.find(([piece]) => /^(?:[|;<>&`]|\$\()$/.test(piece))
  if (odd) {
    const choice = /\(([\w-]+(?:\|[\w-]+)+)\)/
    const before = choice.test(pattern)
      ? pattern.replace(choice, (_, list: string) => `{${list.replaceAll('|', ',')}}`)
      : pattern.slice(0, odd.index).trim()
    const message = `\`${odd[0]}\` joins or redirects commands: write one rule for each, or \`\\${odd[0]}\``
    refuse('pattern', message, offset + odd.index, before === '' ? undefined : before)
  }
  const open = pieces.find(([piece]) => piece === '"' || piece === "'" || piece === '\\')
  if (open) refuse('pattern', `\`${open[0]}\` is not closed`, offset + open.index)
  const words = pieces.map(([piece]) => (piece.startsWith(' ') ? ' ' : piece))
  const normal = words.slice(words[0] === ' ' ? 1 : 0, words.at(-1) === ' ' ? -1 : undefined).join('')
  if (normal === '') refuse('empty', 'the pattern is missing', offset, 'npm run *')
  checkLimits(normal, offset)
  return normal
}

function checkLimits(pattern: string, offset: number): void {
  try {
    compileCommandPattern(pattern, 'exact')
  } catch (error) {
    if (!(error instanceof Error)) throw error
    refuse('pattern', error.message, offset)
  }
}
