import type { Place } from '../../shared/diagnostics.ts'
import { printCapability } from '../capability/capability.ts'
import type { Clause } from '../clause.ts'
import { actBits } from '../resources.ts'
import type { Capability, Request, Rule } from '../types.ts'
import { claimsOf, concerns, type Matter } from './claims.ts'
import { isOwn, isUsers } from './compared.ts'
import {
  anyone,
  createHolding,
  distinctMatters,
  type Ground,
  type Grounds,
  sampleRequests,
} from './ground.ts'
import { findOutside } from './outside.ts'
import { crossedPath, type Target } from './samples.ts'

/** An `except` that takes away nothing, or that opens nothing because a rule of the user's closes all of it. */
export interface VainException {
  readonly kind: 'empty-except' | 'closed-except'
  readonly rule: Rule
  /** What stands after `except`. */
  readonly capability: Capability
  readonly witness: Request
  /** The user's rules. */
  readonly by: readonly Rule[]
  /** Where it is written, if not in the rule. */
  readonly place?: Place
}

/** A hole that a file makes in the rules of a pack. */
export interface Hole {
  readonly capability: Capability
  readonly place: Place
}

export function findVainExceptions(grounds: Grounds, holes: readonly Hole[]): readonly VainException[] {
  const { rules } = grounds.policy
  const isHole = new Set(holes.map(({ capability }) => printCapability(capability)))
  const written = rules
    .filter(isOwn)
    .flatMap((rule) =>
      rule.except
        .filter((capability) => !isHole.has(printCapability(capability)))
        .flatMap((capability) => judge({ capability, rules: [rule] }, grounds)),
    )
  const taken = holes.flatMap(({ capability, place }) => {
    const text = printCapability(capability)
    const cut = rules.filter(({ except }) => except.some((each) => printCapability(each) === text))
    return judge({ capability, rules: cut, place }, grounds)
  })
  return [...written, ...taken]
}

/** What is left out of these rules. */
interface Exception {
  readonly capability: Capability
  readonly rules: readonly Rule[]
  readonly place?: Place
}

function judge({ capability, rules, place }: Exception, grounds: Grounds): readonly VainException[] {
  const met = rules.map((rule) => ({ rule, ...meet(rule, capability, grounds) }))
  const touched = met.filter(({ meetings }) => meetings !== 'none')
  const [rule] = touched.length > 0 ? touched.map((each) => each.rule) : rules
  const [witness] = met.flatMap(({ samples }) => samples)
  if (rule === undefined || grounds.isSpent()) return []
  const about = { rule, capability, ...(place && { place }) }
  if (touched.length === 0) return witness ? [{ kind: 'empty-except', ...about, by: [], witness }] : []
  const meetings = touched.flatMap((each) => (each.meetings === 'none' ? [] : each.meetings))
  const closed = isUsers(rule) ? undefined : findClosing(meetings)
  return closed ? [{ kind: 'closed-except', ...about, ...closed }] : []
}

/** A clause that would speak of something which is excepted, in the eyes of an agent. */
interface Meeting {
  readonly ground: Ground
  readonly matter: Matter
  /** Without the exception. */
  readonly clause: Clause
  readonly hole: Clause
}

interface Met {
  /** `none`: for sure. */
  readonly meetings: readonly Meeting[] | 'none'
  /** Requests that are excepted, met or not. */
  readonly samples: readonly Request[]
}

function meet(rule: Rule, capability: Capability, grounds: Grounds): Met {
  const surely = rule.effect !== 'allow'
  const agents = rule.agents.length > 0 ? rule.agents : [anyone]
  const samples: Request[] = []
  let isSure = true
  const meetings = agents.flatMap((agent) => {
    const ground = grounds.of(agent, capability.resource)
    const { policy, resource } = ground
    const hole = holeClause(rule, capability, surely)
    const clauses = ground.clauses.filter((clause) => clause.rule === rule)
    return clauses.flatMap((clause) => {
      if (clause.broken !== undefined) isSure = false
      const whole = { ...clause, except: [] }
      const rest = {
        ...clause,
        except: clause.except.filter((each) => printCapability(each) !== printCapability(capability)),
      }
      const holding = createHolding(resource, [whole, hole], policy)
      return distinctMatters(capability, surely, ground).flatMap((matter): readonly Meeting[] => {
        const requests = [
          ...sampleRequests(capability, matter, policy),
          ...sampleRequests(clause.capability, matter, policy),
          ...crossings(capability, clause.capability, ground).map((target) => ({ ...matter, ...target })),
        ].map((request) => ({ request, held: holding(request) }))
        samples.push(...requests.flatMap(({ request, held }) => (held.includes(hole) ? [request] : [])))
        // Only what the rule is about can be left out of it.
        if (!concerns(clause.capability, actBits(resource, [matter.action]), clause.effect === 'allow'))
          return []
        const meeting = { ground, matter, clause: rest, hole }
        if (requests.some(({ held }) => held.length === 2)) return [meeting]
        const both = inside({ ...meeting, clause: whole })
        const { found } = findOutside({ ground, matter, known: [], inside: both, covers: () => false })
        if (found === 'undecided') isSure = false
        return found === 'outside' ? [meeting] : []
      })
    })
  })
  return { meetings: meetings.length === 0 && isSure ? 'none' : meetings, samples }
}

function crossings(hole: Capability, clause: Capability, { policy }: Ground): readonly Target[] {
  if (hole.resource !== 'file') return []
  return [...crossedPath(hole, clause, policy), ...crossedPath(clause, hole, policy)]
}

function inside({ clause, hole, matter, ground }: Meeting) {
  return () => claimsOf([hole, clause], matter, ground.languages())
}

/** Of what a Deny or Ask matches only that is left out which is surely meant; of an Allow what may be. */
function holeClause(rule: Rule, capability: Capability, surely: boolean): Clause {
  return { effect: surely ? 'allow' : 'deny', capability, except: [], rule, everything: false }
}

/** The user's rules that close all of it, if they do. */
function findClosing(meetings: readonly Meeting[]): Pick<VainException, 'by' | 'witness'> | undefined {
  const by = new Set<Rule>()
  let witness: Request | undefined
  for (const meeting of meetings) {
    const { clause, ground } = meeting
    if (clause.effect === 'allow') continue
    const covers = ({ rule, effect }: Clause) =>
      isUsers(rule) && (effect === 'deny' || (effect === 'ask' && clause.effect === 'ask'))
    if (!ground.clauses.some(covers)) return undefined
    const answer = findOutside({ ...meeting, inside: inside(meeting), known: [], covers })
    if (answer.found !== 'covered') return undefined
    witness ??= answer.request
    for (const each of answer.by) by.add(each.rule)
  }
  return witness && { by: [...by], witness }
}
