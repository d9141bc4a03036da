/** The hooks of git that oos has something to say to. */
export const hookNames = ['pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-push'] as const
export type HookName = (typeof hookNames)[number]

export function isHookName(name: string): name is HookName {
  return (hookNames as readonly string[]).includes(name)
}

/** What a hook says to `oos hooks run` where it gives the list of what is staged on standard input. */
export const listGiven = 'stdin'
/** What such a list ends with, if it is whole: no line of git's. */
export const listEnd = 'end'
