import type { Define } from '../command.ts'
import { runHook } from '../run-hook.ts'

interface Options {
  readonly project?: string
}

/** `oos hooks run NAME`: what the hooks call. */
export const hooksRun: Define = (command, terminal) => {
  command
    .argument('<hook>', 'pre-commit, pre-merge-commit, commit-msg or pre-push')
    .argument('[words...]', 'what git gives the hook')
    .option('--project <folder>', 'where the specs are, if not at the top of the work tree')
  return (name: string, words: readonly string[], options: Options) =>
    runHook({ ...options, name, words }, terminal)
}
