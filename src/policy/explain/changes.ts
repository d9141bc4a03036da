import type { Place } from '../../shared/diagnostics.ts'
import { parseCapability } from '../capability/capability.ts'
import { escapeLet, printCode } from '../capability/print-code.ts'
import { compilePolicy, type Policy } from '../compile.ts'
import { decidePart } from '../decide.ts'
import { capabilityOf, holeOf, isKnown, isUnclear, printRequest, unknownNote } from '../request/capability.ts'
import { partsOf } from '../request/parts.ts'
import type { Decision, DecisionReason, Request, Rule } from '../types.ts'

/** What would change a decision. */
export interface Change {
  readonly kind: 'add-rule' | 'add-except' | 'edit-rule' | 'answer' | 'rewrite' | 'none'
  /** What to write or do. */
  readonly text: string
  /** The rule to edit. */
  readonly place?: Place
}

/** Where an Allow matched but for a constraint, that says more than that nothing allows. */
export function tellingReason({ reasons }: Decision): DecisionReason {
  const [first = { kind: 'no-allow' } as const] = reasons
  if (first.kind !== 'no-allow') return first
  return reasons.find(({ kind, part }) => kind === 'constraint' && part === first.part) ?? first
}

interface Asked {
  /** What the person wants explained; `asked` is the part of it that the reason is about. */
  readonly request: Request
  readonly asked: Request
  readonly decision: Decision
  /** Why it cannot be told what is asked. */
  readonly unread: string | undefined
}

export function changesFor(
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
  if (effect === 'Allow' && isUnbound(asked))
    return [{ kind: 'none', text: `${toWhom}: ${printCode(`${capability}{to:api.example.com}`)}` }]
  if (!parseCapability(capability).ok || (effect === 'Allow' && asked.resource === 'run')) return []
  return [{ kind: 'add-rule', text: `- **${effect}** ${printCode(capability)}` }]
}

function nothingFor(asked: Request): readonly Change[] {
  if (isUnclear(asked)) return [{ kind: 'none', text: 'write the path as servers all read it' }]
  return [{ kind: 'none', text: `no line is offered: ${unknownNote}` }, rewrite(asked)]
}

/** A secret that might go anywhere stands in no Allow. */
function isUnbound({ resource, attributes }: Request): boolean {
  return resource === 'secret' && typeof attributes?.to !== 'string'
}

const toWhom = 'no line is offered: an Allow of a secret names the host that may be told it, as in'

const unloosened: Change = { kind: 'none', text: 'this rule belongs to oos: nothing loosens it' }
const mostLines = 5

/** All that it takes: behind a rule with an exception may stand the next one, or no Allow. */
function loosenAll(asked: Request, first: Rule, policy: Policy): readonly Change[] {
  const changes: Change[] = []
  let [rule, at] = [first, policy]
  for (let line = 0; line < mostLines; line += 1) {
    changes.push(...loosen(asked, { rule, place: rule.source, policy: at }))
    const loosened = loosenedPolicy(asked, rule, at)
    if (loosened === undefined) break
    const next = tellingReason(decidePart(loosened, onlyCommand(asked, loosened)))
    if (next.kind === 'no-allow') changes.push(...addRule('Allow', asked, policy))
    if ((next.kind !== 'deny' && next.kind !== 'ask') || next.rule === undefined) break
    // The line changed nothing: what else would is not known.
    if (isSameLine(next.rule, rule)) break
    if (next.rule.layer === 'built-in') return [unloosened]
    ;[rule, at] = [next.rule, loosened]
  }
  return changes.map((change, index) => (index === 0 ? change : { ...change, text: `and ${change.text}` }))
}

/** As if the line that is offered for a rule had been written; a pack's hole is one of all its rules. */
function loosenedPolicy(asked: Request, rule: Rule, policy: Policy): Policy | undefined {
  const { pack } = rule.source
  const isNamed = rule.effect === 'only' && pack === undefined
  const only = onlyCommand(asked, policy)
  const meant = parseCapability(printRequest(only, policy, isNamed ? capabilityOf : holeOf))
  if (!meant.ok) return undefined
  const loosened = (one: Rule): Rule =>
    isNamed
      ? { ...one, capabilities: [...one.capabilities, meant.value] }
      : { ...one, except: [...one.except, meant.value] }
  const isMeant = (one: Rule) => isSameLine(one, rule) || (pack !== undefined && one.source.pack === pack)
  const rules = policy.rules.map((one) => (isMeant(one) ? loosened(one) : one))
  return compilePolicy({ ...policy, rules })
}

function isSameLine({ source: a }: Rule, { source: b }: Rule): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column && a.text === b.text
}

/** An exception of an Only grants nothing: what it is to allow it has to name. */
function loosen(
  asked: Request,
  at: { readonly rule: Rule; readonly place: Rule['source']; readonly policy: Policy },
): readonly Change[] {
  const { rule, place, policy } = at
  if (rule.effect !== 'only' || place.pack !== undefined) return addExcept(asked, at)
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
