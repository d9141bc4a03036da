import { once } from '../../shared/remembered.ts'
import { gitCommand } from './git-words.ts'
import { compileOptions, readOptions } from './options.ts'
import type { SimpleCommand } from './shell-reading.ts'
import { hasHole, hole } from './words.ts'

export type GitAction = 'commit' | 'push' | 'force-push' | 'delete' | 'tag'

/** What a git command does to a branch or tag, as the `git` resource names it. */
export interface GitRequest {
  readonly action: GitAction
  /** Branch or tag without `refs/heads/`, `refs/tags/`; `unknownTarget` where the words do not say. */
  readonly target: string
  /** Name or URL; `unknownTarget` where the words do not say. Only for what goes to a remote. */
  readonly remote?: string
}

/**
 * No branch, tag or remote can be called this. Every Deny and Ask on the action matches it, whatever its pattern and
 * `remote`; of the Allows only one for every name does.
 */
export const unknownTarget = '*'

/** The `git` requests in a git command; none for any other. `branch` is the one that is checked out, where known. */
export function gitRequests(command: SimpleCommand, branch: string = unknownTarget): readonly GitRequest[] {
  const program = command.words[0] ?? ''
  if (program !== 'git' && !program.endsWith('/git')) return none
  const git = gitCommand(command.words)
  if (git === undefined)
    return [...anyPush, { action: 'commit', target: unknownTarget }, { action: 'tag', target: unknownTarget }]
  return readers.get(git.name)?.(git.rest, branch) ?? none
}

const none: readonly GitRequest[] = []

type RequestReader = (rest: readonly string[], branch: string) => readonly GitRequest[]

const anyPush: readonly GitRequest[] = (['push', 'force-push', 'delete'] as const).map((action) => ({
  action,
  target: unknownTarget,
  remote: unknownTarget,
}))

const commits: RequestReader = (_rest, branch) => [{ action: 'commit', target: branch }]

const readers: ReadonlyMap<string, RequestReader> = new Map(
  Object.entries<RequestReader>({
    commit: commits,
    merge: commits,
    revert: commits,
    'cherry-pick': commits,
    am: commits,
    rebase: commits,
    pull: commits,
    push: readPush,
    'send-pack': () => anyPush,
    'http-push': () => anyPush,
    subtree: (rest) => (rest.includes('push') || rest.some(hasHole) ? anyPush : []),
    tag: readTag,
    branch: (rest) => deletions(rest, branchOptions()),
    'update-ref': (rest, branch) => [
      {
        action: rest.some((word) => word === '-d' || hasHole(word)) ? 'delete' : 'commit',
        target: refName(rest.find((word) => word.startsWith('refs/')) ?? branch),
      },
    ],
  }),
)

const pushOptions = once(() =>
  compileOptions({
    short: 'vqnfuo:46d',
    long: `all branches mirror tags follow-tags atomic dry-run receive-pack= exec= force delete force-with-lease? force-if-includes no-force-with-lease no-force-if-includes
    repo= set-upstream thin no-thin quiet verbose progress no-progress recurse-submodules= no-recurse-submodules verify no-verify push-option= signed? no-signed ipv4 ipv6 prune porcelain`.replaceAll(
      '\n',
      ' ',
    ),
  }),
)

/** git takes options after its operands too, so these are read in turns. */
function readPush(rest: readonly string[]): readonly GitRequest[] {
  const read = readAll(rest, pushOptions())
  // A remote that is only known at run time may be an option as well.
  if (read === undefined || read.operands[0]?.startsWith(hole)) return anyPush
  const { given, operands } = read
  const has = (...names: string[]): boolean => names.some((name) => given.has(name))
  const remote = known(operands[0] ?? given.get('repo'))
  const forced = has('f', 'force', 'force-with-lease', 'mirror')
  const everything = has('all', 'branches', 'mirror', 'tags')
  const refspecs = operands.slice(1).filter((word, index, all) => !(word === 'tag' && index + 1 < all.length))
  const named =
    refspecs.length > 0
      ? refspecs.flatMap((refspec) => readRefspec(refspec, forced, has('d', 'delete')))
      : readRefspec('', forced, false)
  const whole = everything ? readRefspec('', forced, has('mirror')) : []
  const pruned: Pushed[] = has('prune') ? [{ action: 'delete', target: unknownTarget }] : []
  return [...(refspecs.length > 0 || !everything ? named : []), ...whole, ...pruned].map((pushed) => ({
    ...pushed,
    remote,
  }))
}

interface Pushed {
  readonly action: GitAction
  readonly target: string
}

/** `+main:refs/heads/x`: forced, to x. What is forced or deleted is pushed, too. */
function readRefspec(refspec: string, forced: boolean, deleted: boolean): readonly Pushed[] {
  const plain = refspec.startsWith('+') ? refspec.slice(1) : refspec
  const colon = plain.indexOf(':')
  const to = colon < 0 ? plain : plain.slice(colon + 1)
  const target = refspec.startsWith(hole) ? unknownTarget : refName(to)
  const unsure = refspec.startsWith(hole)
  const actions: GitAction[] = ['push']
  if (forced || refspec.startsWith('+') || unsure) actions.push('force-push')
  if (deleted || (colon === 0 && plain.length > 1) || unsure) actions.push('delete')
  return actions.map((action) => ({ action, target }))
}

function refName(ref: string): string {
  const name = ref.replace(/^(?:refs\/)?(?:heads|tags)\/(?=.)/, '')
  return known(name === 'HEAD' || name === '@' || name.includes('*') ? undefined : name)
}

function known(name: string | undefined): string {
  return name === undefined || name === '' || hasHole(name) ? unknownTarget : name
}

const tagOptions = once(() =>
  compileOptions({
    short: 'asfdvlnm:F:u:ie',
    long: 'annotate sign no-sign force delete verify list sort= contains? no-contains? merged? no-merged? points-at? message= file= local-user= edit cleanup= create-reflog column? format= color? ignore-case trailer= omit-empty',
  }),
)
const branchOptions = once(() =>
  compileOptions({
    short: 'dDmMcCflrativqu:',
    long: 'delete move copy force list remotes all track? no-track set-upstream-to= unset-upstream edit-description contains? no-contains? merged? no-merged? points-at? sort= format= column? no-column color? no-color verbose quiet abbrev? no-abbrev ignore-case show-current create-reflog recurse-submodules omit-empty',
  }),
)

function readTag(rest: readonly string[]): readonly GitRequest[] {
  const read = readAll(rest, tagOptions())
  if (read === undefined)
    return [
      { action: 'tag', target: unknownTarget },
      { action: 'delete', target: unknownTarget },
    ]
  if (['d', 'delete'].some((name) => read.given.has(name))) return deletions(rest, tagOptions())
  const lists = [
    'l',
    'list',
    'v',
    'verify',
    'n',
    'contains',
    'no-contains',
    'merged',
    'no-merged',
    'points-at',
  ].some((name) => read.given.has(name))
  return lists || read.operands.length === 0
    ? []
    : [{ action: 'tag', target: refName(read.operands[0] ?? '') }]
}

function deletions(
  rest: readonly string[],
  options: ReturnType<typeof compileOptions>,
): readonly GitRequest[] {
  const read = readAll(rest, options)
  if (read === undefined) return [{ action: 'delete', target: unknownTarget }]
  const deletes = ['d', 'D', 'delete'].some((name) => read.given.has(name))
  return deletes ? read.operands.map((name) => ({ action: 'delete', target: refName(name) })) : []
}

interface AllOptions {
  readonly given: ReadonlyMap<string, string | undefined>
  readonly operands: readonly string[]
}

function readAll(
  rest: readonly string[],
  options: ReturnType<typeof compileOptions>,
): AllOptions | undefined {
  const given = new Map<string, string | undefined>()
  const operands: string[] = []
  let at = 0
  while (at < rest.length) {
    const read = readOptions(rest, options, at)
    if (read === undefined) {
      if (rest[at]?.[0] !== hole) return undefined
      operands.push(rest[at] as string)
      at++
      continue
    }
    for (const { name, value } of read.given) given.set(name, value)
    const operand = rest[read.operands]
    if (rest[read.operands - 1] === '--')
      return { given, operands: [...operands, ...rest.slice(read.operands)] }
    if (operand !== undefined) operands.push(operand)
    at = read.operands + 1
  }
  return { given, operands }
}
