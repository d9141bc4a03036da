import { printCapability } from '../../policy/capability/capability.ts'
import { hasExpired } from '../../policy/clause.ts'
import type { Capability, Rule } from '../../policy/types.ts'
import { type Holding, type HoldMachine, sandboxHolds, startHolds } from '../../sandbox/holds.ts'
import { endHolds } from '../commits/holds.ts'
import { hookHolds } from '../hooks/holds.ts'

/** What a point's compiler says of a rule on a machine: how far it holds it there, and what is missing. */
export type PointHolds = (rule: Rule, machine: HoldMachine) => Holding

/** Every place where a rule can be held. A new one is a file that says what it holds, and a line here. */
export const points = {
  sandbox: holdsInAnyRun,
  'end of a run': endHolds,
  'start of a run': startHolds,
  'git hook': hookHolds,
  'tool gate': unbuilt,
  gateway: unbuilt,
} satisfies Readonly<Record<string, PointHolds>>

export type Point = keyof typeof points
export const pointNames = Object.keys(points) as readonly Point[]

/** What the points together make of a rule. */
export interface Verdict extends Holding {
  /** The points that hold it, in full or in part. */
  readonly by: readonly Point[]
}

/** A rule is held as far as its least held capability, and that as far as the best of the points holds it. */
export function judgeRule(
  rule: Rule,
  machine: HoldMachine,
  holders: Readonly<Record<Point, PointHolds>> = points,
): Verdict {
  const each = rule.capabilities.map((capability) => judgeOne(only(rule, capability), machine, holders))
  const by = pointNames.filter((point) => each.some((verdict) => verdict.by.includes(point)))
  return { ...(leastHeld(each, (verdict) => verdict) ?? nothing), by }
}

/** The first of those that are held least. */
export function leastHeld<One>(many: readonly One[], holdingOf: (one: One) => Holding): One | undefined {
  return levels.flatMap((level) => many.find((one) => holdingOf(one).level === level) ?? [])[0]
}

const levels = ['none', 'partial', 'full'] as const
const rank = ({ level }: Holding): number => levels.indexOf(level)
const nothing: Holding = { level: 'none', missing: 'it names nothing' }

function judgeOne(rule: Rule, machine: HoldMachine, holders: Readonly<Record<Point, PointHolds>>): Verdict {
  const each = pointNames.map((point) => ({ point, holding: holders[point](rule, machine) }))
  const best = each.reduce((most, one) => (rank(one.holding) > rank(most.holding) ? one : most))
  const by = each.filter(({ holding }) => holding.level !== 'none').map(({ point }) => point)
  const held = heldStill(best.holding, rule, machine)
  return { ...held, by: held.level === 'none' ? [] : by }
}

/** What a rule allows only until a moment is held no more from then on; an Only still closes the rest. */
export function heldStill(holding: Holding, { capabilities, effect }: Rule, { now }: HoldMachine): Holding {
  const gone = now === undefined ? [] : capabilities.filter((capability) => hasExpired(capability, now))
  const [first] = gone
  if (first === undefined || holding.level === 'none') return holding
  const { expires, ...constraints } = first.constraints
  const missing = `\`${printCapability({ ...first, constraints })}\` was allowed until ${expires}`
  if (effect === 'only') return { level: 'partial', missing: `${missing}: what it closes stays closed` }
  return { level: gone.length < capabilities.length ? 'partial' : 'none', missing }
}

function only(rule: Rule, capability: Capability): Rule {
  const except = rule.except.filter(({ resource }) => resource === capability.resource)
  return { ...rule, capabilities: [capability], except }
}

/** What a run that has the terminal cannot hold is not held in full. */
function holdsInAnyRun(rule: Rule, machine: HoldMachine): Holding {
  const apart = sandboxHolds(rule, machine)
  const attended = sandboxHolds(rule, machine, true)
  if (apart.level === 'none' || rank(attended) >= rank(apart)) return apart
  return { level: 'partial', missing: `where the command has the terminal, ${attended.missing}` }
}

function unbuilt(): Holding {
  return { level: 'none', missing: 'this point is not built yet' }
}
