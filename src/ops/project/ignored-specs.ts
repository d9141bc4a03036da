import { join } from 'node:path'
import { printCode } from '../../policy/capability/print-code.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import { plainGit } from './plain-git.ts'

/** Specs that git leaves out: who clones the project gets no rules, and no review sees an edit. */
export interface IgnoredSpecs {
  /** Which, and by what line. */
  readonly text: string
  /** What to type. */
  readonly fix: string
}

/** What git tracks is in, whatever a line says. Undefined also where git says nothing. */
export async function findIgnored(
  specs: readonly string[],
  { root, env }: { readonly root: string; readonly env: NodeJS.ProcessEnv },
): Promise<IgnoredSpecs | undefined> {
  const lines = await askIgnored(specs, root, env)
  // A line that takes files in again is an answer, too.
  const ignored = lines.filter(([, , , pattern]) => pattern?.startsWith('!') === false)
  const [first] = ignored
  if (first === undefined) return undefined
  const [, file = '', line, pattern = '', spec = ''] = first
  const others = ignored.length === 1 ? '' : ` and ${ignored.length - 1} more`
  return {
    text: `git ignores ${printCode(spec)}${others}, by ${printCode(pattern)} in ${file}:${line}`,
    fix: `printf '\\n!/.agent-os/\\n!/.agent-os/**\\n' >> ${quoteWord(join(root, '.gitignore'))}`,
  }
}

async function askIgnored(specs: readonly string[], root: string, env: NodeJS.ProcessEnv) {
  try {
    const answer = await plainGit(root, env).raw(['check-ignore', '-v', '--', ...specs])
    return [...answer.matchAll(/^(.*?):(\d+):(.*)\t(.*)$/gm)]
  } catch {
    return []
  }
}
