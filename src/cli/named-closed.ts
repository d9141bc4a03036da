import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { foldersOfCommand } from '../agents/end/command-words.ts'
import type { Policy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import type { Change } from '../policy/explain/changes.ts'
import { partsOf } from '../policy/request/parts.ts'
import type { Decision, Request } from '../policy/types.ts'
import { resolveLinks } from '../shared/resolve-links.ts'

/** What a command would open, and how it names that. */
interface Named {
  readonly shown: string
  readonly asked: Pick<Request, 'resource' | 'action' | 'target'>
}

/** Of files, and of hosts. */
const mostNamed = 3

/** A command that may start is not told what it opens: where it names a file or a host that is closed to it, that is said. */
export function noteNamedClosed(
  policy: Policy,
  request: Request,
  { effect }: Pick<Decision, 'effect'>,
): readonly Change[] {
  if (request.resource !== 'shell' || effect === 'deny') return []
  const folders = foldersOfCommand(request, policy)
  const words = new Set(partsOf(request, policy).parts.flatMap(({ words = [] }) => words.slice(1)))
  const files = [...words].flatMap((word) => namedFile(word, folders) ?? [])
  const hosts = new Set([...words].flatMap((word) => hostOf(word) ?? []))
  const closed = (named: readonly Named[]) =>
    named.flatMap((one) => noteClosed(one, policy, request.agent)).slice(0, mostNamed)
  return [...closed(files), ...closed([...hosts].map(namedHost))]
}

function namedFile(shown: string, folders: readonly string[]): Named | undefined {
  const path = folders.map((folder) => resolve(folder, shown)).findLast((one) => existsSync(one))
  if (shown === '' || path === undefined) return undefined
  return { shown, asked: { resource: 'file', action: 'read', target: resolveLinks(path) } }
}

const namedHost = (target: string): Named => ({
  shown: target.replace(/:443$/, ''),
  asked: { resource: 'http', action: 'request', target },
})

/** Inside https the proxy sees the host alone; of plain http it asks with method and path, and answers itself. */
function hostOf(word: string): string | undefined {
  const url = /^https:\/\/[^\s/]/i.test(word) && URL.canParse(word) ? new URL(word) : undefined
  return url && `${url.hostname}:${url.port || '443'}`
}

function noteClosed({ shown, asked }: Named, policy: Policy, agent: string | undefined): readonly Change[] {
  const { effect, rule } = decide(policy, agent === undefined ? asked : { ...asked, agent })
  const by = rule === undefined ? ': no rule opens it' : ` (${rule.source.file}:${rule.source.line})`
  return effect === 'allow' ? [] : [{ kind: 'none', text: `\`${shown}\` stays closed to it${by}` }]
}
