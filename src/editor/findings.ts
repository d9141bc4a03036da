import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Analyzed } from '../ops/check/findings.ts'
import type { Diagnostic } from '../shared/diagnostics.ts'
import { packageRoot } from '../shared/package.ts'

/** Looks at what the rules mean, besides everything else. What it returns calls that off. */
export type FindFindings = (
  input: Analyzed,
  found: (findings: readonly Diagnostic[] | Error) => void,
) => () => void

/** More than any analysis needs: its steps are counted. */
const mostMs = 20_000
const mostMemoryMb = 512

export const findFindings: FindFindings = ({ rules, agents, holes, root, home }, found) => {
  const worker = new Worker(workerPath(), {
    workerData: { rules, agents, holes, root, home },
    resourceLimits: { maxOldGenerationSizeMb: mostMemoryMb },
    // Nothing of it may come between the messages to the editor.
    stdout: true,
    stderr: true,
  })
  let isOver = false
  const end = (findings?: readonly Diagnostic[] | Error) => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    worker.terminate()
    if (findings !== undefined) found(findings)
  }
  const timer = setTimeout(() => end(new Error('it takes too long')), mostMs)
  worker.once('message', end).once('error', end)
  return () => end()
}

function workerPath(): string {
  const checkout = import.meta.filename.endsWith('.ts')
  return join(packageRoot, checkout ? 'src/editor/findings-worker.ts' : 'dist/editor/findings-worker.js')
}
