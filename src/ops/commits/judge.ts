import type { Decision } from '../../policy/types.ts'
import { anyBranch } from './decide-commit.ts'
import type { NewCommit } from './history.ts'
import { isId, isPutAway, isRefName, resolveRef, targetOf } from './refs.ts'
import type { Asked, Found, FoundHead, JudgedCommit, JudgedRef, Refusal, Verdict } from './verdict.ts'

/** What a run may keep of what it did to a repository. Pure. */
export function judge(found: Found, asked: Asked): Verdict {
  const commits = found.commits.map((commit) => judgeCommit(commit, found, asked))
  const refusals = new Map(commits.flatMap(({ id, refusal }) => (refusal ? [[id, refusal] as const] : [])))
  const history: History = {
    ...found,
    byId: new Map(found.commits.map((one) => [one.id, one])),
    refusals: spread(found.commits, refusals),
  }
  const refs = judgeRefs(history, asked)
  const [own, ...others] = found.heads
  const heads = [
    ...(own === undefined ? [] : judgeHead(own, refs, { history, asked })),
    // Another work tree's is not for this run to move.
    ...others.filter(isMoved).map((head) => headBack(head, history, 'another work tree has it')),
  ]
  return { commits, refs: [...refs, ...heads], tainted: new Set(history.refusals.keys()) }
}

/** Where nothing can be judged: every name that the run has changed is put back. Pure. */
export function refuseAll(
  { before, after, heads }: Pick<Found, 'before' | 'after' | 'heads'>,
  words: string,
): Omit<Verdict, 'tainted'> {
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name) && !isPutAway(name, before),
  )
  const refs = changed.map(
    (name): JudgedRef => ({
      name,
      from: resolveRef(before.get(name), before),
      to: resolveRef(after.get(name), after),
      keep: resolveRef(after.get(name), after),
      refusal: { decision: denied(words) },
      value: before.get(name),
    }),
  )
  const back = heads.filter(isMoved).map((head) => headBack(head, { before, after }, words))
  return { commits: [], refs: [...refs, ...back] }
}

const isMoved = ({ before, after }: FoundHead) => before !== after

interface History extends Found {
  readonly byId: ReadonlyMap<string, NewCommit>
  /** Of each commit that breaks a rule or stands on one that does: the first such. */
  readonly refusals: ReadonlyMap<string, Refusal>
}

function judgeCommit({ id, written }: NewCommit, { notes }: Found, asked: Asked): JudgedCommit {
  for (const one of written) {
    if (notes.has(id) && isNote(one.path)) continue
    const decision = isHostile(one.path)
      ? denied('git itself takes no such path')
      : asked.file(one.path, one.action)
    if (decision.effect !== 'allow') return { id, refusal: { decision, written: one, commit: id } }
  }
  return { id }
}

/** A path that leads elsewhere, or into git's own folder. */
function isHostile(path: string): boolean {
  return path.split('/').some((name) => name === '' || name === '.' || name === '..' || /^\.git$/i.test(name))
}

/** An object's id, in folders by its first letters. */
function isNote(path: string): boolean {
  return isId(path.replaceAll('/', ''))
}

function spread(
  commits: readonly NewCommit[],
  own: ReadonlyMap<string, Refusal>,
): ReadonlyMap<string, Refusal> {
  const all = new Map(own)
  for (const { id, parents } of commits) {
    const inherited = parents.map((parent) => all.get(parent)).find((refusal) => refusal !== undefined)
    if (inherited !== undefined) all.set(id, inherited)
  }
  return all
}

function judgeRefs(history: History, asked: Asked): readonly JudgedRef[] {
  const { before, after } = history
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  const changed = names.filter((name) => before.get(name) !== after.get(name) && !isPutAway(name, before))
  const judged = changed.map((name) => judgeRef(name, history, asked))
  const gone = displaced(judged, after)
  return [...judged.filter(({ name }) => !gone.some((one) => one.name === name)), ...gone]
}

function judgeRef(name: string, history: History, asked: Asked): JudgedRef {
  const { before, after } = history
  const [was, is] = [before.get(name), after.get(name)]
  const self = { name, from: resolveRef(was, before), to: resolveRef(is, after) }
  const refusal = refuseValue(self, is, history) ?? refuseAct(self, is, { history, asked })
  const keep = history.kinds.has(self.to ?? '') ? self.to : undefined
  if (refusal !== undefined) return { ...self, refusal, keep, value: was }
  const broken = self.to === undefined ? undefined : history.refusals.get(commitOf(self.to, history))
  if (broken === undefined) return self
  const good = name.startsWith('refs/heads/')
    ? lastGood(commitOf(self.to ?? '', history), history)
    : undefined
  return { ...self, refusal: broken, keep, value: good ?? was }
}

type Self = Pick<JudgedRef, 'name' | 'from' | 'to'>

function refuseValue(
  { name, to }: Self,
  value: string | undefined,
  { kinds, before }: History,
): Refusal | undefined {
  if (ownNames.test(name)) return { decision: denied('this name is not for a run to use') }
  if (value === undefined) return undefined
  if (hides(name, before))
    return { decision: denied('git would take it for another name that was there before') }
  if (!isRefName(name)) return { decision: denied('git takes no such name') }
  if (to === undefined) return isUnborn(value) ? undefined : { decision: denied('it names nothing') }
  const kind = kinds.get(to)
  if (kind === undefined) return { decision: denied('it names something that is not there') }
  if (/^refs\/(?:heads|tags)\//.test(name) && !isId(value))
    return { decision: denied('it stands for another name') }
  return kind.type === 'commit'
    ? undefined
    : { decision: denied('it names no commit, so no rule can be asked about it') }
}

/** A replaced object changes what every commit says; what oos put away is not brought back by its own hand. */
const ownNames = /^refs\/(?:replace|oos)\//

/** Where a short name could mean several, git takes the first of these. */
const lookups = ['refs/', 'refs/tags/', 'refs/heads/', 'refs/remotes/']

/** Whether a new name is taken for one of before: `refs/main` or a tag `main` for the branch, a branch for a remote. */
function hides(name: string, before: ReadonlyMap<string, string>): boolean {
  if (before.has(name)) return false
  return lookups.some((first, index) => {
    if (!name.startsWith(first)) return false
    const short = name.slice(first.length)
    const later = lookups.slice(index + 1).map((other) => other + short)
    return [...later, `refs/remotes/${short}/HEAD`].some((other) => before.has(other))
  })
}

/** A name for a branch that has no commit yet. */
function isUnborn(value: string): boolean {
  return targetOf(value) !== undefined
}

function refuseAct(
  { name, to }: Self,
  value: string | undefined,
  { history, asked }: { history: History; asked: Asked },
): Refusal | undefined {
  const [, space, target = ''] = /^refs\/(heads|tags)\/(.*)$/s.exec(name) ?? []
  if (space === undefined) return undefined
  if (value === undefined) return refuse('delete', target, asked)
  if (space === 'tags') return refuse('tag', target, asked)
  // A new name for what was there already is no commit.
  const isNew = history.before.has(name) || (to !== undefined && history.byId.has(commitOf(to, history)))
  return isNew ? refuse('commit', target, asked) : undefined
}

function refuse(action: 'commit' | 'delete' | 'tag', target: string, asked: Asked): Refusal | undefined {
  const decision = asked.git(action, target)
  return decision.effect === 'allow' ? undefined : { decision, act: `git:${target}:${action}` }
}

const commitOf = (id: string, { kinds }: Found) => kinds.get(id)?.id ?? id

/** The newest commit of the run's own, along the first parents, that nothing bad stands behind. */
function lastGood(id: string, { byId, refusals }: History): string | undefined {
  let at = byId.get(id)
  while (at !== undefined && refusals.has(at.id)) at = byId.get(at.parents[0] ?? '')
  return at?.id
}

/** A name cannot be a folder of names as well: what came to stand in the way of what is put back has to go. */
function displaced(judged: readonly JudgedRef[], after: ReadonlyMap<string, string>): readonly JudgedRef[] {
  const back = judged.filter(({ value }) => value !== undefined).map(({ name }) => name)
  const known = new Set(judged.filter(({ refusal }) => refusal).map(({ name }) => name))
  return [...after].flatMap(([name, value]): JudgedRef[] => {
    const stands = back.some((other) => name.startsWith(`${other}/`) || other.startsWith(`${name}/`))
    if (!stands || known.has(name)) return []
    const to = resolveRef(value, after)
    return [
      {
        name,
        from: undefined,
        to,
        keep: to,
        refusal: { decision: denied('it stands where another name was') },
        value: undefined,
      },
    ]
  })
}

/** HEAD follows its branch. By itself it changes where no branch is checked out, or where its branch is taken away. */
function judgeHead(
  head: FoundHead,
  refs: readonly JudgedRef[],
  { history, asked }: { history: History; asked: Asked },
): readonly JudgedRef[] {
  if (!isMoved(head)) return []
  const to = resolveRef(head.after, history.after)
  const branch = head.after === undefined ? undefined : targetOf(head.after)
  const isGone = refs.some(
    ({ name, refusal, value }) => name === branch && refusal !== undefined && value === undefined,
  )
  if (isGone) return [headBack(head, history, 'its branch was taken away')]
  if (branch?.startsWith('refs/heads/')) return []
  if (branch !== undefined || to === undefined || history.kinds.get(to)?.type !== 'commit')
    return [headBack(head, history, 'it names neither a branch nor a commit')]
  const refusal = history.byId.has(to) ? refuse('commit', history.rebased ?? anyBranch, asked) : undefined
  if (refusal !== undefined) return [{ ...headBack(head, history, ''), refusal }]
  const broken = history.refusals.get(to)
  if (broken === undefined) return []
  return [{ ...headBack(head, history, ''), refusal: broken, value: lastGood(to, history) ?? head.before }]
}

function headBack(
  { gitDir, ...head }: FoundHead,
  { before, after, kinds }: Pick<Found, 'before' | 'after'> & { readonly kinds?: Found['kinds'] },
  words: string,
): JudgedRef {
  const [from, to] = [resolveRef(head.before, before), resolveRef(head.after, after)]
  const keep = kinds === undefined || kinds.has(to ?? '') ? to : undefined
  return { name: 'HEAD', gitDir, from, to, keep, refusal: { decision: denied(words) }, value: head.before }
}

function denied(text: string): Decision {
  return { effect: 'deny', reasons: [{ kind: 'no-allow', text }], constraints: {} }
}
