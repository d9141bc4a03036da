import { readProject } from '../../ops/project/project.ts'
import { exitCodes } from '../../shared/errors.ts'
import { shortId } from '../../store/ulid.ts'
import type { Verification } from '../../store/verify.ts'
import type { Define } from '../command.ts'
import { sanitizeLine } from '../output/sanitize.ts'
import type { Style } from '../output/style.ts'
import { openExisting } from './runs-show.ts'

/** `oos runs verify ID`: whether the record of a run is what was recorded. */
export const runsVerify: Define = (command, terminal) => {
  command.argument('<run>', 'its id, or the end of it')
  return async (id: string) => {
    const store = openExisting(await readProject({ cwd: terminal.cwd(), env: terminal.env, bare: true }), id)
    const verification = store.verifyRun(store.getRun(id).id)
    terminal.answer('runs verify', verification, () => renderVerification(verification, terminal.style))
    return verification.ok ? exitCodes.done : exitCodes.failed
  }
}

function renderVerification({ run, ok, events, problems }: Verification, style: Style): string {
  const head = `${shortId(run)}  ${ok ? style.good('intact') : style.bad('broken')}  ${events} events\n`
  return head + problems.map(({ text }) => `  ${sanitizeLine(text)}\n`).join('')
}
