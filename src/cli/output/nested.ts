import { tellNested } from '../../ops/project/root.ts'
import type { Terminal } from '../terminal.ts'
import { sanitizeLine } from './sanitize.ts'

/** One line of talk, where specs of a folder above do not hold. */
export function sayNested(
  project: Parameters<typeof tellNested>[0],
  { talk, tell }: Pick<Terminal, 'talk' | 'tell'>,
): void {
  const nested = tellNested(project)
  if (nested !== undefined) tell(`${talk.dim('oos:')} ${sanitizeLine(nested)}\n`)
}
