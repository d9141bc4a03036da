import { relative } from 'node:path'
import { type Aftermath, type ChangedFile, listFiles, readAftermath } from '../../sandbox/after.ts'
import { readWorktree } from '../../sandbox/git/worktree.ts'
import { holdsMore } from '../../sandbox/remove.ts'
import type { Mount, SandboxPlan } from '../../sandbox/types.ts'
import { once } from '../../shared/remembered.ts'
import { isBelow } from '../../shared/within.ts'
import type { OosEvent } from '../../store/events.ts'
import { ruleOf } from '../events.ts'
import type { PreparedRun } from '../prepare.ts'
import { watchReplaced } from './replaced.ts'
import { decideChange, reasonOf, type WrittenUnder, warnOfWritten } from './written.ts'

/** Above it, not every name is kept for later: what was deleted is not told, nor what changed deep in the tree. */
const mostFiles = 20_000
/** A record that nobody can read helps nobody. */
const mostEvents = 1000
/** Nor can anybody read a thousand lines on a terminal. */
const mostNamed = 20

export interface Changes {
  /** What the run has left, as events, warnings first. */
  readonly events: () => readonly OosEvent[]
  /** Whether something of it can close a place to the next run. */
  readonly mayClose: () => boolean
}

/** Takes stock of what the run may write, so that afterwards it can be told what it did. */
export function watchChanges({ plan, tree, project, policy, asked }: PreparedRun): Changes {
  const roots = plan.mounts
    .filter(({ kind, source }) => kind === 'write' && source === undefined)
    .map(({ path }) => path)
  const own = new Set([...plan.ghosts, ...plan.placeholders.map(({ path }) => path)])
  const isIn = (path: string) => roots.some((root) => isBelow(path, root))
  const replaced = watchReplaced(
    plan.mounts.filter(({ kind, path }) => closing.has(kind) && isIn(path) && !own.has(path)),
  )
  const before = tree.files > mostFiles ? undefined : listFiles(roots, { own })
  const since = Date.now()
  const options = { roots, since, own, ...(before === undefined ? {} : { before }) }
  const { root } = project
  const look = once(() => {
    const aftermath = readAftermath(options)
    const worktree = readWorktree(root)
    const under = { policy, root, agent: asked.agent, entries: tree.entries, worktree }
    return { aftermath, under, written: warnOfWritten(aftermath.files, under) }
  })
  return {
    events: () => {
      const { aftermath, under, written } = look()
      const opened = replaced()
        .slice(0, mostNamed)
        .map((mount) => wasReplaced(mount, root))
      return [...opened, ...appeared(plan, root), ...written.map(warning), ...tell(aftermath, under)]
    },
    mayClose: () => {
      const { aftermath, written } = look()
      return aftermath.mayClose || written.length > 0 || aftermath.repositories.length > 0
    },
  }
}

const closing: ReadonlySet<Mount['kind']> = new Set(['read', 'mask-file', 'mask-folder'])

function wasReplaced({ kind, path, rule }: Mount, root: string): OosEvent {
  const said =
    kind === 'read' ? 'read it before an agent, an editor or git does' : 'it may know what is in it'
  const by = rule === undefined ? '' : reasonOf(rule)
  return warning(
    `${named(path, root)} was replaced by a program outside while this ran, and not closed to the run from then on${by}: ${said}`,
  )
}

/** What stood in for it was taken away on the host (`git clean -d`), and with it what kept the run from making it. */
function appeared(
  { ghosts, placeholders }: Pick<SandboxPlan, 'ghosts' | 'placeholders'>,
  root: string,
): OosEvent[] {
  const closed = placeholders.filter(({ content, unlisted }) => content !== undefined || unlisted)
  return [...ghosts.map((path) => ({ path, content: undefined })), ...closed]
    .filter(({ path, content }) => holdsMore(path, content))
    .map(({ path }) =>
      warning(
        `${named(path, root)} came to be while this ran, which no run may make: read it before an agent, an editor or git does`,
      ),
    )
}

interface Words {
  readonly say: (name: string) => string
  /** Of those that are too many to be named. */
  readonly others: string
}

function tell(
  { files, repositories, rebases, patches, setId, complete, searched }: Aftermath,
  under: WrittenUnder,
): OosEvent[] {
  const { root } = under
  const shown = files.slice(0, mostEvents)
  const warnOfAll = (paths: readonly string[], { say, others }: Words): OosEvent[] => [
    ...paths.slice(0, mostNamed).map((path) => warning(say(named(path, root)))),
    ...(paths.length > mostNamed ? [warning(`${paths.length - mostNamed} more ${others}`)] : []),
  ]
  return [
    ...(searched
      ? []
      : [
          warning(
            'there were more files than could be searched: a git repository with hooks and settings of the run may be among it',
          ),
        ]),
    ...warnOfAll(repositories, {
      say: (name) => `a git repository was made, and its hooks and settings are the run's: ${name}`,
      others: 'git repositories were made',
    }),
    ...warnOfAll(rebases, {
      say: (name) =>
        `a rebase is under way, and \`git rebase --continue\` runs what the run wrote into it: ${name}`,
      others: 'rebases are under way',
    }),
    ...warnOfAll(patches, {
      say: (name) =>
        `patches are under way, and \`git am --continue\` and \`--skip\` commit what the run wrote into them: ${name}`,
      others: 'repositories have patches under way',
    }),
    ...warnOfAll(setId, {
      say: (name) => `a program that runs as its owner was left: ${name}`,
      others: 'programs that run as their owner were left',
    }),
    ...shown.map((file) => changed(file, under)),
    ...(shown.length < files.length ? [note(`${files.length - shown.length} more files changed`)] : []),
    ...(complete ? [] : [note('there was more than could be looked at: what changed is not all listed')]),
  ]
}

/** With what the rules say to it, where they say no: a name that was made up later was closed by nothing. */
function changed(file: ChangedFile, under: WrittenUnder): OosEvent {
  const { path, change, bytes } = file
  const { effect, rule } = decideChange(file, under)
  return {
    type: 'file.changed',
    path: named(path, under.root),
    change,
    ...(bytes === undefined ? {} : { bytes }),
    ...(effect === 'allow' ? {} : { effect, ...ruleOf(rule) }),
  }
}

function named(path: string, root: string): string {
  return isBelow(path, root) ? relative(root, path) : path
}

const note = (text: string): OosEvent => ({ type: 'note', level: 'note', text })
const warning = (text: string): OosEvent => ({ type: 'note', level: 'warning', text })
