import { existsSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { OosError } from '../../shared/errors.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import type { EventOf, RuleReference } from '../../store/events.ts'
import type { Run } from '../../store/fold.ts'
import type { Store } from '../../store/store.ts'
import { findRepository } from '../commits/find-repository.ts'
import { readProject } from '../project/project.ts'
import { readRecord } from '../project/record.ts'
import {
  type CommitFacts,
  findCommit,
  type LineFacts,
  readCommit,
  readFilesOf,
  readLine,
  readTimeBefore,
} from './commit.ts'

/** A run behind a commit, and how that is known. */
export interface RunBehind {
  readonly run: Run
  /** `recorded`: the check at the end of the run saw it make this commit. `claimed`: only the commit's message says so. */
  readonly known: 'recorded' | 'claimed'
  /** Of that many runs at once the check saw the commit come to be: any one of them made it. */
  readonly among?: number
  /** What the check said of it. */
  readonly verdict?: EventOf<'git.commit'>
  /** The message names another policy than the run had. */
  readonly otherPolicy?: string
  /** What let the run do what it did, each rule once; an Ask among them had a person's yes. */
  readonly decisions: readonly DecisionBehind[]
}

export interface DecisionBehind {
  readonly request: string
  readonly effect: 'allow' | 'ask' | 'deny'
  readonly rule?: RuleReference
}

export interface Why {
  readonly line?: LineFacts
  /** None for a line that is in no commit yet. */
  readonly commit?: CommitFacts
  readonly runs: readonly RunBehind[]
  /** Runs that the message names and the record does not have. */
  readonly unknown: readonly string[]
  /** Where no run made the commit, or there is none yet: runs that left the file other than they found it, the newest first. */
  readonly changedBy: readonly Run[]
}

export interface WhyOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** `HEAD`, an id, a branch; or `src/index.ts:12`. */
  readonly what: string
}

/** Which run made a commit or a line, by whose order, under which rules: as far as the record knows. */
export async function readWhy({ cwd, env, what }: WhyOptions): Promise<Why> {
  const line = lineOf(cwd, what)
  const commit =
    line === undefined
      ? readNamedCommit(cwd, what)
      : line.commit === undefined
        ? undefined
        : readCommit(cwd, line.commit)
  const project = await readProject({ cwd, env })
  const store = readRecord(project)
  const made =
    store === undefined || commit === undefined
      ? { runs: [], unknown: commit?.claims.map(({ run }) => run) ?? [] }
      : readRuns(store, commit)
  const isMade = made.runs.length + made.unknown.length > 0
  const changedBy =
    store === undefined || isMade ? [] : changers(store, { cwd, root: project.root, line, commit })
  store?.close()
  return { ...(line && { line }), ...(commit && { commit }), ...made, changedBy }
}

const linePattern = /^(.+):(\d{1,9})$/

function lineOf(cwd: string, what: string): LineFacts | undefined {
  const [, file, line] = linePattern.exec(what) ?? []
  if (file === undefined || !existsSync(resolve(cwd, file))) return undefined
  if (Number(line) > 0) return readLine(cwd, file, Number(line))
  throw new OosError('usage', 'lines begin at 1', { hint: `oos why ${quoteWord(`${file}:1`)}` })
}

/** A commit, or else what the person may have meant: a line of a file, said by half. */
function readNamedCommit(cwd: string, what: string): CommitFacts {
  const commit = findCommit(cwd, what)
  if (commit !== undefined) return commit
  const [, file] = linePattern.exec(what) ?? []
  if (file !== undefined)
    throw new OosError('usage', `there is no file \`${file}\``, { hint: 'oos why src/index.ts:12' })
  const entry = statSync(resolve(cwd, what), { throwIfNoEntry: false })
  if (entry?.isFile())
    throw new OosError('usage', `\`${what}\` is a file and no commit: name a line of it`, {
      hint: `oos why ${quoteWord(`${what}:1`)}`,
    })
  if (entry?.isDirectory())
    throw new OosError('usage', `\`${what}\` is a folder and no commit: name a line of a file in it`, {
      hint: 'oos why src/index.ts:12',
    })
  throw new OosError('usage', `there is no commit \`${what}\``, {
    hint: 'oos why HEAD, or oos why src/index.ts:12',
  })
}

function readRuns(store: Store, { id, claims }: CommitFacts): Pick<Why, 'runs' | 'unknown'> {
  const recorded = store.findEvents('git.commit', { commit: id })
  const claimed = claims.map((claim) => ({ ...claim, found: findRun(store, claim.run) }))
  const policyOf = (run: Run) => claims.find((claim) => claim.run === run.id)?.policy
  const isNamed = ({ run }: { run: Run }) => claims.some((claim) => claim.run === run.id)
  const namedFirst = [...recorded.filter(isNamed), ...recorded.filter((one) => !isNamed(one))]
  const among = recorded.length > 1 ? { among: recorded.length } : {}
  const runs = [
    ...namedFirst.map(({ run, event }) => ({ run, known: 'recorded' as const, verdict: event, ...among })),
    ...claimed.flatMap(({ found }) =>
      found === undefined || recorded.some(({ run }) => run.id === found.id)
        ? []
        : [{ run: found, known: 'claimed' as const }],
    ),
  ]
  return {
    runs: runs.map((one) => {
      const policy = policyOf(one.run)
      const other = policy === undefined || policy === one.run.policy ? {} : { otherPolicy: policy }
      return { ...one, ...other, decisions: decisionsOf(store, one.run) }
    }),
    unknown: claimed.filter(({ found }) => found === undefined).map(({ run }) => run),
  }
}

/** By its whole id: any ending of one would do for `getRun`. */
function findRun(store: Store, id: string): Run | undefined {
  if (!/^[0-9A-Z]{26}$/.test(id)) return undefined
  try {
    return store.getRun(id)
  } catch {
    return undefined
  }
}

const mostDecisions = 100

function decisionsOf(store: Store, run: Run): readonly DecisionBehind[] {
  const decisions = store.events(run.id, { limit: mostDecisions }).flatMap((event): DecisionBehind[] => {
    if (event.type !== 'decision' || event.effect === 'deny') return []
    const request =
      event.resource === 'shell'
        ? `shell:${event.target}`
        : `${event.resource}:${event.target}:${event.action}`
    return [{ request, effect: event.effect, ...(event.rule && { rule: event.rule }) }]
  })
  return [
    ...new Map(decisions.map((one) => [`${one.rule?.file}:${one.rule?.line} ${one.request}`, one])).values(),
  ]
}

interface Changed {
  readonly cwd: string
  readonly root: string
  readonly line: LineFacts | undefined
  readonly commit: CommitFacts | undefined
}

const mostFiles = 20
const mostRuns = 5

/** What a person commits, a run may have written: since the file was committed before, and before it was again. */
function changers(store: Store, { cwd, root, line, commit }: Changed): readonly Run[] {
  const { top } = findRepository(cwd)
  const files = line === undefined ? (commit ? readFilesOf(cwd, commit.id) : []) : [line.file]
  const runs = files.slice(0, mostFiles).flatMap((file) => {
    const path = relative(root, join(top, file))
    const since = commit === undefined ? 0 : readTimeBefore(cwd, commit.id, file)
    const isBetween = ({ createdAt, endedAt }: Run) =>
      commit === undefined || (createdAt <= commit.at + 1000 && (endedAt ?? createdAt) >= since)
    return store
      .findEvents('file.changed', { path })
      .map(({ run }) => run)
      .filter(isBetween)
  })
  const each = [...new Map(runs.map((run) => [run.id, run])).values()]
  return each.sort((a, b) => b.createdAt - a.createdAt).slice(0, mostRuns)
}
