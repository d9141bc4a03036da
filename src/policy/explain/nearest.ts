import { editDistance } from '../../shared/closest.ts'
import { printCapability } from '../capability/capability.ts'
import { constraintKinds } from '../capability/constraints.ts'
import { type Clause, hasExpired } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { unmet } from '../held.ts'
import { compilePathGlob } from '../match/path-glob.ts'
import { capabilityOf } from '../request/capability.ts'
import { partsOf } from '../request/parts.ts'
import { actBits, isResource, resources } from '../resources.ts'
import { RuleIndex } from '../rule-index.ts'
import type { Capability, Request, Rule } from '../types.ts'

/** An Allow that is nearly one of the request. */
export interface NearMiss {
  readonly rule: Rule
  readonly capability: Capability
  /** What keeps it from allowing. */
  readonly because: 'constraint' | 'except' | 'expired' | 'agent' | 'via' | 'in' | 'action' | 'pattern'
  /** The same in words. */
  readonly text: string
}

/** The Allows that come nearest to the request, at most three. Slow beside `decide`: asked for only where a person reads. */
export function nearest(policy: Policy, request: Request): readonly NearMiss[] {
  if (!isResource(request.resource)) return []
  if (request.resource === 'shell' && request.words === undefined)
    return partsOf(request, policy)
      .parts.flatMap((part) => nearest(policy, part))
      .slice(0, most)
  const compared = policy.rules
    .filter(({ effect }) => effect === 'allow' || effect === 'only')
    .map((rule) => {
      const about = rule.capabilities.filter(({ resource }) => resource === request.resource)
      return { rule, each: about.map((capability) => compare(policy, request, { rule, capability })) }
    })
  const allowing = compared.filter(({ each }) => each.includes('allows'))
  // Beside an Allow that holds, only what an Only closes is missing.
  const missing = compared.filter(
    (one) => !allowing.includes(one) && (allowing.length === 0 || one.rule.effect === 'only'),
  )
  return missing
    .flatMap(({ each }) => each.filter((one) => one !== undefined && one !== 'allows'))
    .sort((a, b) => a.distance - b.distance || placeOrder(a.miss.rule, b.miss.rule))
    .slice(0, most)
    .map(({ miss }) => miss)
}

const most = 3

interface Candidate {
  readonly rule: Rule
  readonly capability: Capability
}

interface Measured {
  readonly miss: NearMiss
  readonly distance: number
}

/** Nothing where they have too little in common: another action as well as another pattern, or another agent or project. */
function compare(policy: Policy, request: Request, candidate: Candidate): Measured | 'allows' | undefined {
  const { rule, capability } = candidate
  const measured = (because: NearMiss['because'], text: string, distance: number): Measured => ({
    miss: { rule, capability, because, text },
    distance,
  })
  if (holds(policy, request, candidate)) {
    const [because, text] = obstacle(policy, request, candidate) ?? []
    return because && text ? measured(because, text, 0) : 'allows'
  }
  if (!isFor(rule, request) || !isHere(rule, policy)) return undefined
  const allActions = { ...capability, actions: Object.keys(resources[capability.resource].actions) }
  if (holds(policy, request, { ...candidate, capability: allActions }))
    return measured('action', `it is about ${capability.actions.join(', ')}`, 50)
  const asked = actBits(capability.resource, [request.action])
  const isActed = (actBits(capability.resource, capability.actions) & asked) === asked
  return isActed
    ? measured('pattern', `it is about \`${capability.pattern}\``, 100 + unlike(capability, request, policy))
    : undefined
}

function isFor({ agents }: Rule, request: Request): boolean {
  return agents.length === 0 || agents.includes(outermost(request))
}

function isHere(rule: Rule, policy: Policy): boolean {
  return rule.in === undefined || compilePathGlob(rule.in, policy).matches(policy.root)
}

function outermost({ lineage = [], agent = 'command' }: Request): string {
  return lineage[0] ?? agent
}

/** Why an Allow that matches does not allow; nothing if it does. */
function obstacle(
  policy: Policy,
  request: Request,
  { rule, capability }: Candidate,
): readonly [NearMiss['because'], string] | undefined {
  const name = unmet(capability.constraints, request)
  if (name !== undefined) {
    const print = constraintKinds[name].print as (value: unknown) => string
    return ['constraint', `its \`${name}\` is \`${print(capability.constraints[name])}\``]
  }
  if (hasExpired(capability, policy.now))
    return ['expired', `it held until ${capability.constraints.expires}`]
  if (rule.via)
    return ['via', `it holds only for what \`${printCapability(rule.via)}\` does, which is not held yet`]
  if (!isHere(rule, policy)) return ['in', `it is for projects in \`${rule.in}\``]
  if (!isFor(rule, request))
    return ['agent', `it is for ${rule.agents.join(', ')}, not ${outermost(request)}`]
  if (!holds(policy, request, { rule, capability }, rule.except))
    return ['except', 'its `except` leaves this out']
  return undefined
}

/** Whether the capability, for everybody and unconditionally, covers the request. */
function holds(
  policy: Policy,
  request: Request,
  { rule, capability }: Candidate,
  except: readonly Capability[] = [],
): boolean {
  const own = except.filter(({ resource }) => resource === capability.resource)
  const clause: Clause = { effect: 'allow', capability, except: own, rule, everything: false }
  const index = new RuleIndex(capability.resource, [clause], policy)
  const hits = index.find(request)
  return hits !== undefined && index.holding(hits, request).some(({ effect }) => effect === 'allow')
}

function unlike(capability: Capability, request: Request, policy: Policy): number {
  return editDistance(capability.pattern, capabilityOf(request, policy).pattern)
}

function placeOrder(a: Rule, b: Rule): number {
  return a.source.file < b.source.file
    ? -1
    : a.source.file > b.source.file
      ? 1
      : a.source.line - b.source.line
}
