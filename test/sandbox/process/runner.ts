import { writeSync } from 'node:fs'
import { passSignals } from '../../../src/agents/pass-signals.ts'
import type { RunOptions } from '../../../src/sandbox/launch.ts'
import { runSandbox } from '../../../src/sandbox/run.ts'
import { type BareOptions, bareLaunch } from './bare.ts'

/** What a test asks of an oos of its own; the end is written to descriptor 3, as JSON. */
export interface Job {
  readonly command: readonly string[]
  readonly bare?: BareOptions
  readonly options?: Partial<RunOptions>
}

const { command, bare = {}, options = {} } = JSON.parse(process.argv[2] ?? '') as Job
const run = runSandbox(bareLaunch(command, bare), { machine: { prlimit: '/usr/bin/prlimit' }, ...options })
const release = passSignals(run, bare.interactive ?? false)
const end = await run.ended.catch((error: Error) => ({ ...error, message: error.message, exitCode: 4 }))
release()
writeSync(3, JSON.stringify(end))
process.exitCode = end.exitCode
