import { once } from '../../shared/remembered.ts'
import type { Clause } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { unmet } from '../held.ts'
import { actBits, resources } from '../resources.ts'
import { RuleIndex } from '../rule-index.ts'
import type { Capability, Request, Resource } from '../types.ts'
import type { Budget } from './budget.ts'
import type { Matter } from './claims.ts'
import { Languages } from './languages.ts'
import { samplesOf } from './samples.ts'

/** What the rules say to one agent about one resource: asked request by request, or, where that is not enough, as languages. */
export interface Ground {
  readonly policy: Policy
  readonly resource: Resource
  readonly clauses: readonly Clause[]
  readonly order: ReadonlyMap<Clause, number>
  /** Of the actions that no clause tells apart, the widest. */
  readonly actions: () => readonly string[]
  readonly budget: Budget
  /** Made when they are first needed, which is seldom. */
  readonly languages: () => Languages
  /** The clauses that have a say about a request of this agent. */
  holding(request: Request): readonly Clause[]
}

export interface Grounds {
  readonly policy: Policy
  readonly budget: Budget
  /** Whether so much was asked that no more should be. */
  isSpent(): boolean
  /** `anyone`: an agent that no rule names. */
  of(agent: string, resource: Resource): Ground
}

/** No agent can be called so: what holds for it holds for all. */
export const anyone = ''

/** Requests asked, each counted by the clauses that it is asked of: about two seconds. */
const mostAsked = 50_000_000

/** `besides`: capabilities of no rule that will be asked about. */
export function createGrounds(policy: Policy, budget: Budget, besides: readonly Capability[] = []): Grounds {
  const grounds = new Map<string, Ground>()
  const spoken = new Map<Resource, () => Languages>()
  const languagesOf = (resource: Resource) => {
    const known = spoken.get(resource) ?? once(() => createLanguages(resource, { policy, budget, besides }))
    spoken.set(resource, known)
    return known
  }
  let asked = 0
  return {
    policy,
    budget,
    isSpent: () => asked > mostAsked,
    of(agent, resource) {
      const key = `${resource} ${agent}`
      const known = grounds.get(key)
      if (known) return known
      const clauses = policy.view(agent).clauses(resource)
      const languages = languagesOf(resource)
      const held = createHolding(resource, clauses, policy)
      const holding = (request: Request) => {
        asked += clauses.length
        return held(request)
      }
      const actions = once(() => distinctActions(resource, clauses))
      const order = new Map(clauses.map((clause, index) => [clause, index]))
      const ground = { policy, resource, clauses, order, actions, budget, languages, holding }
      grounds.set(key, ground)
      return ground
    },
  }
}

/** Of clauses that need not be those of a policy, the ones that have a say about a request. */
export function createHolding(
  resource: Resource,
  clauses: readonly Clause[],
  policy: Policy,
): Ground['holding'] {
  const index = once(() => new RuleIndex(resource, clauses, policy))
  return (request) => {
    const hits = index().find(request)
    if (hits === undefined) return []
    return index()
      .holding(hits, request)
      .filter(
        ({ effect, capability }) =>
          effect !== 'allow' || unmet(capability.constraints, request) === undefined,
      )
  }
}

/** The kinds of requests that a capability has to do with: all of what an action stands for, or any of it. */
export function mattersAbout({ resource, actions }: Capability, surely: boolean): readonly Matter[] {
  const table = Object.entries(resources[resource].actions)
  const own = new Set(actions.flatMap((action) => resources[resource].actions[action] ?? []))
  const isAbout = (acts: readonly string[]) =>
    surely ? acts.every((act) => own.has(act)) : acts.some((act) => own.has(act))
  return table.flatMap(([action, acts]) => (isAbout(acts) ? [{ resource, action }] : []))
}

/** The same, one of those that no clause tells apart. */
export function distinctMatters(
  capability: Capability,
  surely: boolean,
  { actions }: Ground,
): readonly Matter[] {
  return mattersAbout(capability, surely).filter(({ action }) => actions().includes(action))
}

function distinctActions(resource: Resource, clauses: readonly Clause[]): readonly string[] {
  const all = clauses.flatMap(({ capability, except }) => [capability, ...except])
  const lists = new Map(all.map(({ actions }) => [actions.join(), actBits(resource, actions)]))
  const table = Object.entries(resources[resource].actions).toSorted(([, a], [, b]) => b.length - a.length)
  const seen = new Set<string>()
  return table.flatMap(([action]) => {
    const asked = actBits(resource, [action])
    const key = [...lists.values()].map((bits) => [(bits & asked) === asked, (bits & asked) !== 0]).join()
    if (seen.has(key)) return []
    seen.add(key)
    return [action]
  })
}

/** Requests that the capability is about, or nearly. */
export function sampleRequests(capability: Capability, matter: Matter, policy: Policy): readonly Request[] {
  const { resource, action } = matter
  return samplesOf(capability, policy).map((target) => ({ resource, action, ...target }))
}

function createLanguages(
  resource: Resource,
  { policy, budget, besides }: Pick<Grounds, 'policy' | 'budget'> & { besides: readonly Capability[] },
): Languages {
  const all = policy.rules.flatMap((rule) => [...rule.capabilities, ...rule.except])
  const own = [...all, ...besides].filter((capability) => capability.resource === resource)
  return new Languages(resource, own, policy, budget)
}
