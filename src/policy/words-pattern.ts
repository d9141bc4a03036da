import { expandBraces } from './braces.ts'
import { refuse } from './problem.ts'

/** The one text of a command pattern: words with one space between. `offset` is that of the pattern in the capability. */
export function normalizeWordsPattern(pattern: string, offset = 0): string {
  const plain = pattern.replace(/\\./gs, '__')
  const operator = /[|;<>&`]|\$\(/.exec(plain)
  if (operator)
    refuse(
      'pattern',
      `\`${operator[0]}\` joins commands: write one rule for each`,
      offset + operator.index,
      pattern.slice(0, operator.index).trim(),
    )
  if (/\\$/.test(plain))
    refuse('pattern', 'the backslash escapes nothing', offset + pattern.length - 1, pattern.slice(0, -1))
  expandBraces(pattern)
  const words = pattern
    .replace(/(?<!\\) +/g, ' ')
    .replace(/^ | $/g, (space, at) => (at > 0 && pattern.endsWith('\\ ') ? space : ''))
  return words === '' ? refuse('empty', 'the pattern is missing', offset, 'shell:npm run *') : words
}
