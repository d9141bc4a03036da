import { ClosedToAll } from '../../sandbox/held.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import { GitSilence } from '../git.ts'

/** What a check does one after the other: what fails is told, and stops none of the others. */
export interface Steps {
  /** In words. */
  readonly problems: readonly string[]
  /** False: something was in the way, as another run can put it there, and all of it is to be done once more. */
  readonly isFinished: () => boolean
  /** Nothing where it failed; `what` begins the sentence. */
  readonly attempt: <Answer>(what: string, act: () => Answer) => Answer | undefined
}

export function createSteps(): Steps {
  const problems: string[] = []
  let isFinished = true
  return {
    problems,
    isFinished: () => isFinished,
    attempt: (what, act) => {
      try {
        return act()
      } catch (error) {
        // A damaged repository is no better the next time, nor is what somebody else keeps.
        if (!(error instanceof GitSilence || error instanceof ClosedToAll)) isFinished = false
        problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}${nextStep(error)}`)
        return undefined
      }
    },
  }
}

function nextStep(error: unknown): string {
  if (!(error instanceof ClosedToAll)) return ''
  return `; if it is to be yours: sudo chown -R "$(id -un)" ${quoteWord(error.folder)}`
}
