import type { Excess } from '../ops/trust/excess.ts'
import { type Asking, agree, findTrust, isSeen, judgeTrust, rememberKept } from '../ops/trust/trust.ts'
import { OosError } from '../shared/errors.ts'
import { intendFor, type RunIntent } from './prepare.ts'
import type { RunVoice } from './voice.ts'

/**
 * What a project's own specs give beyond what the person has given or agreed to is shown before it holds. Answers with
 * the run as it may be: with all of its rules, or with `--untrusted` without the excess.
 *
 * @throws OosError `untrusted`: nobody to ask, or a no
 */
export async function agreeToSpecs(intent: RunIntent, voice: RunVoice): Promise<RunIntent> {
  const { project, request } = intent
  const record = findTrust(project, request.env)
  if (isSeen(project, record)) return intent
  if (!request.trustSpecs) {
    const trust = await judgeTrust(project, record)
    if (trust.excess === undefined) {
      remember(voice, () => rememberKept(project, request.env, record))
      return intent
    }
    if (request.untrusted) return without(trust.excess, intent, voice)
    await voice.showTrust({ ...trust, root: project.root, home: project.home })
    await requireYes(trust.state, voice)
  }
  remember(voice, () => agree(project, request.env))
  return intent
}

/** The same run by no more than what was agreed to. */
export async function leaveOutExcess(intent: RunIntent, voice: Pick<RunVoice, 'note'>): Promise<RunIntent> {
  const { project, request } = intent
  const { excess } = await judgeTrust(project, findTrust(project, request.env))
  return excess === undefined ? intent : without(excess, intent, voice)
}

async function without(
  excess: Excess,
  intent: RunIntent,
  { note }: Pick<RunVoice, 'note'>,
): Promise<RunIntent> {
  const { withoutExcess } = await import('../ops/trust/excess.ts')
  note("what you have not agreed to in this project's specs is left out: oos trust")
  return intendFor(withoutExcess(intent.project, excess), intent.request)
}

/** A yes that cannot be written down holds this once. */
export function remember({ note }: Pick<RunVoice, 'note'>, write: () => void): void {
  try {
    write()
  } catch {
    note('could not remember what you agreed to: the question will come again')
  }
}

const whyAsked: Readonly<Record<Asking, string>> = {
  new: 'you have not agreed to what the specs of this project allow',
  changed: 'the specs of this project ask for more than you agreed to',
  own: 'your own specs in ~/.agent-os have changed since you agreed to what this project gives',
}

async function requireYes(state: Asking, { confirm }: RunVoice): Promise<void> {
  const what = whyAsked[state]
  if (confirm === undefined) {
    throw new OosError('untrusted', `${what}, and there is no terminal to show it at`, {
      hint: 'oos trust, or leave it out: oos run --untrusted …',
    })
  }
  if (await confirm('Let this hold?', true)) return
  throw new OosError('untrusted', what, {
    hint: 'edit the specs in .agent-os/, or leave it out: oos run --untrusted …',
  })
}
