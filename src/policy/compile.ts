import { hash } from 'node:crypto'
import { once, remembered } from '../shared/remembered.ts'
import { type Clause, clausesOf, isElse } from './clause.ts'
import { compilePathGlob, type PathPlace } from './match/path-glob.ts'
import { RuleIndex } from './rule-index.ts'
import type { Capability, LayerName, PolicyInput, Resource, Rule } from './types.ts'

/** Rules compiled for fast decisions. */
export interface Policy {
  readonly rules: readonly Rule[]
  readonly root: string
  readonly home: string
  /** ms since 1970: the moment for which it was compiled. */
  readonly now: number
  readonly caseSensitive: boolean
  /** Content hash (sha-256, hex) of the rules in canonical order, root and home; every event carries it. */
  readonly hash: string
  /** The rules as one agent meets them. */
  view(agent?: string, lineage?: readonly string[]): View
}

/** What holds for one agent, by resource. */
export interface View {
  /** In canonical order. */
  clauses(resource: Resource): readonly Clause[]
  about(resource: Resource): RuleIndex
  /** What stops a command that another program runs by its own means. */
  stops(): RuleIndex
}

/** Costs next to nothing: each resource is indexed when it is first asked about. */
export function compilePolicy(input: PolicyInput): Policy {
  const { root, home, now, caseSensitive = true } = input
  const views = new Map<string, View>()
  let ranked: readonly Rule[] | undefined
  let digest: string | undefined
  const policy: Policy = {
    rules: input.rules,
    root,
    home,
    now,
    caseSensitive,
    get hash() {
      digest ??= hashRules(policy)
      return digest
    },
    view(agent = 'command', lineage = []) {
      const key = lineage.length === 0 ? agent : JSON.stringify([...lineage, agent])
      const known = views.get(key)
      if (known) return known
      ranked ??= rank(input.rules.filter((rule) => isAbout(rule, policy)))
      const view = createView(ranked, [...lineage, agent], policy)
      views.set(key, view)
      return view
    },
  }
  return policy
}

function createView(rules: readonly Rule[], line: readonly string[], policy: Policy): View {
  const clauses = remembered((resource: Resource) =>
    rules.flatMap((rule) => clausesOf(rule, resource, policy.now)).flatMap((clause) => forLine(clause, line)),
  )
  return {
    clauses,
    about: remembered((resource) => new RuleIndex(resource, clauses(resource), policy)),
    stops: once(() => new RuleIndex('shell', clauses('shell').flatMap(asStop), policy)),
  }
}

/** It goes on by the Allow of what runs it: an Only that names that closes nothing here, and an Ask that is no leave asks. */
function asStop(clause: Clause): readonly Clause[] {
  if (clause.effect === 'allow' || isElse(clause)) return []
  const { onlyTightens: _, ...stop } = clause
  return [stop]
}

/**
 * What the clause is to the last of the line (outermost first). A child gets at most what the first of its line
 * holds: of what is for others of the line, a Deny, an Ask and a Limit hold, an Allow does not, and an Ask alone is
 * no leave to ask.
 */
function forLine(clause: Clause, line: readonly string[]): readonly Clause[] {
  const { agents } = clause.rule
  if (agents.length === 0 || agents.includes(line[0] ?? '')) return [clause]
  if (clause.effect === 'allow' || !agents.some((name) => line.includes(name))) return []
  return [{ ...clause, onlyTightens: true }]
}

/** A user's rule may be for one project alone. */
function isAbout(rule: Rule, place: PathPlace): boolean {
  return rule.in === undefined || compilePathGlob(rule.in, place).matches(place.root)
}

const layers: readonly LayerName[] = ['built-in', 'user', 'project', 'agent', 'run']

/** One order whatever the order of the input: of two rules that decide alike, the first is named. */
export function rank(rules: readonly Rule[]): readonly Rule[] {
  return [...rules].sort(
    (a, b) =>
      layers.indexOf(a.layer) - layers.indexOf(b.layer) ||
      compareText(a.source.file, b.source.file) ||
      a.source.line - b.source.line ||
      a.source.column - b.source.column ||
      compareText(a.source.text, b.source.text),
  )
}

function hashRules(policy: Policy): string {
  const lines = policy.rules.map(ruleText).sort(compareText)
  return hash('sha256', JSON.stringify([policy.root, policy.home, policy.caseSensitive, lines]), 'hex')
}

/** All of a rule that can change a decision; neither its place nor its reason. */
function ruleText(rule: Rule): string {
  const { effect, agents, stage, when, via, layer, withheld } = rule
  const one = (capability: Rule['via']) => capability && capabilityText(capability)
  const lists = [rule.capabilities.map(one), rule.except.map(one), agents].map((list) => [...list].sort())
  return JSON.stringify([effect, ...lists, stage, one(when), one(via), rule.in, layer, withheld])
}

/** A capability is canonical as it is: to print it would take longer than all else about the hash. */
function capabilityText({ resource, pattern, actions, constraints }: Capability): string {
  return JSON.stringify([resource, pattern, actions, Object.entries(constraints).sort()])
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
