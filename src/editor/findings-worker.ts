// A thread of its own: what rules mean can take longer to find out than a person takes for the next key.
import { parentPort, workerData } from 'node:worker_threads'
import { readFindings } from '../ops/check/findings.ts'
import { readMisplaced } from '../ops/check/misplaced.ts'

const project = workerData as Parameters<typeof readFindings>[0]
parentPort?.postMessage([...readMisplaced(project), ...readFindings(project)])
