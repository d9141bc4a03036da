import { writeFileSync, writeSync } from 'node:fs'
import { passSignals } from '../../../src/agents/pass-signals.ts'
import { readStrace } from '../../../src/sandbox/facts.ts'
import type { RunOptions } from '../../../src/sandbox/process/launch.ts'
import { runSandbox } from '../../../src/sandbox/run.ts'
import { requireStrace } from '../../../src/sandbox/trace/strace.ts'
import { openTracer } from '../../../src/sandbox/trace/tracer.ts'
import { type BareOptions, bareLaunch } from './bare.ts'

/** What a test asks of an oos of its own; the end is written to descriptor 3, as JSON. */
export interface Job {
  readonly command: readonly string[]
  readonly bare?: BareOptions
  readonly options?: Partial<RunOptions>
  /** The folder of its trace, which is then written to descriptor 4, as JSON. */
  readonly traced?: string
}

const { command, bare = {}, options = {}, traced } = JSON.parse(process.argv[2] ?? '') as Job
const tracer =
  traced === undefined ? undefined : openTracer(requireStrace(readStrace({}, '/nowhere')), traced)
const run = runSandbox(bareLaunch(command, bare), {
  machine: { prlimit: '/usr/bin/prlimit' },
  ...options,
  ...(tracer === undefined ? {} : { tracer }),
})
const release = passSignals(run, bare.interactive ?? false)
const end = await run.ended.catch((error: Error) => ({ ...error, message: error.message, exitCode: 4 }))
release()
if (tracer !== undefined) writeFileSync(4, JSON.stringify(await tracer.end()))
tracer?.close()
const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
writeSync(3, JSON.stringify({ ...end, timers }))
process.exitCode = end.exitCode
