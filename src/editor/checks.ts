import type { Connection, PublishDiagnosticsParams } from 'vscode-languageserver'
import { debounce } from '../ops/watch/debounce.ts'
import { keepWatch } from './disk.ts'
import type { Workspace } from './workspace.ts'

/** Not felt, and long enough for a burst of changes to be one check. */
const afterKey = { quiet: 3, most: 200 }
/** What the rules mean can wait for a pause, however late that comes. */
const afterPause = { quiet: 150 }

export interface Checks {
  /** Something was typed. */
  check(): void
  /** Something on the disk may be another. */
  lookAgain(): void
}

/** Tells the editor what is wrong: after each key, when files change on the disk, and what the rules mean in a pause. */
export function createChecks(
  { console, sendDiagnostics }: Pick<Connection, 'console' | 'sendDiagnostics'>,
  workspace: Workspace,
  { home, publish }: { readonly home: string; readonly publish: () => readonly PublishDiagnosticsParams[] },
): Checks {
  const watch = keepWatch(workspace, home, {
    onChange: lookAgain,
    onFailure: ({ message, hint }) =>
      console.warn(`${message}; files are looked at when one is saved: ${hint}`),
  })
  const checking = debounce(guarded(checkNow), afterKey)
  const analysis = debounce(guarded(analyzeNow), afterPause)
  return { check: checking.call, lookAgain }

  function lookAgain(): void {
    for (const member of workspace.members()) member.forgetDisk()
    checking.call()
  }

  function checkNow(): void {
    watch.follow()
    for (const member of workspace.members()) member.stop()
    tell()
    analysis.call()
  }

  function analyzeNow(): void {
    for (const member of workspace.members())
      member.analyze((failure) => {
        if (failure) console.warn(`what the rules mean was not found out: ${failure.message}`)
        guarded(tell)()
      })
  }

  function tell(): void {
    for (const params of publish()) sendDiagnostics(params)
  }

  /** A fault of ours is told, and the next key is another try. */
  function guarded(work: () => void): () => void {
    return () => {
      try {
        work()
      } catch (error) {
        console.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
      }
    }
  }
}
