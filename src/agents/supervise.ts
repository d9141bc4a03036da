import { keepRecordOut } from '../ops/project/keep-record-out.ts'
import { tellEmptied } from '../ops/project/record.ts'
import { tellNested } from '../ops/project/root.ts'
import { makeCachePoints } from '../sandbox/home.ts'
import { makeLooks } from '../sandbox/stand-ins.ts'
import { accessAt } from '../sandbox/tree/access-at.ts'
import { OosError } from '../shared/errors.ts'
import { packageRoot } from '../shared/package.ts'
import { authorize } from './authorize.ts'
import { confine } from './confine.ts'
import { agreeToSpecs } from './consent.ts'
import { openTrace, type RunTrace } from './learn/trace.ts'
import { prepareNetwork } from './network.ts'
import { compiledFolder } from './own-rules.ts'
import { intendRun, type PreparedRun, prepareRun, type RunIntent, type RunRequest } from './prepare.ts'
import { recordRefusal } from './recorder.ts'
import { settleUnchecked } from './repositories/watch.ts'
import { openRunFolders } from './run-folders.ts'
import type { RunVoice } from './voice.ts'

/** From what a person typed to the end of the run: decides, asks, plans, starts, records. Returns the exit code of oos. */
export async function superviseRun(request: RunRequest, voice: RunVoice): Promise<number> {
  const meant = await intendRun(request)
  voice.warn(meant.project.diagnostics)
  noteNested(meant, voice)
  const agreed = await agreeToSpecs(meant, voice)
  if (request.learn) await tellLearning(voice)
  await keepRecordOut(agreed.project)
  const emptied = tellEmptied(agreed.project)
  if (emptied !== undefined) voice.note(`${emptied}; this run begins a new one`)
  const intent = await authorize(agreed, voice).catch((error) => {
    if (isNo(error)) writeDown(agreed, error.code === 'denied' ? 'no' : undefined, voice)
    throw error
  })
  const ghosts = openRunFolders(intent.project, intent.folders)
  try {
    await settleUnchecked(intent, voice)
    const prepared = await prepareRun(intent)
    refuseUnheld(prepared, voice)
    noteReach(prepared, voice)
    ghosts.remember(prepared.plan)
    makeCachePoints(prepared.folders.cache, prepared.plan.mounts)
    makeLooks(prepared.plan.mounts)
    return await withTrace(prepared, voice)
  } finally {
    ghosts.leave()
  }
}

/** Whoever relies on the rules of the whole repository should not find out later. */
export function noteNested({ project }: Pick<RunIntent, 'project'>, { note }: Pick<RunVoice, 'note'>): void {
  const nested = tellNested(project)
  if (nested !== undefined) note(nested)
}

async function tellLearning({ note }: Pick<RunVoice, 'note'>): Promise<void> {
  const { learnNotice } = await import('./learn/learning.ts')
  note(learnNotice)
}

function isNo(error: unknown): error is OosError {
  return error instanceof OosError && (error.code === 'denied' || error.code === 'unasked')
}

/** The no stands, whether it can be written down or not. */
function writeDown(refused: RunIntent, said: 'no' | undefined, { note }: Pick<RunVoice, 'note'>): void {
  try {
    recordRefusal(refused, refused.decision.effect === 'ask' ? said : undefined)
  } catch (error) {
    note(`this could not be written down: ${error instanceof Error ? error.message : error}`)
  }
}

async function withTrace(prepared: PreparedRun, voice: RunVoice): Promise<number> {
  const trace = await openTrace(prepared)
  try {
    return await withNetwork(prepared, voice, trace)
  } finally {
    trace?.tracer.close()
  }
}

/** What the person starts next, outside of any sandbox: oos as a project's dependency, or the Node that it runs on. */
function noteReach({ tree, request }: PreparedRun, { note }: RunVoice): void {
  const isOpen = (path: string) => accessAt(tree.entries, path) === 'write'
  if ([packageRoot, process.execPath].some(isOpen))
    note('a run here can change oos itself: install it outside of the project')
  const compiled = compiledFolder(request.env)
  if (compiled !== undefined && isOpen(compiled))
    note('a run here can change oos itself: NODE_COMPILE_CACHE names a folder that it may write')
}

async function withNetwork(
  prepared: PreparedRun,
  voice: RunVoice,
  trace: RunTrace | undefined,
): Promise<number> {
  const network = prepareNetwork(prepared)
  try {
    return await confine(prepared, voice, { network, trace })
  } finally {
    await network.close()
  }
}

/** A rule that says no and cannot be held here stops the run; the others are listed, and with `--strict` stop it too. */
function refuseUnheld({ plan, request }: PreparedRun, voice: RunVoice): void {
  if (plan.unheld.length === 0) return
  const first =
    plan.unheld.find(({ refuse }) => refuse) ?? (request.strict === true ? plan.unheld[0] : undefined)
  const others = plan.unheld.filter((each) => each !== first)
  if (others.length > 0) voice.showUnheld(others)
  if (first === undefined) return
  throw new OosError('rule-unheld', `this machine cannot hold ${first.rule.source.text}: ${first.missing}`, {
    place: first.rule.source,
    hint: first.hint ?? (first.refuse ? 'oos doctor' : 'leave out --strict to run all the same'),
  })
}
