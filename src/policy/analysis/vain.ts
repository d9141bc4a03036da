import { printCapability } from '../capability/capability.ts'
import type { Clause } from '../clause.ts'
import { rank } from '../compile.ts'
import { resources } from '../resources.ts'
import type { Capability, Request, Rule } from '../types.ts'
import { claimsOf, type Matter } from './claims.ts'
import { isAsGood, isBeside, isOwn, isTotal, isUsers, saysAll } from './compared.ts'
import { anyone, distinctMatters, type Ground, type Grounds, sampleRequests } from './ground.ts'
import { findOutside, type Known, type Outside } from './outside.ts'
import { unknownSamples } from './samples.ts'

/** What a rule says and no decision ever depends on, with the rules that decide in its place. */
export interface Vain {
  readonly kind: 'under-deny' | 'under-ask' | 'covered' | 'all-excepted'
  readonly rule: Rule
  readonly capability: Capability
  /** The first of them holds for the witness; none where the rule's own `except` takes all of it away. */
  readonly by: readonly Rule[]
  readonly witness: Request
}

/**
 * The later lines first: of two that say the same the earlier one stays. What was found does not count as a reason for
 * what is found after it, so that all of it can be taken away together.
 */
export function findVain(grounds: Grounds): readonly Vain[] {
  const gone = new Set<Rule | Capability>()
  const isGone = ({ rule, capability }: Clause) => gone.has(rule) || gone.has(capability)
  return linesOf(rank(grounds.policy.rules).filter(isOwn))
    .toReversed()
    .flatMap((line): readonly Vain[] => {
      if (grounds.isSpent()) return []
      const parts = partsOf(line, grounds)
      if (parts.length === 0 || parts.some(({ clause }) => clause.broken !== undefined)) return []
      const found = lookThrough(line, parts, isGone)
      const isOnly = line.rule.effect === 'only'
      if (found === undefined) return isOnly ? namedInVain(line.rule, parts, isGone) : []
      // Under a Deny an Only still denies the rest.
      if (!isOnly || found.kind === 'covered')
        for (const copy of line.copies) gone.add(isOnly ? copy.rule : copy.capability)
      return [found]
    })
}

/** What can be taken away by itself: a capability, or a whole Only. */
interface Line {
  readonly rule: Rule
  readonly capability: Capability
  /** A file that is taken in twice brings each line twice. */
  readonly copies: readonly { readonly rule: Rule; readonly capability: Capability }[]
}

function linesOf(rules: readonly Rule[]): readonly Line[] {
  const written = rules
    .filter(({ effect }) => effect !== 'limit' && effect !== 'require')
    .flatMap((rule) =>
      (rule.effect === 'only' ? rule.capabilities.slice(0, 1) : rule.capabilities).map((capability) => ({
        rule,
        capability,
      })),
    )
  const groups = Map.groupBy(written, ({ rule, capability }) => {
    const { file, line, column } = rule.source
    // The same words twice in one rule are two lines.
    const number = rule.capabilities.indexOf(capability)
    return JSON.stringify([file, line, column, rule.effect, number, printCapability(capability)])
  })
  return [...groups.values()].flatMap((copies) => copies.slice(0, 1).map((first) => ({ ...first, copies })))
}

/** A clause of the line, as an agent meets it. */
interface Part {
  readonly clause: Clause
  readonly ground: Ground
}

function partsOf({ copies }: Line, grounds: Grounds): readonly Part[] {
  return copies.flatMap(({ rule, capability }) => {
    const whole = rule.effect === 'only'
    const about = whole ? rule.capabilities.map(({ resource }) => resource) : [capability.resource]
    const agents = rule.agents.length > 0 ? rule.agents : [anyone]
    return [...new Set(about)].flatMap((resource) =>
      agents.flatMap((agent) => {
        const ground = grounds.of(agent, resource)
        return ground.clauses
          .filter((clause) => clause.rule === rule && (whole || clause.capability === capability))
          .map((clause) => ({ clause, ground }))
      }),
    )
  })
}

type Covers = (clause: Clause, part: Part) => boolean

function lookThrough(
  { rule, capability }: Line,
  parts: readonly Part[],
  isGone: (clause: Clause) => boolean,
): Vain | undefined {
  const samples = createSamples()
  const grants = parts.filter(({ clause }) => clause.effect !== 'deny')
  const allows = parts.filter(({ clause }) => clause.effect === 'allow')
  const find = (kind: Vain['kind'], wanted: readonly Part[], by: Covers): Vain | undefined => {
    const covers: Covers = (clause, part) => !isGone(clause) && by(clause, part)
    const result = wanted.length > 0 && coverAll(wanted, { covers, samples, unknownToo: kind === 'covered' })
    return result ? { kind, rule, capability, ...result } : undefined
  }
  if (isAllExcepted(parts, samples)) {
    const [witness] = questionsOf(parts).flatMap(({ part, matter }) =>
      sampleRequests(part.clause.capability, matter, part.ground.policy),
    )
    return witness && { kind: 'all-excepted', rule, capability, by: [], witness }
  }
  return (
    find('under-deny', grants, (clause) => clause.effect === 'deny') ??
    (allows.length === grants.length ? find('under-ask', allows, deniesOrAsks(rule)) : undefined) ??
    find('covered', parts, coversLike)
  )
}

/**
 * Of what an Only names, that which is denied all the same. What is left of it has to close the same actions: else it
 * matters to name it.
 */
function namedInVain(
  rule: Rule,
  parts: readonly Part[],
  isGone: (clause: Clause) => boolean,
): readonly Vain[] {
  const covers: Covers = (clause) => clause.effect === 'deny' && !isGone(clause)
  const left = new Set(rule.capabilities)
  return rule.capabilities.flatMap((capability, index) => {
    const others = [...left].filter((one) => one !== capability && one.resource === capability.resource)
    const closed = new Set(others.flatMap(({ actions }) => actions))
    if (!capability.actions.every((action) => closed.has(action))) return []
    const own = parts.filter(
      ({ clause }) =>
        clause.effect === 'allow' && clause.rule.capabilities.indexOf(clause.capability) === index,
    )
    const cover = { covers, samples: createSamples(), unknownToo: false }
    const result = own.length > 0 ? coverAll(own, cover) : undefined
    if (result) left.delete(capability)
    return result ? [{ kind: 'under-deny' as const, rule, capability, ...result }] : []
  })
}

/** Where a project asks, it may ask about what its user allows elsewhere. */
function deniesOrAsks(rule: Rule): Covers {
  return ({ effect, rule: other }) =>
    effect === 'deny' || (effect === 'ask' && !(isUsers(rule) && isOwn(other) && !isUsers(other)))
}

const strength: Readonly<Record<Clause['effect'], number>> = { limit: -1, allow: 0, ask: 1, deny: 2 }

const coversLike: Covers = (clause, { clause: other, ground }) => {
  if (clause === other || strength[clause.effect] < strength[other.effect]) return false
  if (!isBeside(other.rule, clause.rule)) return false
  // Two capabilities of one rule: the first one stays.
  const earlier = (ground.order.get(clause) ?? 0) < (ground.order.get(other) ?? 0)
  return isAsGood(clause, other, earlier)
}

type Samples = (part: Part, matter: Matter) => readonly Known[]

/** The samples of a clause that it speaks of, asked of the rules once for all questions. */
function createSamples(): Samples {
  const kept = new Map<Clause, Map<string, readonly Known[]>>()
  return ({ clause, ground }, matter) => {
    const own = kept.get(clause) ?? new Map<string, readonly Known[]>()
    kept.set(clause, own)
    const known =
      own.get(matter.action) ??
      sampleRequests(clause.capability, matter, ground.policy)
        .map((request) => ({ request, held: ground.holding(request) }))
        .filter(({ held }) => held.includes(clause))
    own.set(matter.action, known)
    return known
  }
}

interface Cover {
  readonly covers: Covers
  readonly samples: Samples
  /** Targets that are not known whole, too. */
  readonly unknownToo: boolean
}

function coverAll(parts: readonly Part[], cover: Cover): Pick<Vain, 'by' | 'witness'> | undefined {
  const { covers, samples, unknownToo } = cover
  const questions = questionsOf(parts)
  // What is plainly not covered is seen before any language is looked at.
  const isPossible = questions.every(({ part, matter }) =>
    samples(part, matter).every(({ held }) => held.some((clause) => covers(clause, part))),
  )
  if (!isPossible || (unknownToo && !parts.every((part) => coversUnknown(part, covers)))) return undefined
  const by = new Set<Rule>()
  let witness: Request | undefined
  for (const { part, matter } of questions) {
    const answer = ask(part, matter, cover)
    if (answer.found !== 'covered') return undefined
    const { request } = answer
    witness ??= request
    const first = request === undefined ? [] : part.ground.holding(request)
    for (const clause of answer.by.toSorted((a, b) => Number(first.includes(b)) - Number(first.includes(a))))
      by.add(clause.rule)
  }
  return by.size > 0 && witness ? { by: [...by], witness } : undefined
}

/** Whether an `except` leaves nothing of it. */
function isAllExcepted(parts: readonly Part[], samples: Samples): boolean {
  if (parts.every(({ clause }) => clause.except.length === 0)) return false
  const questions = questionsOf(parts)
  if (questions.some(({ part, matter }) => samples(part, matter).length > 0)) return false
  return questions.every(({ part, matter }) => {
    const { found } = ask(part, matter, { covers: () => false, samples, unknownToo: false })
    return found === 'covered'
  })
}

interface PartMatter {
  readonly part: Part
  readonly matter: Matter
}

function questionsOf(parts: readonly Part[]): readonly PartMatter[] {
  return parts.flatMap((part) => {
    const { clause, ground } = part
    const matters = distinctMatters(clause.capability, clause.effect === 'allow', ground)
    return matters.map((matter) => ({ part, matter }))
  })
}

function ask(part: Part, matter: Matter, { covers, samples }: Cover): Outside {
  const { clause, ground } = part
  const known = samples(part, matter)
  return findOutside({
    ground,
    matter,
    inside: () => claimsOf([clause], matter, ground.languages()),
    known,
    covers: (other) => covers(other, part),
    isPlain: ([only, ...others]) =>
      only !== undefined && others.length === 0 && known.length > 0 && saysAll(only, clause),
  })
}

/** The languages are those of targets that are known whole: what is not is asked of the rules. */
function coversUnknown(part: Part, covers: Covers): boolean {
  const { clause, ground } = part
  const { capability, effect } = clause
  const kind = resources[capability.resource].pattern
  if (kind !== 'words' && kind !== 'name') return true
  const others = ground.clauses.filter((other) => covers(other, part))
  const isAlike = (other: Clause) => effect !== 'allow' || other.effect === 'allow'
  // Only an Allow of everything allows what cannot be read.
  if (effect === 'allow' && isTotal(capability))
    return others.some((other) => isTotal(other.capability) || other.effect !== 'allow')
  if (kind === 'name') return true
  return unknownSamples(capability).every((target) => {
    const held = ground.holding({ resource: capability.resource, action: 'execute', ...target })
    return !held.includes(clause) || held.some((other) => isAlike(other) && others.includes(other))
  })
}
