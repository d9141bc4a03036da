import { changedSpecs } from '../ops/check/changed-specs.ts'
import { toBubblewrap } from '../sandbox/bubblewrap.ts'
import { findShut, openDown } from '../sandbox/held.ts'
import type { SandboxEnd } from '../sandbox/process/end.ts'
import { type RunningSandbox, runSandbox } from '../sandbox/run.ts'
import { exitCodes } from '../shared/errors.ts'
import type { OosEvent } from '../store/events.ts'
import { shortId } from '../store/ulid.ts'
import { type Changes, watchChanges } from './end/changes.ts'
import { tailErrors } from './end/error-tail.ts'
import { summarize } from './end/summarize.ts'
import { decisionEvent, limitEvents, networkEvent } from './events.ts'
import type { RunTrace } from './learn/trace.ts'
import type { RunNetwork } from './network.ts'
import { passSignals } from './pass-signals.ts'
import type { PreparedRun } from './prepare.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { type WatchedRepositories, watchRepositories } from './repositories/watch.ts'
import { tellOpened } from './repositories/whereabouts.ts'
import type { RunVoice } from './voice.ts'

/** Where the run's connections go through, and what sees its files, if anything does. */
export interface RunWays {
  readonly network: RunNetwork
  readonly trace: RunTrace | undefined
}

/** Starts the command, records what it does, and waits until nothing of it is left. Returns the exit code. */
export async function confine(
  prepared: PreparedRun,
  voice: RunVoice,
  { network, trace }: RunWays,
): Promise<number> {
  const { plan, machine, project } = prepared
  const { proxySocket } = network
  const { root } = project
  const shut = findShut(root, root)
  const errors = tailErrors()
  const ready = Promise.withResolvers<void>()
  const sandbox = runSandbox(
    { plan, ...toBubblewrap(plan, machine) },
    {
      machine,
      folder: root,
      mayBegin: ready.promise,
      ...errors.passing,
      ...(proxySocket === undefined ? {} : { proxySocket }),
      ...(trace === undefined ? {} : { tracer: trace.tracer }),
    },
  )
  // What fails before anyone waits for it is told to whoever waits later.
  for (const promise of [ready.promise, sandbox.ended]) promise.catch(() => undefined)
  // One turn of the event loop gives bubblewrap the end of its options: it works while the record is opened.
  await new Promise(setImmediate)
  const { recorder, changes, repositories } = await makeReady({ prepared, network }, sandbox, ready)
  try {
    let committed: readonly OosEvent[] = []
    const tell = (events: readonly OosEvent[]) => {
      // Said first: a record that takes nothing more throws, and what was put back a person has to hear.
      for (const event of events) {
        if (event.type === 'note' && event.level === 'warning') voice.note(event.text)
      }
      for (const event of events) recorder.append(event)
    }
    const end = await endOfRun(sandbox, recorder, { prepared, network }).catch(async (error) => {
      await settleUnrecorded(repositories, voice)
      throw error
    })
    // What is shut can be neither judged nor looked at, nor run in again.
    tell(openDown(root, root, shut).map(() => tellOpened("the project's folder")))
    try {
      // First what must not stay, whatever a look at the files runs into.
      committed = await repositories.settle()
      tell(committed)
      tell([...specEvents(prepared), ...((await trace?.events()) ?? []), ...changes.events()])
      // The tree is looked at once more, which most runs give no reason for.
      if (changes.mayClose()) tell(await (await import('./end/next-run.ts')).tellNext(prepared))
    } finally {
      // Whatever a look at what is left runs into, the run itself is over, and how it ended is known.
      recorder.finish(end)
    }
    voice.ended(summarize(prepared, { id: recorder.id, end, network: network.seen, errors: errors.text() }))
    if (end.outputLost !== undefined)
      voice.note(`not all that the command printed could be written: ${end.outputLost}`)
    if (trace !== undefined) voice.note(await keepLearnt(recorder))
    if (end.exitCode !== 0 || !committed.some(isPutBack)) return end.exitCode
    voice.note(`the command ended well, but what it did was put back: exit ${exitCodes.refused}`)
    return exitCodes.refused
  } finally {
    recorder.close()
  }
}

async function keepLearnt(recorder: Recorder): Promise<string> {
  const id = shortId(recorder.id)
  return recorder.keepLearnt().then(
    () => `what it used can be made into rules: oos learn ${id}`,
    () => `what run ${id} learnt is lost: nothing can be kept in your state folder (XDG_STATE_HOME)`,
  )
}

function isPutBack(event: OosEvent): boolean {
  return (
    (event.type === 'git.ref' || event.type === 'git.commit' || event.type === 'git.staged') &&
    event.effect !== 'allow'
  )
}

/** The record could not be written any more: what the run committed is judged all the same. */
async function settleUnrecorded(repositories: WatchedRepositories, voice: RunVoice): Promise<void> {
  for (const event of await repositories.settle()) if (event.type === 'note') voice.note(event.text)
}

/** The run went by the rules as they were read: nobody should think that an edit already held. */
function specEvents({ project }: PreparedRun): readonly OosEvent[] {
  const changed = changedSpecs(project)
  if (changed.length === 0) return []
  const text = `the specs changed while this ran: ${changed.join(', ')}; this run kept to the rules as they were, the next one goes by the new ones`
  return [{ type: 'note', level: 'warning', text }]
}

/**
 * The command waits for it: nothing runs that is not written down or before its way out is watched, and a record that
 * cannot be written stops what has not begun.
 */
async function makeReady(
  { prepared, network }: Confined,
  sandbox: RunningSandbox,
  ready: PromiseWithResolvers<void>,
): Promise<{
  readonly recorder: Recorder
  readonly changes: Changes
  readonly repositories: WatchedRepositories
}> {
  let recorder: Recorder | undefined
  try {
    await network.open()
    const changes = watchChanges(prepared)
    recorder = createRecorder(prepared)
    recorder.append(decisionEvent(prepared.asked, prepared.decision, prepared.answer))
    recorder.append({ type: 'run.started', ...(sandbox.pid === undefined ? {} : { pid: sandbox.pid }) })
    // Last: what a person commits after a run that did not begin is none of it.
    const repositories = watchRepositories(prepared, recorder.id)
    ready.resolve()
    return { recorder, changes, repositories }
  } catch (error) {
    ready.reject(error)
    sandbox.stop('stopped', 'SIGKILL')
    await sandbox.ended.catch(() => undefined)
    recorder?.close()
    throw error
  }
}

interface Confined {
  readonly prepared: PreparedRun
  readonly network: RunNetwork
}

async function endOfRun(
  sandbox: RunningSandbox,
  recorder: Recorder,
  { prepared, network }: Confined,
): Promise<SandboxEnd> {
  const { plan } = prepared
  let broken: unknown
  network.listen((event) => {
    try {
      recorder.append(networkEvent(event))
    } catch (error) {
      // A full disk stops the run rather than the record.
      broken ??= error
      sandbox.stop('stopped', 'SIGKILL')
      throw error
    }
  })
  const stopPassing = passSignals(sandbox, plan.interactive)
  try {
    const end = await sandbox.ended
    await network.close()
    if (broken !== undefined) throw broken
    for (const event of limitEvents(end, plan.limits)) recorder.append(event)
    return end
  } catch (error) {
    if (broken === undefined) recorder.finish(undefined)
    throw error
  } finally {
    stopPassing()
  }
}
