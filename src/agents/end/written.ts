import { join, relative } from 'node:path'
import type { Policy } from '../../policy/compile.ts'
import { decide } from '../../policy/decide.ts'
import type { Decision, Rule } from '../../policy/types.ts'
import type { ChangedFile } from '../../sandbox/after.ts'
import type { Worktree } from '../../sandbox/git/worktree.ts'
import { accessIn } from '../../sandbox/tree/access-at.ts'
import type { TreeEntry } from '../../sandbox/types.ts'
import { isBelow } from '../../shared/within.ts'

export interface WrittenUnder {
  readonly policy: Policy
  readonly agent: string
  readonly root: string
  /** How the run saw the tree: what it could not write, somebody else wrote. */
  readonly entries: readonly TreeEntry[]
  /** Of a project that is one: what the rules say about its `.git` holds in these folders elsewhere. */
  readonly worktree?: Worktree | undefined
}

/** On the terminal; the record lists every file. */
const mostNamed = 3

/**
 * What came to be during a run although a rule says no, or although somebody will obey it. A mount closes what is there
 * when the run starts: a name that is made up later can only be told.
 */
export function warnOfWritten(files: readonly ChangedFile[], under: WrittenUnder): readonly string[] {
  if (files.length === 0) return []
  const accessOf = accessIn(under.entries)
  const written = files
    .filter(({ path, change }) => change !== 'deleted' && accessOf(path) === 'write')
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  const denied = new Map<Rule | undefined, ChangedFile[]>()
  const obeyed: ChangedFile[] = []
  for (const file of written) {
    const { effect, rule } = decideChange(file, under)
    if (effect === 'deny') denied.set(rule, [...(denied.get(rule) ?? []), file])
    else if (isObeyed(file, under)) obeyed.push(file)
  }
  return [
    ...[...denied].map(([rule, some]) => `${nameAll(some, under)}, which no run may${reasonOf(rule)}`),
    ...(obeyed.length === 0
      ? []
      : [
          `${nameAll(obeyed, under)}: who starts an agent, an editor or git there obeys it, so read it first`,
        ]),
  ]
}

/** What the rules say to a change that was made. */
export function decideChange(file: ChangedFile, under: ChangedUnder): Decision {
  return decide(under.policy, requestOf(file, under))
}

type ChangedUnder = Omit<WrittenUnder, 'entries'>

const acts = { created: 'create', changed: 'change', deleted: 'delete' } as const

function requestOf({ path, change }: ChangedFile, { agent, root, worktree }: ChangedUnder) {
  const folders = worktree === undefined ? [] : [worktree.own, worktree.common]
  const elsewhere = folders.find((folder) => isBelow(path, folder))
  const target = elsewhere === undefined ? path : join(root, '.git', path.slice(elsewhere.length))
  return { resource: 'file', action: acts[change], target, agent } as const
}

/** Settings that oos protects where the project begins, in a subfolder. */
function isObeyed({ path, change }: ChangedFile, under: WrittenUnder): boolean {
  const { policy, root } = under
  if (!isBelow(path, root)) return false
  const names = relative(root, path).split('/')
  return names.some((_, from) => {
    if (from === 0) return false
    const moved = { path: join(root, ...names.slice(from)), change }
    return decide(policy, requestOf(moved, under)).rule?.layer === 'built-in'
  })
}

function nameAll(files: readonly ChangedFile[], under: WrittenUnder): string {
  const names = files.slice(0, mostNamed).map((file) => `\`${nameOf(file, under)}\``)
  const more = files.length - names.length
  const all = more === 0 ? names : [...names, `${more} more`]
  const [first, ...others] = all.reverse()
  const said = others.length === 0 ? first : `${others.reverse().join(', ')} and ${first}`
  return `${said} came to be or changed while this ran`
}

function nameOf({ path }: ChangedFile, { root }: WrittenUnder): string {
  return isBelow(path, root) ? relative(root, path) : path
}

export function reasonOf(rule: Rule | undefined): string {
  if (rule === undefined) return ' (no rule allows it)'
  return ` (${rule.source.file}:${rule.source.line} ${rule.source.text})`
}
