import { printCapability } from '../capability/capability.ts'
import type { PathPlace } from '../match/path-glob.ts'
import { capabilityOf } from '../request/capability.ts'
import { type PatternKind, resources } from '../resources.ts'
import type { Request } from '../types.ts'
import type { Matter } from './claims.ts'
import { readWords, writeWords } from './command-language.ts'
import { readPath, writePath } from './path-language.ts'
import { mark } from './regular.ts'

/** The request that a text of the matter's language stands for. */
export function requestOf(text: string, matter: Matter): Request {
  const { resource, action, attributes } = matter
  const asked = readers[resources[resource].pattern](text, matter)
  const all = { ...attributes, ...asked.attributes }
  return { resource, action, ...asked, ...(Object.keys(all).length > 0 && { attributes: all }) }
}

/** The text that stands for a request's target; nothing if it has none. */
export function textOf({ resource, target, words }: Request): string | undefined {
  const kind = resources[resource].pattern
  if (kind === 'words') return words && writeWords(words)
  return kind === 'path' ? writePath(target) : target
}

/** As a person would ask it: `oos explain` takes it. */
export function printWitness(request: Request, place: PathPlace): string {
  const capability = capabilityOf(request, place)
  const amounts = Object.entries(request.attributes ?? {}).flatMap(([name, amount]) => {
    if (typeof amount !== 'number') return []
    return [[name, name === 'rate' || name === 'tokens' || name === 'usd' ? { count: amount } : amount]]
  })
  const pattern =
    resources[request.resource].pattern === 'host'
      ? withPort(request.target, capability.pattern)
      : capability.pattern
  return printCapability({
    ...capability,
    pattern,
    constraints: { ...capability.constraints, ...Object.fromEntries(amounts) },
  })
}

/** A request without a port means 443, a rule also 80. */
function withPort(target: string, pattern: string): string {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:/]*):(\d+)/.exec(target) ?? []
  return port === '80' && pattern.startsWith(host) ? `${host}:80${pattern.slice(host.length)}` : pattern
}

type Target = Pick<Request, 'target' | 'words' | 'attributes'>

const readers: Readonly<Record<PatternKind, (text: string, matter: Matter) => Target>> = {
  path: (text) => ({ target: readPath(text) }),
  host: (text) => ({ target: encodePath(text) }),
  words: (text) => {
    const words = readWords(text)
    return { target: words.join(' '), words }
  },
  name: (text, { resource }) => {
    const [target = '', value] = text.split(mark)
    if (value === undefined) return { target }
    return { target, attributes: { [resource === 'secret' ? 'to' : 'remote']: value } }
  },
}

/** What a URL cannot hold as it is. */
function encodePath(target: string): string {
  return target.replace(/[^\w.~:@!$&'()*+,=/[\]-]/gu, encodeURIComponent)
}
