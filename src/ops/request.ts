import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parseRequest } from '../policy/request.ts'
import type { Request } from '../policy/types.ts'
import { closest } from '../shared/closest.ts'
import { OosError } from '../shared/errors.ts'
import type { Project } from './project.ts'

/** What a person or program asks about, standing where he stands: paths are taken as the disk has them. */
export function readRequest(
  text: string,
  { root, home, cwd }: Pick<Project, 'root' | 'home' | 'cwd'>,
  agent?: string,
): Request {
  const parsed = parseRequest(text, { root, home, cwd: resolveLinks(cwd) })
  if (!parsed.ok) throw invalidRequest(text, parsed.problems)
  const { value } = parsed
  const request = value.resource === 'file' ? { ...value, target: resolveLinks(value.target) } : value
  return agent === undefined ? request : { ...request, agent }
}

/** An agent that no definition has is a slip of the pen: its rules would silently be nobody's. */
export function requireAgent(name: string, { agents }: Pick<Project, 'agents'>): string {
  const names = ['command', ...agents.map((agent) => agent.name)]
  if (names.includes(name)) return name
  const meant = closest(name, names)
  const hint = meant === undefined ? `agents here: ${names.join(', ')}` : `did you mean \`${meant}\`?`
  throw new OosError('agent-unknown', `no agent \`${name}\``, { hint })
}

type Problems = Extract<ReturnType<typeof parseRequest>, { ok: false }>['problems']

function invalidRequest(text: string, problems: Problems): OosError {
  const [problem] = problems
  const message = `${problem?.message ?? 'not a request'}, at column ${problem?.column ?? 1} of \`${text}\``
  return new OosError('capability-invalid', message, {
    hint: problem?.fix ?? "oos explain 'file:src/index.ts:read'",
  })
}

/** Resolves as much of a path as exists: what is yet to be made has no links of its own. */
function resolveLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path === dirname(path) ? path : join(resolveLinks(dirname(path)), basename(path))
  }
}
