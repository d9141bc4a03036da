import { compilePolicy } from '../../policy/compile.ts'
import { compilePathGlob } from '../../policy/match/path-glob.ts'
import type { Rule } from '../../policy/types.ts'
import type { Holding, HoldMachine } from '../../sandbox/holds.ts'
import type { Place } from '../../shared/diagnostics.ts'
import { createRuleFinder, type FindRulesBehind } from '../../spec/same-meaning.ts'
import type { AdvisoryLine, Spec, SpecSet } from '../../spec/types.ts'
import { isForAgent, isForAnother } from './for-agent.ts'
import { heldStill, judgeRule, leastHeld, type Point, pointNames, points, type Verdict } from './points.ts'

/** One line of a spec that asks for something: a rule, or a sentence. */
export interface CoveredLine {
  readonly place: Place
  readonly text: string
  /** Of a sentence: the rule in force that says the same, if there is one. */
  readonly rule?: Rule
  readonly advisory?: AdvisoryLine
  readonly verdict: Verdict
  /** In a file that somebody here wrote; what ships with oos is shown, and not counted. */
  readonly own: boolean
}

export interface CoverageInput {
  readonly set: Pick<SpecSet, 'specs' | 'rules'>
  readonly root: string
  readonly home: string
  readonly machine: HoldMachine
  /** Only what is for this agent. */
  readonly agent?: string
}

/** Every normative line of every spec in force, with what holds it: own files first, in the order of reading. */
export function coverLines(input: CoverageInput): readonly CoveredLine[] {
  const { specs, rules } = input.set
  const inForce = rules.filter((rule) => concerns(rule, input))
  const { root, home } = input
  const findRules = createRuleFinder(compilePolicy({ rules: inForce, root, home, now: 0 }))
  const lines = specs.flatMap((spec) =>
    [...ruleLines(spec, inForce, input), ...sentenceLines(spec, findRules, input)].toSorted(compareLines),
  )
  return lines.toSorted((a, b) => Number(b.own) - Number(a.own))
}

function compareLines({ place: a }: CoveredLine, { place: b }: CoveredLine): number {
  return a.line - b.line || a.column - b.column
}

function ruleLines(spec: Spec, rules: readonly Rule[], { machine }: CoverageInput): readonly CoveredLine[] {
  const here = new Map(
    rules
      .filter(({ source }) => source.file === spec.path)
      .map((rule) => [`${rule.source.line}:${rule.source.column}`, rule]),
  )
  return [...here.values()].map((rule) => ({
    place: rule.source,
    text: rule.source.text,
    rule,
    verdict: judgeRule(rule, machine),
    own: spec.pack === undefined,
  }))
}

function sentenceLines(
  spec: Spec,
  findRules: FindRulesBehind,
  { machine, agent }: CoverageInput,
): readonly CoveredLine[] {
  if (spec.pack !== undefined || (agent !== undefined && isForAnother(spec, agent))) return []
  return spec.advisory.map((advisory) => {
    const behind = findRules(advisory, spec).map((rule) => ({
      rule,
      verdict: judgeRule(rule, machine),
    }))
    const { rule, verdict } = leastHeld(behind, (one) => one.verdict) ?? {
      rule: undefined,
      verdict: heldByNothing,
    }
    return { place: advisory.place, text: advisory.text, advisory, ...(rule && { rule }), verdict, own: true }
  })
}

const heldByNothing: Verdict = {
  level: 'none',
  missing: 'a sentence: the agent reads it, nothing holds it',
  by: [],
}

/** Whether the rule says something here, to this agent. */
function concerns(rule: Rule, { agent, root, home }: CoverageInput): boolean {
  const { in: folder } = rule
  if (folder !== undefined && !compilePathGlob(folder, { root, home, caseSensitive: true }).matches(root))
    return false
  return agent === undefined || isForAgent(rule, agent)
}

/** How far each point by itself holds a rule. */
export function holdingsOf(rule: Rule, machine: HoldMachine): Readonly<Record<Point, Holding>> {
  const holdings = pointNames.map((point) => [point, heldStill(points[point](rule, machine), rule, machine)])
  return Object.fromEntries(holdings) as Record<Point, Holding>
}

export interface CoverageCount {
  readonly lines: number
  readonly full: number
  readonly partial: number
  readonly none: number
  /** Of the lines, those that are held in full or in part; 100 where there are none. Rounded down. */
  readonly percent: number
}

export function countLines(lines: readonly CoveredLine[]): CoverageCount {
  const of = (level: Holding['level']) => lines.filter(({ verdict }) => verdict.level === level).length
  const [full, partial, none] = [of('full'), of('partial'), of('none')]
  const percent = lines.length === 0 ? 100 : Math.floor(((full + partial) * 100) / lines.length)
  return { lines: lines.length, full, partial, none, percent }
}
