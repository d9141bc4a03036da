import { basename, dirname, relative } from 'node:path'
import { requestHere } from '../../ops/request-here.ts'
import { printCode } from '../../policy/capability/print-code.ts'
import { decide } from '../../policy/decide.ts'
import { otherPorts } from '../../policy/explain/other-ports.ts'
import { allowInPlain } from '../../policy/explain/plain-http.ts'
import { capabilityOf } from '../../policy/request/capability.ts'
import { rulePlace } from '../../policy/rule-place.ts'
import { readGitPointer } from '../../sandbox/git/pointer.ts'
import { statOf } from '../../sandbox/look.ts'
import { unnamedAddress } from '../../sandbox/network/address.ts'
import type { NetworkEvent } from '../../sandbox/network/event.ts'
import type { SandboxEnd } from '../../sandbox/process/end.ts'
import { nearest } from '../../sandbox/tree/access-at.ts'
import type { Mount, TreeEntry } from '../../sandbox/types.ts'
import { isBelow, isWithin } from '../../shared/within.ts'
import type { PreparedRun } from '../prepare.ts'
import type { RunSummary } from '../voice.ts'
import { type Cause, type CauseInput, type Denial, likelyCauses } from './causes.ts'
import { foldersOfCommand, pathsOfCommand } from './command-words.ts'

export interface RunFacts {
  readonly id: string
  readonly end: SandboxEnd
  readonly network: readonly NetworkEvent[]
  /** The end of the command's stderr, where it passed through oos. */
  readonly errors: string | undefined
}

/** What a person is told at the end: what was refused, and of a failure what may have caused it. */
export function summarize(prepared: PreparedRun, { id, end, network, errors }: RunFacts): RunSummary {
  const refused = network.filter(({ effect }) => effect !== 'allow')
  const failed = end.endedBy === 'exit' ? end.code !== 0 : end.endedBy !== 'interrupted'
  const found = causesOf(prepared, refused, failed ? saidBy(prepared, errors) : quiet)
  const stand = { root: prepared.policy.root, cwd: prepared.asked.cwd }
  const causes = found.map((cause) => ({ ...cause, request: requestHere(cause.request, stand) }))
  return { id, end, denied: refused.length, causes, unreached: unreached(network) }
}

type Said = Pick<CauseInput, 'errors' | 'typed' | 'repositoryless'>

const quiet: Said = { errors: '', typed: [], repositoryless: false }

function saidBy({ asked, policy }: PreparedRun, errors: string | undefined): Said {
  if (errors !== undefined) return { errors, typed: [], repositoryless: /not a git repository/i.test(errors) }
  const [program = ''] = asked.words
  return { errors: '', typed: pathsOfCommand(asked, policy), repositoryless: basename(program) === 'git' }
}

function causesOf(prepared: PreparedRun, refused: readonly NetworkEvent[], said: Said): readonly Cause[] {
  const { policy, asked } = prepared
  const { agent, cwd } = asked
  const print = (target: string) => capabilityOf({ resource: 'file', action: '', target }, policy).pattern
  return likelyCauses({
    ...said,
    denials: refused.map((event) => denial(event, prepared)),
    cwd,
    folders: () => foldersOfCommand(asked, policy),
    root: policy.root,
    pointed: () => readGitPointer(policy.root)?.real,
    home: policy.home,
    decideFile: (path, action) => decide(policy, { resource: 'file', action, target: path, agent }),
    decideHost: (host) => decide(policy, { resource: 'http', action: 'request', target: host, agent }),
    print: (path) => ({ path: print(path), below: path === policy.root ? '**' : `${print(path)}/**` }),
    ...placesOf(prepared),
  })
}

/** As the places were before the run: until its traces are gone, what it stood in for lies there on the host. */
function placesOf({
  plan,
  tree,
  project,
}: PreparedRun): Pick<CauseInput, 'exists' | 'isFolder' | 'kept' | 'closed'> {
  const made = new Set([...plan.ghosts, ...plan.placeholders.map(({ path }) => path)])
  const absent = new Map(
    tree.entries.flatMap(({ path, kind, access, rule }) =>
      kind.startsWith('absent-') && access !== 'write' && rule?.effect === 'deny' ? [[path, rule]] : [],
    ),
  )
  const entries = new Map(tree.entries.map((entry) => [entry.path, entry]))
  return {
    closed: (path, action) => {
      const at = nearest(entries, path)
      const isClosed = at?.access === 'none' || (at?.access === 'read' && action === 'write')
      if (isClosed) return at.note?.replaceAll(`${project.root}/`, '')
      return action === 'write' ? holdingWords(path, plan.mounts, project.root) : undefined
    },
    exists: (path) => !made.has(path) && statOf(path) !== undefined && !isSeen(path, { plan, tree }),
    isFolder: (path) => statOf(path)?.isDirectory() === true,
    kept: (path) => {
      for (let at = path; at !== '/'; at = dirname(at)) {
        const rule = absent.get(at)
        if (rule !== undefined) return { path: at, rule }
      }
      return undefined
    },
  }
}

/** Of a folder that the rules open and that is mounted for what is closed in it. */
function holdingWords(path: string, mounts: readonly Mount[], root: string): string | undefined {
  if (!mounts.some((mount) => mount.kind === 'pin' && mount.path === path)) return undefined
  const inner = mounts.find((mount) => mount.kind !== 'pin' && isBelow(mount.path, path))
  if (inner === undefined) return undefined
  const by = inner.rule === undefined ? '' : ` by ${rulePlace(inner.rule.source)}`
  return `it can be neither moved nor removed, for ${printCode(relative(root, inner.path))} in it is closed${by}`
}

/** A place that each run has of its own, or a folder that is there for what is opened in it, is not what was missing. */
function isSeen(path: string, { plan, tree }: Pick<PreparedRun, 'plan' | 'tree'>): boolean {
  const isOwn = plan.mounts.some(
    ({ kind, path: own }) =>
      (kind === 'tmpfs' && path === own) || ((kind === 'dev' || kind === 'proc') && isWithin(path, own)),
  )
  const isPartly = ({ access, path: opened }: TreeEntry) =>
    access !== 'none' && opened.startsWith(path === '/' ? path : `${path}/`)
  return isOwn || tree.entries.some(isPartly)
}

/** What the rules allow and the network did not give. */
function unreached(network: readonly NetworkEvent[]): readonly string[] {
  const failed = network.flatMap(({ effect, host, port, error }) =>
    effect === 'allow' && error !== undefined ? [`${host}:${port} (${error})`] : [],
  )
  return [...new Set(failed)]
}

function denial(event: NetworkEvent, { policy, asked }: PreparedRun): Denial {
  const { host, port, action, method, effect, rule, error, unnamed } = event
  const at = port === 443 || port === 80 ? '' : `:${port}`
  const reasons = error === undefined ? [] : [{ kind: 'no-allow' as const, text: error }]
  const isTunnel = action === 'request' && method === undefined && rule === undefined && error === undefined
  const plain = isTunnel ? allowInPlain(policy, `${host}:${port}`, asked.agent) : undefined
  const isUnnamed = rule === undefined && plain === undefined && error === undefined
  const words = isUnnamed
    ? (otherPorts(policy, asked.agent)(`${host}:${port}`) ?? unnamedAddress(host))
    : undefined
  return {
    request: `http:${host}${at}:${action}`,
    decision: { effect, reasons, constraints: {}, ...(rule === undefined ? {} : { rule }) },
    ...(plain !== undefined && { plain }),
    ...(words !== undefined && { words }),
    ...(unnamed !== undefined && { opener: `http:${unnamed}${at}:request` }),
  }
}
