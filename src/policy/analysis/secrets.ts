import { expandBraces } from '../braces.ts'
import { parseCapability, printCapability } from '../capability.ts'
import type { Clause } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { decide } from '../decide.ts'
import { compilePathGlob } from '../path-glob.ts'
import { once } from '../shell/once.ts'
import type { Capability, Request, Resource, Rule } from '../types.ts'
import { type Claim, claimsOf, type Matter } from './claims.ts'
import { isOwn } from './compared.ts'
import { type FamiliarTarget, familiarTargets } from './familiar.ts'
import { createHolding, type Ground, type Grounds, mattersAbout, sampleRequests } from './ground.ts'
import { findOutside } from './outside.ts'
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

/** A request with the Allow that lets it pass. */
export interface Allowed {
  readonly request: Request
  readonly rule: Rule
}

/** Once for all agents for which the same three rules make it. */
export function findSecretsWithWayOut(grounds: Grounds, agents: readonly string[]): readonly SecretWayOut[] {
  const clauses = secretClauses(grounds.policy.rules)
  const found = agents.flatMap((agent): readonly SecretWayOut[] => {
    const way = findAllowed(grounds, agent, ['http'])
    const foreign = way && (findAllowed(grounds, agent, ['mcp', 'browser', 'http'], readsFirst) ?? way)
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

/** Only the answer says that the request is let through; a question to a person is no way for a program. */
function allowed(grounds: Grounds, agent: string, request: Request): Allowed | undefined {
  const { effect, rule } = decide(grounds.policy, { ...request, agent })
  return effect === 'allow' && rule ? { request: { ...request, agent }, rule } : undefined
}

type Order = (matter: Matter) => number

/** What answers with something to read. */
const readsFirst: Order = ({ action }) => (action === 'get' ? 0 : action === 'head' ? 2 : 1)
const sendsFirst: Order = ({ action }) => (action === 'post' ? 0 : action === 'head' ? 2 : 1)

/** A request to one of these resources that leads out of the machine, and that is allowed. */
function findAllowed(
  grounds: Grounds,
  agent: string,
  names: readonly Resource[],
  order: Order = sendsFirst,
): Allowed | undefined {
  for (const resource of names) {
    const ground = grounds.of(agent, resource)
    const questions = ownFirst(ground.clauses.filter(({ effect }) => effect === 'allow'))
      .flatMap((clause) => mattersAbout(clause.capability, true).map((matter) => ({ clause, matter })))
      .toSorted((a, b) => order(a.matter) - order(b.matter))
    for (const { clause, matter } of questions) {
      const found = grounds.isSpent() ? undefined : findPassing(clause, matter, { grounds, ground, agent })
      if (found) return found
    }
  }
  return undefined
}

interface Place {
  readonly grounds: Grounds
  readonly ground: Ground
  readonly agent: string
}

/** A request that the Allow speaks of and that nothing stops. */
function findPassing(clause: Clause, matter: Matter, { grounds, ground, agent }: Place): Allowed | undefined {
  const samples = sampleRequests(clause.capability, matter, grounds.policy)
  for (const request of samples) {
    const found = isHere(request) ? undefined : allowed(grounds, agent, request)
    if (found) return found
  }
  // Only what names this machine is on it: the language of such an Allow is looked at for nothing.
  if (samples.every(isHere)) return undefined
  return passing(
    { ground, matter, inside: () => claimsOf([clause], matter, ground.languages()) },
    (request) => (isHere(request) ? undefined : allowed(grounds, agent, request)),
  )
}

type Inside = { readonly ground: Ground; readonly matter: Matter; readonly inside: () => readonly Claim[] }

function passing(place: Inside, check: (request: Request) => Allowed | undefined): Allowed | undefined {
  const answer = findOutside({
    ...place,
    known: [],
    covers: ({ effect }) => effect === 'deny' || effect === 'ask',
  })
  return answer.found === 'outside' ? check(answer.request) : undefined
}

/** What is on this machine is no way out of it. */
function isHere({ resource, target }: Request): boolean {
  return (
    (resource === 'http' || resource === 'browser') &&
    /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\]):/.test(target)
  )
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
  const samples = [
    ...familiarTargets(policy)
      .filter((target) => target.resource === resource)
      .map(asRead),
    ...[...left, ...allows].flatMap(({ capability }) => sampleRequests(capability, matter, policy)),
  ]
  for (const request of samples) {
    const found = isSecret(request).length > 0 ? allowed(grounds, agent, request) : undefined
    if (found && isOwn(found.rule)) return found
  }
  const outlines = left.map((secret) => outline(withoutAnyEnding(secret), policy))
  for (const allow of allows.map((each) => outline(each, policy)))
    for (const { clause: secret } of outlines.filter((each) => mayMeet(allow, each))) {
      const inside = () => claimsOf([allow.clause, secret], matter, ground.languages())
      const found = passing({ ground, matter, inside }, (request) => allowed(grounds, agent, request))
      if (found && isOwn(found.rule)) return found
    }
  return undefined
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

/** How what each alternative of a pattern matches begins and ends, as far as that can be read off it. */
interface Outline {
  readonly clause: Clause
  readonly ways: readonly { readonly base: string; readonly end: string }[]
}

function outline(clause: Clause, policy: Policy): Outline {
  const { resource, pattern } = clause.capability
  const ways = expandBraces(pattern).map((way) =>
    resource === 'file'
      ? { base: `${compilePathGlob(way, policy).base}/`, end: nameEnd(way) }
      : { base: '', end: '' },
  )
  return { clause, ways }
}

function mayMeet(one: Outline, other: Outline): boolean {
  return one.ways.some(({ base, end }) =>
    other.ways.some((each) => isEither(base, each.base, 'startsWith') && isEither(end, each.end, 'endsWith')),
  )
}

/** What every name ends with that the pattern matches: `*.ts` with `.ts`. */
function nameEnd(pattern: string): string {
  const name = pattern.slice(pattern.lastIndexOf('/') + 1)
  return /[^*?[\]\\]*$/.exec(name)?.[0] ?? ''
}

function isEither(one: string, other: string, is: 'startsWith' | 'endsWith'): boolean {
  return one[is](other) || other[is](one)
}

function ownFirst(clauses: readonly Clause[]): readonly Clause[] {
  return clauses.toSorted((a, b) => Number(isOwn(b.rule)) - Number(isOwn(a.rule)))
}
