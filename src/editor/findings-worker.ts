// A thread of its own: what rules mean can take longer to find out than a person takes for the next key.
import { parentPort, workerData } from 'node:worker_threads'
import { readFindings } from '../ops/findings.ts'

parentPort?.postMessage(readFindings(workerData as Parameters<typeof readFindings>[0]))
