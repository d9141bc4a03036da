import type { Request } from '../../policy/types.ts'
import { git } from './asked-git.ts'

/** One line of what git tells a pre-push hook. */
export interface Pushed {
  readonly local: string
  readonly remoteRef: string
  readonly remote: string
}

/** `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID`. The first is as it was typed, and may hold spaces: `HEAD^{/fix it}`. */
export function parsePushed(input: string): readonly Pushed[] {
  return input.split('\n').flatMap((line) => {
    const [, local, remoteRef, remote] = / (\S+) (\S+) (\S+)$/.exec(line) ?? []
    return local === undefined || remoteRef === undefined || remote === undefined
      ? []
      : [{ local, remoteRef, remote }]
  })
}

/** What a push asks of the rules: what is forced or deleted is pushed, too. `isAhead`: nothing there would be lost. Pure. */
export function pushRequests(
  pushed: readonly Pushed[],
  remote: string,
  isAhead: (one: Pushed) => boolean,
): readonly Request[] {
  return pushed.flatMap((one) => {
    const target = one.remoteRef.replace(/^refs\/(?:heads|tags)\//, '')
    const actions = ['push']
    if (isNothing(one.local)) actions.push('delete')
    else if (!isNothing(one.remote) && !isAhead(one)) actions.push('force-push')
    if (one.remoteRef.startsWith('refs/tags/') && !isNothing(one.local)) actions.push('tag')
    return actions.map((action): Request => ({ resource: 'git', action, target, attributes: { remote } }))
  })
}

const isNothing = (id: string) => /^0+$/.test(id)

/** What the remote has is in what is pushed. What is not known here counts as lost. */
export function isAheadOf(cwd: string, { local, remote }: Pushed): boolean {
  return git(cwd, ['merge-base', '--is-ancestor', remote, local]) !== undefined
}
