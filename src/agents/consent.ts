import { compareTrust, readTrust, rememberTrust, stateHomeOf, trustSubject } from '../ops/trust.ts'
import { OosError } from '../shared/errors.ts'
import type { RunIntent } from './prepare.ts'
import type { RunVoice } from './voice.ts'

/**
 * A project's own specs are shown before they are obeyed, and again when their rules have changed.
 *
 * @throws OosError `untrusted`: nobody to ask, or a no
 */
export async function agreeToSpecs({ project, request }: RunIntent, voice: RunVoice): Promise<void> {
  const stateHome = stateHomeOf(request.env, project.home)
  const subject = trustSubject(project)
  const trust = await compareTrust(readTrust(stateHome, project.root), subject)
  if (trust.state === 'seen') return
  if (trust.state !== 'reworded' && request.trustSpecs !== true) {
    voice.showTrust({ ...trust, root: project.root })
    await requireYes(trust.state, voice)
  }
  try {
    await rememberTrust(stateHome, subject)
  } catch {
    voice.note(`could not remember this in \`${stateHome}\`: the question will come again`)
  }
}

async function requireYes(state: 'new' | 'changed', { confirm }: RunVoice): Promise<void> {
  const what =
    state === 'new'
      ? 'you have not seen the rules of this project yet'
      : 'the rules of this project have changed'
  if (confirm === undefined) {
    throw new OosError('untrusted', `${what}, and there is no terminal to show them at`, {
      hint: 'read them with `oos spec show`, then `oos run --trust-specs …`',
    })
  }
  if (await confirm('Let these rules hold?', true)) return
  throw new OosError('untrusted', what, { hint: 'edit them in .agent-os/, then run it again' })
}
