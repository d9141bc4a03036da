import { once } from '../../shared/remembered.ts'
import { parseCapability, printCapability } from '../capability/capability.ts'
import type { Clause } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { expandBraces } from '../match/braces.ts'
import type { Capability, Request, Rule } from '../types.ts'
import { claimsOf } from './claims.ts'
import { isOwn } from './compared.ts'
import { type FamiliarTarget, familiarTargets } from './familiar.ts'
import { createHolding, type Grounds, sampleRequests } from './ground.ts'
import { mayMeet, outline } from './outline.ts'
import { type Allowed, allowed, findAllowed, passing } from './passing.ts'
import { crossedPath, type Target } from './samples.ts'
import { secretPatterns } from './secret-patterns.ts'

/** An agent that can be told by what it reads to send away what it should keep. */
export interface SecretWayOut {
  readonly kind: 'secret-way-out'
  readonly agents: readonly string[]
  readonly secret: Allowed
  /** Something that others wrote. */
  readonly foreign: Allowed
  readonly way: Allowed
}

/** Once for all agents for which the same three rules make it. */
export function findSecretsWithWayOut(grounds: Grounds, agents: readonly string[]): readonly SecretWayOut[] {
  const clauses = secretClauses(grounds.policy.rules)
  const found = agents.flatMap((agent): readonly SecretWayOut[] => {
    const way = findAllowed(['http'], 'post', { grounds, agent })
    const foreign = way && (findAllowed(['mcp', 'browser', 'http'], 'get', { grounds, agent }) ?? way)
    const secret = way && findSecret(grounds, agent, clauses)
    if (!way || !foreign || !secret) return []
    return [{ kind: 'secret-way-out', agents: [agent], secret, foreign, way }]
  })
  const groups = Map.groupBy(found, ({ secret, foreign, way }) =>
    JSON.stringify([secret, foreign, way].map(({ rule }) => rule.source)),
  )
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map((first) => ({ ...first, agents: group.flatMap((each) => each.agents) })),
  )
}

/** Besides those of the rules: what will be asked about. */
export function secretCapabilities(): readonly Capability[] {
  return secrets().flatMap(({ capability, except }) => [capability, ...except])
}

interface Secret {
  readonly capability: Capability
  readonly except: readonly Capability[]
}

const secrets = once((): readonly Secret[] =>
  secretPatterns.map(({ deny, except }) => ({ capability: read(deny), except: except.map(read) })),
)

function read(text: string): Capability {
  const parsed = parseCapability(text)
  if (!parsed.ok) throw new TypeError(`\`${text}\` is no capability`)
  return parsed.value
}

/**
 * What the pack `oos:secrets` denies is a secret. Files that a spec takes out of the pack are none: test fixtures, as a
 * rule. A variable that is taken out of it is given to an agent for what it holds.
 */
function secretClauses(rules: readonly Rule[]): readonly Clause[] {
  const taken = rules.filter(({ source }) => source.pack === 'oos:secrets')
  const holes = taken.flatMap(({ except }) => except.filter(({ resource }) => resource === 'file'))
  const distinct = [...new Map(holes.map((hole) => [printCapability(hole), hole])).values()]
  return secrets().map(({ capability, except }) => {
    const known = new Set(except.map((hole) => printCapability(hole)))
    const others = distinct.filter((hole) => !known.has(printCapability(hole)))
    const own = capability.resource === 'file' ? [...except, ...others] : except
    return { effect: 'deny', capability, except: own, rule: pseudoRule, everything: false }
  })
}

const pseudoRule: Rule = {
  effect: 'deny',
  capabilities: [],
  except: [],
  agents: [],
  source: { file: 'oos:secrets', line: 1, column: 1, pack: 'oos:secrets', text: '' },
  layer: 'built-in',
  examples: [],
}

function findSecret(grounds: Grounds, agent: string, clauses: readonly Clause[]): Allowed | undefined {
  return findSecretOf('file', { grounds, agent, clauses }) ?? findSecretOf('env', { grounds, agent, clauses })
}

interface SecretPlace {
  readonly grounds: Grounds
  readonly agent: string
  /** What is a secret. */
  readonly clauses: readonly Clause[]
}

function findSecretOf(
  resource: 'file' | 'env',
  { grounds, agent, clauses }: SecretPlace,
): Allowed | undefined {
  const { policy } = grounds
  const ground = grounds.of(agent, resource)
  // What comes with oos is known to be none, whatever a variable could be called.
  const allows = ground.clauses.filter(({ effect, rule }) => effect === 'allow' && isOwn(rule))
  const left = clauses.filter(
    (secret) => secret.capability.resource === resource && !isDenied(secret, ground.clauses),
  )
  if (allows.length === 0 || left.length === 0) return undefined
  const matter = { resource, action: 'read' }
  const isSecret = createHolding(resource, left, policy)
  const check = (request: Request) => {
    const found = isSecret(request).length > 0 ? allowed(request, { grounds, agent }) : undefined
    return found && isOwn(found.rule) ? found : undefined
  }
  const samples = [
    ...familiarTargets(policy)
      .filter((target) => target.resource === resource)
      .map(asRead),
    ...[...left, ...allows].flatMap(({ capability }) => sampleRequests(capability, matter, policy)),
  ]
  for (const request of samples) {
    const found = check(request)
    if (found) return found
  }
  const outlines = left.map((secret) => outline(withoutAnyEnding(secret), policy))
  for (const allow of allows.map((each) => outline(each, policy)))
    for (const { clause: secret } of outlines.filter((each) => mayMeet(allow, each))) {
      // A name that a reader knows, in the folder that is opened, before any that is made up.
      const [crossed] = crossings(allow.clause, secret, policy).map((target) =>
        check({ ...matter, ...target }),
      )
      const inside = () => claimsOf([allow.clause, secret], matter, ground.languages())
      const found = crossed ?? passing({ ground, matter, inside }, check)
      if (found) return found
    }
  return undefined
}

function crossings(allow: Clause, secret: Clause, policy: Policy): readonly Target[] {
  const { resource } = allow.capability
  return resource === 'file' ? crossedPath(allow.capability, secret.capability, policy) : []
}

/** `.env.*` meets `dist/*.js` in a file that nobody has: the patterns beside it meet all that opens more. */
function withoutAnyEnding(secret: Clause): Clause {
  const { capability } = secret
  const all = expandBraces(capability.pattern)
  const named = all.filter((alternative) => !alternative.endsWith('.*'))
  if (named.length === all.length || named.length === 0) return secret
  const pattern = named.length === 1 ? named.join() : `{${named.join(',')}}`
  return { ...secret, capability: { ...capability, pattern } }
}

function asRead({ resource, target }: FamiliarTarget): Request {
  return { resource, action: 'read', target }
}

/** Whether a Deny says just this: so it is in a project that takes the pack in. */
function isDenied(secret: Clause, clauses: readonly Clause[]): boolean {
  const holes = new Set(secret.except.map((hole) => printCapability(hole)))
  return clauses.some(
    ({ effect, capability, except }) =>
      effect === 'deny' &&
      capability.pattern === secret.capability.pattern &&
      capability.actions.includes('read') &&
      except.every((hole) => holes.has(printCapability(hole))),
  )
}
