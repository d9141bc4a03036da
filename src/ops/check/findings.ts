import { analyze, type Finding } from '../../policy/analysis/analyze.ts'
import type { Hole, VainException } from '../../policy/analysis/exceptions.ts'
import type { Allowed } from '../../policy/analysis/passing.ts'
import type { Repeated } from '../../policy/analysis/repeated.ts'
import type { SecretWayOut } from '../../policy/analysis/secrets.ts'
import type { WayRound } from '../../policy/analysis/spellings.ts'
import type { Vain } from '../../policy/analysis/vain.ts'
import { printWitness } from '../../policy/analysis/witness.ts'
import { parseCapability, printCapability } from '../../policy/capability/capability.ts'
import { compilePolicy } from '../../policy/compile.ts'
import type { PathPlace } from '../../policy/match/path-glob.ts'
import type { Capability, Rule } from '../../policy/types.ts'
import type { Diagnostic } from '../../shared/diagnostics.ts'
import type { DiagnosticCode } from '../../spec/diagnostic-codes.ts'
import { diagnostic } from '../../spec/report.ts'
import type { Project } from '../project/project.ts'
import { followLinks, type LinkPlace } from './follow-links.ts'

/** What is looked at. */
export type Analyzed = Pick<Project, 'rules' | 'root' | 'home' | 'agents' | 'holes'>

/** What rules say in vain, or leave open, as warnings with a request that shows it. They do not depend on the clock. */
export function readFindings({ rules, root, home, agents, holes }: Analyzed): readonly Diagnostic[] {
  const policy = compilePolicy({ rules, root, home, now: 0 })
  const findings = analyze(policy, {
    agents: agents.map(({ name }) => name),
    holes: holes.flatMap(({ except, place }) => except.flatMap((text) => readHole(text, place))),
  })
  const place = { root, home, agents: agents.length + 1 }
  return findings
    .filter((finding) => !dependsOnLinks(finding, policy))
    .map((finding) => describe(finding, place))
}

interface Place extends PathPlace {
  /** How many there are. */
  readonly agents: number
}

function readHole(text: string, place: Hole['place']): readonly Hole[] {
  const parsed = parseCapability(text)
  return parsed.ok ? [{ capability: parsed.value, place }] : []
}

/** A Deny holds also where a link in its path leads to: there another one that is wider does not. */
function dependsOnLinks(finding: Finding, place: LinkPlace): boolean {
  if (finding.kind !== 'covered') return false
  const rules = [finding.rule, ...finding.by]
  return followLinks(rules, place).some((rule, index) => rule !== rules[index])
}

function describe(finding: Finding, place: Place): Diagnostic {
  switch (finding.kind) {
    case 'under-deny':
    case 'under-ask':
    case 'covered':
    case 'all-excepted':
      return describeVain(finding, place)
    case 'repeated':
      return describeRepeated(finding)
    case 'empty-except':
    case 'closed-except':
      return describeException(finding, place)
    case 'secret-way-out':
      return describeWayOut(finding, place)
    case 'way-round':
      return describeWayRound(finding, place)
  }
}

const saidAlready = {
  allow: 'what it allows is allowed already',
  only: 'what it allows is allowed already, and the rest denied',
  deny: 'what it denies is denied already',
  ask: 'what it asks about is asked about or denied already',
} as const

function describeVain({ kind, rule, capability, by, witness }: Vain, place: PathPlace): Diagnostic {
  const example = printWitness(witness, place)
  const { effect } = rule
  const why = {
    'under-deny': 'all of it is denied',
    'under-ask': 'a person is asked about all of it',
    covered: effect === 'limit' || effect === 'require' ? '' : saidAlready[effect],
    'all-excepted': 'its `except` takes all of it away',
  }[kind]
  const together = by.length > 1 ? ` (by ${by.length} rules together)` : ''
  const message = `${quote(capability)} never matters: ${why}${together}, as \`${example}\``
  const detail = { requests: [example], ...(by.length > 0 && { related: see(by) }) }
  const fix =
    kind === 'under-deny' || kind === 'under-ask'
      ? (fixInPack(rule, capability, by) ?? fixInOnly(rule, capability, by))
      : undefined
  return diagnostic(
    codeOf(kind, rule, by),
    rule.source,
    message,
    fix === undefined ? detail : { ...detail, fix },
  )
}

/** What a pack says is not edited: a hole is made in it. Nothing loosens what is built in. */
function fixInPack(rule: Rule, capability: Capability, by: readonly Rule[]): string | undefined {
  const [first] = by
  const pack = first?.source.pack
  if (first === undefined || by.some(({ source }) => source.pack !== pack) || pack === undefined)
    return undefined
  if (first.layer === 'built-in') return `remove it: nothing loosens \`${pack}\``
  if ((first.layer === 'user') !== (rule.layer === 'user')) return undefined
  return `remove it, or make a hole in the pack: {pack: ${pack}, except: ["${printCapability(capability)}"]}`
}

/** An Only has no `except` for what lies outside of it: it names that, too. */
function fixInOnly(rule: Rule, capability: Capability, by: readonly Rule[]): string | undefined {
  if (by.length !== 1 || by.some(({ effect, layer }) => effect !== 'only' || layer !== rule.layer))
    return undefined
  return rule.effect === 'only'
    ? 'join the two in one Only: each closes what the other names, and a comma names both'
    : `remove it, or name it in the Only, too, behind a comma: ${quote(capability)}`
}

function codeOf(kind: Vain['kind'], rule: Rule, by: readonly Rule[]): DiagnosticCode {
  if (kind === 'covered' || kind === 'all-excepted') return `analysis/${kind}`
  const others = by.filter(
    ({ layer }) => layer !== 'built-in' && (layer === 'user') !== (rule.layer === 'user'),
  )
  if (others.length === 0) return `analysis/${kind}`
  return rule.layer === 'user' ? 'analysis/contradiction' : 'analysis/loosens-user'
}

function describeRepeated({ rule, capability, by }: Repeated): Diagnostic {
  const related = by.map(({ source }) => ({ message: `first here: ${source.text}`, place: source }))
  return diagnostic('analysis/covered', rule.source, `${quote(capability)} stands here a second time`, {
    fix: 'remove it',
    related,
  })
}

function describeException(exception: VainException, place: PathPlace): Diagnostic {
  const { kind, rule, capability, witness, by } = exception
  const at = exception.place ?? rule.source
  const example = printWitness(witness, place)
  const requests = [example]
  if (kind === 'empty-except') {
    const whose = exception.place ? `no rule of \`${rule.source.file}\` is` : 'the rule is not'
    const message = `${quote(capability)} excepts nothing: ${whose} about \`${example}\``
    return diagnostic('analysis/empty-except', at, message, { requests })
  }
  const does = by.some(({ effect }) => effect === 'ask') ? 'asks about' : 'denies'
  const message = `${quote(capability)} opens nothing: your own rule ${does} all of it, as \`${example}\``
  return diagnostic('analysis/loosens-user', at, message, { requests, related: see(by) })
}

function describeWayOut({ agents, secret, foreign, way }: SecretWayOut, place: Place): Diagnostic {
  const parts: readonly (readonly [string, Allowed])[] = [
    ['can read a secret', secret],
    ['reads what others wrote', foreign],
    ['can send it away', way],
  ]
  const isAll = agents.length === place.agents && agents.length > 1
  const who = isAll ? 'every agent' : agents.map((agent) => `\`${agent}\``).join(', ')
  const does = parts.map(([what, { request }]) => `${what}, as \`${printWitness(request, place)}\``)
  const { rule } = secret
  return diagnostic('analysis/secret-way-out', rule.source, `${who} ${does.join('; ')}`, {
    requests: parts.map(([, { request }]) => printWitness(request, place)),
    related: [...Map.groupBy(parts, ([, each]) => each.rule)]
      .filter(([other]) => other !== rule)
      .map(([{ source }, own]) => ({
        message: `${own.map(([what]) => what).join(', ')}: ${source.text}`,
        place: source,
      })),
  })
}

function describeWayRound({ rule, capabilities, requests, instead }: WayRound, place: PathPlace): Diagnostic {
  const shown = requests.map((request) => printWitness(request, place))
  const commands = shown.map((text) => `\`${text.replace(/^shell:/, '')}\``).join(', ')
  const own = capabilities.map(quote).join(', ')
  const does = rule.effect === 'ask' ? 'ask about' : 'stop'
  return diagnostic('analysis/way-round', rule.source, `${own} does not ${does} ${commands}`, {
    fix: `write ${instead.map(quote).join(', ')} in place of ${own}`,
    requests: shown,
  })
}

const done: Readonly<Record<Rule['effect'], string>> = {
  allow: 'allowed',
  only: 'decided',
  deny: 'denied',
  ask: 'asked about',
  limit: 'limited',
  require: 'required',
}

const mostSeen = 3

function see(rules: readonly Rule[]): Diagnostic['related'] {
  return rules
    .slice(0, mostSeen)
    .map(({ effect, source }) => ({ message: `${done[effect]} here: ${source.text}`, place: source }))
}

function quote(capability: Capability): string {
  return `\`${printCapability(capability)}\``
}
