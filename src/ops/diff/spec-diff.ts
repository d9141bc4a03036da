import { join } from 'node:path'
import { familiarTargets } from '../../policy/analysis/familiar.ts'
import { compilePolicy, type Policy } from '../../policy/compile.ts'
import { type Difference, differenceOf, isWidening } from '../../policy/difference/difference.ts'
import { type TermChange, termDifference } from '../../policy/difference/terms.ts'
import { OosError } from '../../shared/errors.ts'
import { packageRoot } from '../../shared/package.ts'
import { createParser, parseSources } from '../../spec/parse.ts'
import { readSources } from '../../spec/read.ts'
import { isProjectSource } from '../../spec/source.ts'
import type { AgentDefinition, SpecSource } from '../../spec/types.ts'
import { findProjectRoot, readHome } from '../project/root.ts'
import {
  findHead,
  mergeBase,
  readRevision,
  readStagedSpecs,
  resolveCommit,
  trackedFiles,
} from './revision.ts'

export interface SpecDifference extends Difference {
  readonly root: string
  readonly home: string
  /** As shown to people. */
  readonly from: string
  readonly to: string
  readonly terms: readonly TermChange[]
  readonly widens: boolean
}

export interface SpecDiffOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** `REV` against the working tree, `REV..REV`, or `REV...REV` from where they parted; HEAD if left out. */
  readonly range?: string
  /** HEAD against what is staged; before the first commit, nothing against it. */
  readonly staged?: boolean
  /** ms since 1970. */
  readonly now: number
}

/** What the project's specs mean at two moments. The user's own specs and the packs are as they are now, on both sides. */
export function readSpecDifference({
  cwd,
  env,
  range = 'HEAD',
  staged = false,
  now,
}: SpecDiffOptions): SpecDifference {
  const home = readHome(env)
  const root = findProjectRoot(cwd, home)
  const shared = readSources({ home, packs: join(packageRoot, 'specs') })
  const { from, to } = staged ? { from: findHead(root) ?? noCommit, to: theIndex } : readRange(root, range)
  const base: Base = { root, home, now, shared: shared.sources, parse: createParser() }
  const side = (revision: string | undefined) => readSide(base, revision)
  return { ...compareMeaning(side(from), side(to)), from: shownAs(from), to: shownAs(to) }
}

/** What the second side's rules mean that the first's do not, for every agent of either. */
export function compareMeaning(before: Side, after: Side): Omit<SpecDifference, 'from' | 'to'> {
  const { root, home } = after.policy
  const agents = [...new Set(['command', ...[...before.agents, ...after.agents].map(({ name }) => name)])]
  const familiar = familiarTargets({ root, home }, trackedFiles(root, mostFiles))
  const difference = differenceOf(before.policy, after.policy, { agents, familiar })
  const terms = termDifference(before.policy, after.policy, agents)
  const widens = isWidening(difference) || terms.some((term) => term.widens)
  return { ...difference, root, home, terms, widens }
}

const mostFiles = 200

/** No commit is called so. */
const theIndex = ':'
const noCommit = ''

interface Range {
  /** Full ids; nothing for the working tree. */
  readonly from: string
  readonly to?: string
}

function readRange(root: string, range: string): Range {
  const [, one = range, dots, other = ''] = /^(.*?)(\.{2,3})(?!\.)(.*)$/s.exec(range) ?? []
  const from = resolveCommit(root, one || 'HEAD')
  if (dots === undefined) return { from }
  const to = resolveCommit(root, other || 'HEAD')
  return { from: dots === '...' ? mergeBase(root, from, to) : from, to }
}

interface Base {
  readonly root: string
  readonly home: string
  readonly now: number
  readonly shared: readonly SpecSource[]
  readonly parse: ReturnType<typeof createParser>
}

export interface Side {
  readonly policy: Policy
  readonly agents: readonly AgentDefinition[]
}

function readSide({ root, home, now, shared, parse }: Base, revision: string | undefined): Side {
  const read =
    revision === undefined
      ? readWorkingTree(root, home)
      : { sources: readCommitted(root, revision), diagnostics: [] }
  const { rules, agents, diagnostics } = parseSources([...shared, ...read.sources], parse)
  const fault = [...read.diagnostics, ...diagnostics].find(({ severity }) => severity === 'error')
  if (fault === undefined) return { policy: compilePolicy({ rules, root, home, now }), agents }
  throw new OosError('spec-invalid', `the specs of ${shownAs(revision)} are wrong: ${fault.message}`, {
    place: fault.place,
    hint:
      revision === undefined
        ? 'oos spec check'
        : 'compare with a revision whose specs are right: oos spec diff REV',
  })
}

function readCommitted(root: string, revision: string): readonly SpecSource[] {
  if (revision === noCommit) return []
  return revision === theIndex ? readStagedSpecs(root) : readRevision(root, revision)
}

function readWorkingTree(root: string, home: string): ReturnType<typeof readSources> {
  const { sources, diagnostics } = readSources({ root, home, packs: join(packageRoot, 'specs') })
  return {
    sources: sources.filter(isProjectSource),
    diagnostics,
  }
}

function shownAs(revision: string | undefined): string {
  if (revision === theIndex) return 'what is staged'
  if (revision === noCommit) return 'no commit'
  return revision === undefined ? 'the working tree' : revision.slice(0, 12)
}
