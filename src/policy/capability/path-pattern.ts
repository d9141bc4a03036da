import { expandBraces } from '../match/braces.ts'
import { normalizeEscapes } from '../match/wildcard.ts'
import { refuse } from './problem.ts'

/** The one text of a path pattern. `offset` is that of the pattern in the capability. */
export function normalizePathPattern(pattern: string, offset = 0): string {
  // What tells names apart means the same with a backslash, and is read the same.
  const plain = pattern.replace(/\\(.)/gs, (escaped, character) =>
    /[./]/.test(character) ? character : escaped,
  )
  for (const alternative of expandBraces(plain)) checkPath(alternative, pattern, offset)
  const folded = plain.replace(/(^|\/)(?:\.\/)+/g, '$1').replace(/(?<=.)\/\.$|(?<=^\/)\.$/, '')
  if (folded === '') return '.'
  // `./~` is a file of that name.
  const isEscaped = folded.startsWith('\\~') || (plain.startsWith('./') && /^~(\/|$)/.test(folded))
  // A blank at an end is refused as loose, unless it is escaped.
  const normal = normalizeEscapes(folded, offset).replace(/^\s|\s$/g, '\\$&')
  return (isEscaped ? '\\' : '') + normal
}

/** Where a path pattern stands: below the project, the home folder, or the file system's root. */
export type PathStart = 'root' | 'home' | 'top'

/** One alternative, split into the segments below its start. */
export function splitPath(alternative: string): { start: PathStart; segments: readonly string[] } {
  const start = alternative.startsWith('/') ? 'top' : /^~(\/|$)/.test(alternative) ? 'home' : 'root'
  const below = start === 'top' ? alternative.slice(1) : start === 'home' ? alternative.slice(2) : alternative
  return { start, segments: splitSegments(below).filter((segment) => segment !== '' && segment !== '.') }
}

function checkPath(path: string, written: string, offset: number): void {
  const segments = splitSegments(path)
  const at = (part: string) => offset + Math.max(0, written.indexOf(part))
  if (segments.includes('..'))
    refuse('pattern', '`..` cannot stand in a pattern: write where it leads', at('..'))
  const inner = segments.slice(path.startsWith('/') ? 1 : 0)
  if (inner.at(-1) === '' && path !== '/')
    refuse(
      'pattern',
      'a pattern does not end in a slash',
      offset + written.length - 1,
      written.replace(/\/+$/, '/**'),
    )
  if (inner.includes('') && path !== '/' && path !== '')
    refuse('pattern', 'a segment is empty', at('//'), written.replace(/\/{2,}/g, '/'))
  const glued = segments.find((segment) => segment !== '**' && /\*\*/.test(segment.replace(/\\./gs, '')))
  if (glued !== undefined) {
    const fix = written
      .replace(/\*\*+(?=[^/*])/, '**/*')
      .replace(/(?<=[^/*])\*\*+/, '*')
      .replace(/\*{3,}/, '**')
    const isList = /^[^{}[\]\s"'|]+(?:, ?[^{}[\]\s"'|,]+)+$/.test(written)
    if (isList)
      refuse('pattern', 'several patterns stand in braces', offset, `{${written.replace(/, /g, ',')}}`)
    const isOne = !/[\s,"'|]/.test(written)
    refuse('pattern', '`**` stands alone between slashes', at('**'), isOne ? fix : undefined)
  }
}

/** A slash in a class or after a backslash is still a slash: no name holds one. */
function splitSegments(path: string): readonly string[] {
  return path.split('/')
}
