import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { resolveLinks } from '../ops/request.ts'
import type { Policy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import type { Change } from '../policy/explain.ts'
import { partsOf } from '../policy/request-parts.ts'
import type { Decision, Request } from '../policy/types.ts'

const mostNamed = 3

/** A command that may start is not told what it opens: where it names a file that is closed to it, that is said. */
export function noteClosedFiles(
  policy: Policy,
  request: Request,
  { effect }: Pick<Decision, 'effect'>,
): readonly Change[] {
  if (request.resource !== 'shell' || effect === 'deny') return []
  const { cwd = policy.root, agent } = request
  const named = partsOf(request, policy).parts.flatMap(({ words = [] }) => words.slice(1))
  return [...new Set(named)]
    .filter((word) => word !== '' && existsSync(resolve(cwd, word)))
    .flatMap((word): Change[] => {
      const file = { resource: 'file', action: 'read', target: resolveLinks(resolve(cwd, word)) } as const
      const { effect: read, rule } = decide(policy, agent === undefined ? file : { ...file, agent })
      const by = rule === undefined ? ': no rule opens it' : ` (${rule.source.file}:${rule.source.line})`
      return read === 'allow' ? [] : [{ kind: 'none', text: `\`${word}\` stays closed to it${by}` }]
    })
    .slice(0, mostNamed)
}
