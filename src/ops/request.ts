import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseRequest, type RequestPlace } from '../policy/request/parse.ts'
import { isResource, resources } from '../policy/resources.ts'
import type { Request } from '../policy/types.ts'
import { closest } from '../shared/closest.ts'
import { OosError } from '../shared/errors.ts'
import { quoteWord } from '../shared/quote-word.ts'
import { resolveLinks } from '../shared/resolve-links.ts'
import type { Project } from './project/project.ts'

/** What a person or program asks about, standing where he stands: paths are taken as the disk has them. */
export function readRequest(
  text: string,
  { root, home, cwd }: Pick<Project, 'root' | 'home' | 'cwd'>,
  agent?: string,
): Request {
  const parsed = parseRequest(text, { root, home, cwd: resolveLinks(cwd) })
  if (!parsed.ok) throw invalidRequest(text, parsed.problems, { root, home, cwd })
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
type Problem = Problems[number]

function invalidRequest(text: string, problems: Problems, place: RequestPlace): OosError {
  const [problem] = problems
  const message = `${problem?.message ?? 'not a request'}, at column ${problem?.column ?? 1} of \`${text}\``
  const meant = guesses(text, problem, place).find((guess) => parseRequest(guess, place).ok)
  const [resource = ''] = text.split(':')
  const { exampleRequest } = resources[isResource(resource) ? resource : 'file']
  return new OosError('capability-invalid', message, {
    hint: `oos explain ${quoteRequest(meant ?? exampleRequest)}`,
  })
}

/** What may have been meant, the likeliest first; whether each is a request is for the caller to see. */
function guesses(text: string, problem: Problem | undefined, place: RequestPlace): readonly string[] {
  const [, host, path = ''] = /^https?:\/\/(?:[^/@?#]*@)?([^/?#]+)([^?#]*)/i.exec(text) ?? []
  const isWord = problem?.code === 'capability/unknown-resource' && text.trim() !== ''
  return [
    ...(host === undefined ? [] : [webRequest(text, host, path)]),
    // Of a pattern a path that it is about: rarely is a name meant that holds a star.
    ...(problem?.code === 'capability/wildcard' && text.startsWith('file:')
      ? [text.replace(/\*+/g, 'x')]
      : []),
    // `git:push`: a request is about one branch.
    ...fixesOf(problem?.fix, place).map((fix) => fix.replace(/^git:\\?\*:/, 'git:main:')),
    ...(isWord && existsSync(resolve(place.cwd, text)) ? [`file:${text}:read`] : []),
    ...(isWord ? [`shell:${text}`] : []),
  ]
}

/** Inside https nobody sees a path or a method, so a rule is asked about the host alone. */
function webRequest(url: string, host: string, path: string): string {
  if (/^https:/i.test(url)) return `http:${host}:request`
  return `http:${host}${/:\d+$/.test(host) ? '' : ':80'}${path === '/' ? '' : path}:get`
}

const mostFixes = 3

/** A fix mends one fault, and the text may have another. */
function fixesOf(fix: string | undefined, place: RequestPlace, more = mostFixes): readonly string[] {
  if (fix === undefined || more === 0) return []
  const parsed = parseRequest(fix, place)
  return [fix, ...(parsed.ok ? [] : fixesOf(parsed.problems[0]?.fix, place, more - 1))]
}

/** In quotes even where no shell asks for them: so requests stand everywhere else. */
function quoteRequest(request: string): string {
  const quoted = quoteWord(request)
  return quoted.startsWith("'") ? quoted : `'${quoted}'`
}
