import type { KeptAnswer } from '../ops/keep-answer.ts'
import { agreeTo } from '../ops/trust/trust.ts'
import { type Agreed, agreedBy } from '../policy/agreed.ts'
import { printCapability } from '../policy/capability/capability.ts'
import { capabilityOf, unknownNote } from '../policy/request/capability.ts'
import { unknownTarget } from '../policy/shell/git.ts'
import type { Decision, Rule } from '../policy/types.ts'
import { OosError } from '../shared/errors.ts'
import { quoteWord } from '../shared/quote-word.ts'
import { agreeToSpecs, remember } from './consent.ts'
import { decideStart, intendRun, policyOf, type RunIntent } from './prepare.ts'
import type { RunVoice } from './voice.ts'

/**
 * Whether the command may start at all. An Ask goes to the person at the terminal, for this time or for always; answers
 * with the run as it then is.
 *
 * @throws OosError `denied`, `unasked`: an Ask with nobody to ask
 */
export async function authorize(intent: RunIntent, voice: RunVoice): Promise<RunIntent> {
  const { asked, decision, policy } = intent
  if (decision.effect === 'allow') return intent
  if (decision.effect === 'deny') throw refusal('denied', intent)
  if (voice.answerAsk === undefined) throw refusal('unasked', intent)
  const kept = await planAnswer(intent, voice)
  const agreed = agreedBy(policy, asked)
  const question = `Run \`${asked.target}\`?${because(decision, ' (', `${coverOf(agreed)})`)}`
  switch (await voice.answerAsk(question, kept && `${kept.source.path}:${kept.line} ${kept.text}`)) {
    case 'once':
      return { ...intent, answer: 'yes', agreed }
    case 'always':
      return kept === undefined ? intent : keepAnswer(kept, intent, voice)
    case 'no':
      throw saidNo(intent)
  }
}

/** What was asked without a name is agreed to for every name: a person knows that before he says yes. */
function coverOf(agreed: readonly Agreed[]): string {
  const open = agreed.filter(({ request: { target } }) => target === unknownTarget)
  const acts = new Set(open.map(({ request: { action } }) => anyOf[action] ?? action))
  return acts.size === 0 ? '' : `; a yes lets this run ${[...acts].join(' and ')}`
}

const anyOf: Readonly<Record<string, string>> = {
  commit: 'commit to any branch',
  push: 'push any branch',
  'force-push': 'force-push any branch',
  delete: 'delete any branch or tag',
  tag: 'set any tag',
}

/** Without what nobody has agreed to, the rules are not what the specs say: no line of theirs would be the answer. */
async function planAnswer(
  { project, request, asked, decision }: RunIntent,
  voice: RunVoice,
): Promise<KeptAnswer | undefined> {
  if (request.untrusted) return undefined
  const { asksUnknown, planKeptAnswer } = await import('../ops/keep-answer.ts')
  if (asksUnknown({ request: asked, decision })) {
    voice.note(`always is not offered: ${unknownNote}`)
    return undefined
  }
  if (decision.reasons.some(({ kind, part }) => kind === 'undecidable' && part === undefined)) {
    voice.note(
      `always is not offered, for it may run anything; what ends the question: ${explainHint(asked)}`,
    )
    return undefined
  }
  const decideBy = (rules: readonly Rule[]) => decideStart(policyOf({ ...project, rules }, request), asked)
  return planKeptAnswer(project, { request: asked, decision, decideBy })
}

/** The person has seen the line, and agreed to it; whatever else changed meanwhile is asked about. */
async function keepAnswer(
  kept: KeptAnswer,
  { project, request }: RunIntent,
  voice: RunVoice,
): Promise<RunIntent> {
  const { writeKeptAnswer, withAnswer } = await import('../ops/keep-answer.ts')
  writeKeptAnswer(kept, project)
  remember(voice, () => agreeTo(withAnswer(project.sources, kept), project, request.env))
  return authorize(await agreeToSpecs(await intendRun(request), voice), voice)
}

/** Who has just said it need not be told that it is not allowed. */
function saidNo({ asked, decision: { rule } }: RunIntent): OosError {
  const place = rule === undefined ? {} : { place: rule.source }
  return new OosError('denied', `\`${asked.target}\` was not run: you said no`, {
    hint: explainHint(asked),
    ...place,
  })
}

function refusal(code: 'denied' | 'unasked', { asked, decision, request, policy }: RunIntent): OosError {
  const { target } = asked
  const { rule } = decision
  const why = because(decision, ': ')
  const hint = request.untrusted
    ? 'allow it in your own ~/.agent-os/GLOBAL_RULES.md, or agree to what the project allows: oos trust'
    : rule?.layer === 'run'
      ? 'leave the `--deny` out'
      : explainHint(asked)
  const place = rule === undefined ? {} : { place: rule.source }
  if (code === 'unasked') {
    return new OosError(
      code,
      `\`${target}\` needs a person's yes, and there is no terminal to ask at${why}`,
      { hint, ...place },
    )
  }
  if (rule !== undefined) return new OosError(code, `\`${target}\` is not allowed${why}`, { hint, ...place })
  const part = decision.reasons.find(({ kind }) => kind === 'no-allow')?.part
  const what =
    part === undefined || part.resource === 'shell' ? target : printCapability(capabilityOf(part, policy))
  const within = what === target ? '' : `, which is part of \`${target}\``
  return new OosError(code, `no rule allows \`${what}\`${within}`, { hint })
}

function explainHint({ words, agent }: RunIntent['asked']): string {
  const who = agent === undefined || agent === 'command' ? '' : `--agent ${agent} `
  return `oos explain ${who}${quoteWord(`shell:${words.map(quoteWord).join(' ')}`)}`
}

/** What cannot be read matches rules that are about something else: then that is the reason to tell. */
function because({ reasons, rule }: Decision, before: string, after = ''): string {
  const unread = reasons.find(({ kind }) => kind === 'undecidable')?.text
  const why = unread ?? rule?.reason ?? reasons.find(({ text }) => text !== undefined)?.text
  return why === undefined ? '' : `${before}${why}${after}`
}
