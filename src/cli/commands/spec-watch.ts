import { findProjectRoot, readHome } from '../../ops/project/root.ts'
import { OosError } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { untilInterrupted } from '../interrupted.ts'
import { sanitizeLine } from '../output/sanitize.ts'
import { writeAnswer } from '../output/write.ts'

/** `oos spec watch`: the check again at each save, and what the edit means. */
export const specWatch: Define = (_command, terminal) => async () => {
  const { env, json } = terminal
  const home = readHome(env)
  const root = findProjectRoot(terminal.cwd(), home)
  const [{ watchChecks }, { renderWatched, renderWatchedLine }] = await Promise.all([
    import('../../ops/watch/watch-checks.ts'),
    import('../output/watch.ts'),
  ])
  const watch = watchChecks({ root, home, env, now: Date.now }, (check) =>
    writeAnswer(json ? renderWatchedLine(check) : renderWatched(check, clock(), terminal)),
  )
  terminal.tell(`watching the specs of ${sanitizeLine(root)} and your own; Ctrl-C ends it\n`)
  try {
    return await Promise.race([watch.failed, untilInterrupted()])
  } catch (error) {
    if (!json || !(error instanceof OosError)) throw error
    writeAnswer(renderWatchedLine(error))
    return error.exitCode
  } finally {
    await watch.close()
  }
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8)
}
