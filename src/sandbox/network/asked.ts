import type { Decision, Request } from '../../policy/types.ts'
import { type Authority, printAuthority } from './authority.ts'

/** What a client of the proxy wants, read strictly and not yet judged. */
export interface Asked {
  readonly authority: Authority
  /** The `http` action: a method's own, or `request` for a tunnel and any other method. */
  readonly action: string
  readonly method?: string
  /** Canonical, without the query; none for a tunnel. */
  readonly path?: string
}

export type Decide = (request: Request) => Decision

/** The first decision that does not allow, over all the ways in which the far side may read the path. */
export function judge(decide: Decide, asked: Asked): Decision {
  const [first, ...others] = pathReadings(asked.path).map((path) => decide(requestFor(asked, path)))
  return [first, ...others].find((decision) => decision?.effect !== 'allow') ?? first ?? nothingAllowed
}

/** The same question about one address that the asked name resolved to. */
export function judgeAddress(decide: Decide, asked: Asked, address: string): Decision {
  return judge(decide, { ...asked, authority: { host: address, port: asked.authority.port } })
}

const nothingAllowed: Decision = { effect: 'deny', reasons: [{ kind: 'no-allow' }], constraints: {} }

function requestFor({ authority, action }: Asked, path: string): Request {
  return { resource: 'http', action, target: `${printAuthority(authority)}${path}` }
}

// Servers differ on `//` and `%2F`: a path passes only if it does either way.
function pathReadings(path: string | undefined): readonly string[] {
  if (path === undefined) return ['']
  const plain = path.replaceAll('%2F', '/').replace(/\/{2,}/g, '/')
  return plain === path ? [path] : [path, plain]
}
