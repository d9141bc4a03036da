import { constraintKinds } from './capability/constraints.ts'
import { isResource, resources } from './resources.ts'
import type { Capability, Resource, Rule } from './types.ts'

/** One capability of one rule, as the decision sees it: `only` has become an allow and a deny. */
export interface Clause {
  readonly effect: 'allow' | 'deny' | 'ask' | 'limit'
  readonly capability: Capability
  /** What the clause does not say anything about, of the same resource. */
  readonly except: readonly Capability[]
  readonly rule: Rule
  /** Matches every target of the resource, whatever the pattern's language can say. */
  readonly everything: boolean
  /** An Ask for a descendant, or one that is withheld: it holds where something else lets the request go on at all. */
  readonly onlyTightens?: true
  /** Why the rule cannot be evaluated: it then counts as a matching Deny. */
  readonly broken?: string
}

/** What a rule says about one resource. Nothing for `require`, which is about runs, not requests. */
export function clausesOf(rule: Rule, resource: Resource, now: number): readonly Clause[] {
  const unknown = rule.capabilities.find(isUnknown) ?? rule.except.find(isUnknown)
  if (unknown) return [{ ...denyAll(rule, resource), broken: `\`${unknown.resource}\` is not a resource` }]
  const capabilities = rule.capabilities.filter((capability) => capability.resource === resource)
  const except = rule.except.filter((capability) => capability.resource === resource)
  const clause = (effect: Clause['effect'], capability: Capability): Clause => ({
    effect,
    capability,
    except,
    rule,
    everything: false,
    ...(effect === 'ask' && rule.withheld && { onlyTightens: true as const }),
  })
  const broken =
    capabilities.map(fault).find((text) => text !== undefined) ??
    except.map(fault).find((text) => text !== undefined)
  if (broken !== undefined) return [{ ...denyAll(rule, resource), broken }]
  if (rule.effect === 'require' || capabilities.length === 0) return []
  if (rule.effect !== 'allow' && rule.effect !== 'only')
    return capabilities.map((capability) => clause(rule.effect as Clause['effect'], capability))
  const allows = capabilities
    .filter((capability) => grants(rule, capability, now))
    .map((one) => clause('allow', one))
  return rule.effect === 'only' ? [...allows, denyElse(rule, resource, { capabilities, except })] : allows
}

export function denyAll(rule: Rule, resource: Resource): Clause {
  const actions = Object.keys(resources[resource].actions)
  const capability = { resource, pattern: everythingPattern(resource), actions, constraints: {} }
  return { effect: 'deny', capability, except: [], rule, everything: true }
}

/** `via` is not held yet: such an Allow would hold for too much. */
function grants(rule: Rule, capability: Capability, now: number): boolean {
  return rule.withheld === undefined && rule.via === undefined && !hasExpired(capability, now)
}

/** Whether it was allowed only until a moment that has come. */
export function hasExpired({ constraints: { expires } }: Capability, now: number): boolean {
  // Where no moment was given, nothing is before it.
  return expires !== undefined && !(Date.parse(expires) > now)
}

interface Parts {
  readonly capabilities: readonly Capability[]
  readonly except: readonly Capability[]
}

/** The Deny of an Only: the same actions on everything that it does not name. */
function denyElse(rule: Rule, resource: Resource, { capabilities, except }: Parts): Clause {
  const all = denyAll(rule, resource)
  const actions = [...new Set(capabilities.flatMap((capability) => capability.actions))].sort()
  const named = capabilities.map((capability) => ({ ...capability, constraints: {} }))
  return { ...all, capability: { ...all.capability, actions }, except: [...named, ...except] }
}

/** What an Only closes beside what it names. */
export function isElse({ effect, rule }: Clause): boolean {
  return effect === 'deny' && rule.effect === 'only'
}

function everythingPattern(resource: Resource): string {
  return resources[resource].pattern === 'path' ? '/**' : '*'
}

function isUnknown({ resource }: Capability): boolean {
  return !isResource(resource)
}

/** What in a capability cannot be evaluated: it came from somewhere else than the parser. */
function fault({ resource, actions, constraints }: Capability): string | undefined {
  const entry = resources[resource]
  const action = actions.find((name) => !Object.hasOwn(entry.actions, name))
  if (action !== undefined) return `\`${action}\` is not an action of \`${resource}\``
  const constraint = Object.keys(constraints).find((name) => !Object.hasOwn(constraintKinds, name))
  if (constraint !== undefined) return `\`${constraint}\` is not a constraint`
  return undefined
}
