import type { Place } from '../shared/diagnostics.ts'
import { parseCapability, printCapability } from './capability.ts'
import { compilePolicy, type Policy } from './compile.ts'
import { decidePart, stopsOf } from './decide.ts'
import { type NearMiss, nearest } from './nearest.ts'
import { overHttps } from './plain-http.ts'
import { escapeLet, printCode } from './print-code.ts'
import { capabilityOf, holeOf, isKnown, unknownNote } from './request-capability.ts'
import { partsOf } from './request-parts.ts'
import type { Decision, DecisionEffect, DecisionReason, Request, Rule } from './types.ts'

/** A decision as a person wants to read it. Data: rendering is the terminal's. */
export interface Explanation {
  readonly request: Request
  readonly effect: DecisionEffect
  /** The rule that determined it. */
  readonly rule?: Rule
  /** Why, in words: lower case, no full stop. */
  readonly because: string
  /** For a shell text of several parts: each with its own answer. */
  readonly parts: readonly ExplainedPart[]
  /** Allows that nearly matched what was not allowed. */
  readonly nearest: readonly NearMiss[]
  /** Of a request on the web that names more than https shows: what is asked there, where that matters. */
  readonly https?: ExplainedPart
  /** What would change the decision. */
  readonly changes: readonly Change[]
}

export interface ExplainedPart {
  readonly request: Request
  /** In the short spelling. */
  readonly text: string
  readonly effect: DecisionEffect
  readonly rule?: Rule
}

export interface Change {
  readonly kind: 'add-rule' | 'add-except' | 'edit-rule' | 'answer' | 'rewrite' | 'none'
  /** What to write or do. */
  readonly text: string
  /** The rule to edit. */
  readonly place?: Place
}

export function explainDecision(policy: Policy, request: Request, decision: Decision): Explanation {
  const reason = tellingReason(decision)
  const asked = reason.part ?? request
  const https = explainHttps(policy, request, decision)
  const explanation = {
    request,
    effect: decision.effect,
    because: explainStop(reason, asked, { decision, policy }),
    parts: explainParts(policy, request),
    ...(https && { https }),
    nearest: decision.effect === 'allow' || decision.rule?.effect === 'deny' ? [] : nearest(policy, asked),
    changes: changesFor(reason, { request, asked, decision, unread: unreadText(reason, decision) }, policy),
  }
  return decision.rule ? { ...explanation, rule: decision.rule } : explanation
}

/** Where an Allow matched but for a constraint, that says more than that nothing allows. */
function tellingReason({ reasons }: Decision): DecisionReason {
  const [first = { kind: 'no-allow' } as const] = reasons
  if (first.kind !== 'no-allow') return first
  return reasons.find(({ kind, part }) => kind === 'constraint' && part === first.part) ?? first
}

/** A Deny or Ask that does not name the command matches it because nobody can tell what it runs: that says it all. */
function explainStop(
  reason: DecisionReason,
  asked: Request,
  { decision, policy }: { readonly decision: Decision; readonly policy: Policy },
): string {
  const why = explainReason(reason, asked, policy)
  const unread = unreadText(reason, decision)
  if (unread === undefined || (reason.kind !== 'deny' && reason.kind !== 'ask')) return why
  return asked.resource === 'shell' ? unread : `${why}: ${unread}`
}

function unreadText({ part }: DecisionReason, { reasons }: Decision): string | undefined {
  return reasons.find((reason) => reason.kind === 'undecidable' && reason.part === part)?.text
}

function explainParts(policy: Policy, request: Request): readonly ExplainedPart[] {
  if (request.resource !== 'shell') return []
  const { parts, carried } = partsOf(request, policy)
  const judged = parts.map((part) => ({ part, decision: decidePart(policy, part) }))
  const stops = carried === undefined ? [] : stopsOf(policy, request, carried)
  const all = [...judged, ...stops].flatMap(({ part, decision: { effect, rule } }) => {
    if (part === undefined) return []
    const explained = { request: part, text: printRequest(part, policy), effect }
    return [rule ? { ...explained, rule } : explained]
  })
  return all.length < 2 ? [] : all
}

function explainHttps(policy: Policy, request: Request, decision: Decision): ExplainedPart | undefined {
  const over = overHttps(policy, request, decision)
  if (over === undefined) return undefined
  const { effect, rule } = over.decision
  const explained = { request: over.request, text: printRequest(over.request, policy), effect }
  return rule ? { ...explained, rule } : explained
}

function explainReason(reason: DecisionReason, asked: Request, policy: Policy): string {
  const what = `\`${printRequest(asked, policy)}\``
  switch (reason.kind) {
    case 'deny':
      return reason.rule?.effect === 'only'
        ? `${what} is outside what an Only names`
        : `a Deny matches ${what}`
    case 'ask':
      return `an Ask matches ${what}`
    case 'allow':
      return `an Allow matches ${what}, and no Deny or Ask does`
    case 'limit':
      return `a Limit matches ${what}`
    case 'no-allow':
      return `no Allow matches ${what}`
    case 'constraint':
      return `${what} does not keep to the rule: ${reason.text}`
    case 'undecidable':
      return reason.text ?? `${what} cannot be judged`
    case 'broken-rule':
      return `a rule cannot be evaluated: ${reason.text}`
  }
}

interface Asked {
  /** What the person wants explained; `asked` is the part of it that the reason is about. */
  readonly request: Request
  readonly asked: Request
  readonly decision: Decision
  /** Why it cannot be told what is asked. */
  readonly unread: string | undefined
}

function changesFor(
  { kind, rule }: DecisionReason,
  { request, asked, decision, unread }: Asked,
  policy: Policy,
): readonly Change[] {
  const place = rule?.source
  const edit = (text: string): Change =>
    place ? { kind: 'edit-rule', text, place } : { kind: 'edit-rule', text }
  if (kind === 'allow') return addRule('Deny', asked, policy)
  if (kind === 'limit' || kind === 'constraint') return [edit('another value of the constraint')]
  if (kind === 'broken-rule') return [edit('correct the rule, then `oos spec check`')]
  if (kind === 'undecidable') return [rewrite(asked)]
  if (kind === 'no-allow' || !rule || !place)
    return unread === undefined ? addRule('Allow', asked, policy) : [rewrite(asked)]
  if (rule.layer === 'built-in') return [unloosened]
  // What cannot be read is taken out of no rule: it might be anything else that the rule is about.
  const exceptions = unread === undefined ? loosenAll(asked, rule, policy) : [rewrite(asked)]
  if (kind !== 'ask') return exceptions
  const ends = unread !== undefined && asked.resource === 'shell' ? endAsking(decision) : []
  return [answerTo(asked, request), ...exceptions, ...ends]
}

/** What cannot be read is asked about until no Ask about commands is left: a line for each, and what it gives up. */
function endAsking({ reasons }: Decision): readonly Change[] {
  const asks = reasons.flatMap(({ kind, rule, part }) => (kind === 'ask' && rule && !part ? [rule] : []))
  const packs = [...new Set(asks.flatMap(({ source }) => source.pack ?? []))]
  const own = asks.filter(({ source }) => source.pack === undefined).map(({ source }) => source)
  const holes = packs.map((pack) => `{pack: ${pack}, except: ["shell:*"]}`).join(', ')
  const all = own.length + Math.min(1, packs.length) > 1 ? ' (all of these lines together)' : ''
  const gives = `: no command is asked about any more, nor what it could run${all}`
  const change = (text: string, place?: Rule['source']): Change =>
    place ? { kind: 'add-except', text: text + gives, place } : { kind: 'add-except', text: text + gives }
  return [
    ...(holes === '' ? [] : [change(`in \`extends\`: ${holes}`)]),
    ...own.map((place) => change('except `shell:*`', place)),
  ]
}

/**
 * A person is asked about a run's own command, and his yes holds for the branches and tags that it is about. Of what else is
 * done inside nobody can be asked: a system call waits for no person.
 */
function answerTo({ resource }: Request, request: Request): Change {
  const isCommand = resource === 'shell' || (resource === 'git' && request.resource === 'shell')
  if (isCommand) return { kind: 'answer', text: 'a yes at the terminal' }
  const text =
    resource === 'git'
      ? 'a yes at the terminal, to a run whose own command asks for it: of what else is done in a run nobody can be asked'
      : 'a yes, where somebody can be asked: inside a run nobody can, and it is denied'
  return { kind: 'answer', text }
}

function rewrite({ resource, action }: Request): Change {
  const isGit = resource === 'git'
  const what = isGit ? 'it names the branch' : 'its program and arguments can be read'
  const example = action === 'push' ? ': `git push origin main`' : ''
  const code = isGit ? '' : ', and code into a file of the project: `bash build.sh`, `node build.js`'
  return { kind: 'rewrite', text: `write the command so that ${what}${example}${code}` }
}

/** Only what can be pasted: a text with a line break in it, for one, stands in no rule. */
function addRule(effect: 'Allow' | 'Deny', asked: Request, policy: Policy): readonly Change[] {
  const only = onlyCommand(asked, policy)
  if (!isKnown(only)) return nothingFor(asked)
  const capability = escapeLet(printRequest(only, policy))
  if (!parseCapability(capability).ok || (effect === 'Allow' && !standsInAllow(asked))) return []
  return [{ kind: 'add-rule', text: `- **${effect}** ${printCode(capability)}` }]
}

function nothingFor(asked: Request): readonly Change[] {
  return [{ kind: 'none', text: `no line is offered: ${unknownNote}` }, rewrite(asked)]
}

/** Limits of a run, and a secret that might go anywhere, do not. */
function standsInAllow({ resource, attributes }: Request): boolean {
  return resource !== 'run' && (resource !== 'secret' || typeof attributes?.to === 'string')
}

const unloosened: Change = { kind: 'none', text: 'this rule belongs to oos: nothing loosens it' }
const mostLines = 5

/** All that it takes: behind a rule with an exception may stand the next one, or no Allow. */
function loosenAll(asked: Request, first: Rule, policy: Policy): readonly Change[] {
  const changes: Change[] = []
  let [rule, at] = [first, policy]
  for (let line = 0; line < mostLines; line += 1) {
    changes.push(...loosen(asked, { rule, place: rule.source, policy: at }))
    const loosened = rule.effect === 'only' ? undefined : withHole(asked, rule, at)
    if (loosened === undefined) break
    const next = tellingReason(decidePart(loosened, onlyCommand(asked, loosened)))
    if (next.kind === 'no-allow') changes.push(...addRule('Allow', asked, policy))
    if ((next.kind !== 'deny' && next.kind !== 'ask') || next.rule === undefined) break
    // The line changed nothing: what else would is not known.
    if (next.rule.source === rule.source) break
    if (next.rule.layer === 'built-in') return [unloosened]
    ;[rule, at] = [next.rule, loosened]
  }
  return changes.map((change, index) => (index === 0 ? change : { ...change, text: `and ${change.text}` }))
}

/** As if the line that is offered for a rule had been written; a pack's hole is one of all its rules. */
function withHole(asked: Request, rule: Rule, policy: Policy): Policy | undefined {
  const hole = parseCapability(printRequest(onlyCommand(asked, policy), policy, holeOf))
  if (!hole.ok) return undefined
  const { pack } = rule.source
  const isMeant = (one: Rule) => one === rule || (pack !== undefined && one.source.pack === pack)
  const rules = policy.rules.map((one) =>
    isMeant(one) ? { ...one, except: [...one.except, hole.value] } : one,
  )
  return compilePolicy({ ...policy, rules })
}

/** An exception of an Only grants nothing: what it is to allow it has to name. */
function loosen(
  asked: Request,
  at: { readonly rule: Rule; readonly place: Rule['source']; readonly policy: Policy },
): readonly Change[] {
  const { rule, place, policy } = at
  if (rule.effect !== 'only') return addExcept(asked, at)
  if (place.pack !== undefined) return [...addExcept(asked, at), ...addRule('Allow', asked, policy)]
  const only = onlyCommand(asked, policy)
  if (!isKnown(only)) return nothingFor(asked)
  const capability = escapeLet(printRequest(only, policy))
  if (!parseCapability(capability).ok) return []
  return [{ kind: 'edit-rule', text: `name it there, too, behind a comma: ${printCode(capability)}`, place }]
}

function addExcept(
  asked: Request,
  { place, policy }: { readonly place: Rule['source']; readonly policy: Policy },
): readonly Change[] {
  const only = onlyCommand(asked, policy)
  if (!isKnown(only)) return nothingFor(asked)
  const hole = printRequest(only, policy, holeOf)
  if (!parseCapability(hole).ok) return []
  if (place.pack === undefined)
    return [{ kind: 'add-except', text: `except ${printCode(escapeLet(hole))}`, place }]
  // A string of JSON is one of YAML, too.
  const text = `in \`extends\`: {pack: ${place.pack}, except: [${JSON.stringify(hole)}]}`
  return [{ kind: 'add-except', text }]
}

/** Of a text that is one command its words, which a rule names as they are; its quotes would be something else there. */
function onlyCommand(asked: Request, policy: Policy): Request {
  if (asked.resource !== 'shell' || asked.words !== undefined) return asked
  const { parts, unread } = partsOf(asked, policy)
  const [only = asked] = parts
  return parts.length === 1 && unread === undefined ? only : asked
}

function printRequest(request: Request, policy: Policy, capability = capabilityOf): string {
  return request.resource === 'shell' && !request.words
    ? `shell:${request.target}`
    : printCapability(capability(request, policy))
}
