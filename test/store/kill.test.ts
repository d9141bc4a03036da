import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/store.ts'
import { scratchPath } from './scratch.ts'

const writer = fileURLToPath(new URL('../fixtures/store/writer.ts', import.meta.url))
const rounds = 20
type Writer = ChildProcessByStdio<null, Readable, null>

describe('a record whose writers are killed', () => {
  it('has everything that was acknowledged, is intact, and says that the runs are over', async () => {
    const path = scratchPath()
    const acknowledged = new Map<string, number>()
    for (let round = 0; round < rounds; round++) {
      const [first, second] = [startWriter(path), startWriter(path)]
      await Promise.all([
        killAfter(first, round * round, acknowledged),
        killAfter(second, round * 7, acknowledged),
      ])
    }
    expect(integrity(path)).toBe('ok')
    const store = openStore(path, { now: Date.now, env: {} })
    const runs = store.listRuns({ limit: 1000 })
    expect(runs.length).toBeGreaterThanOrEqual(acknowledged.size)
    for (const [id, seq] of acknowledged) expect(store.events(id).length).toBeGreaterThanOrEqual(seq)
    expect(store.settleDeadRuns().map(({ id }) => id)).toEqual(runs.map(({ id }) => id).reverse())
    expect(
      store.listRuns({ limit: 1000 }).every(({ state, endedBy }) => state === 'failed' && endedBy === 'lost'),
    ).toBe(true)
    expect(runs.flatMap(({ id }) => store.verifyRun(id).problems)).toEqual([])
    expect(store.settleDeadRuns()).toEqual([])
  }, 90_000)

  it('is whole when several make it at the same moment', async () => {
    const path = scratchPath()
    const writers = Array.from({ length: 4 }, () => startWriter(path, 20))
    const codes = await Promise.all(writers.map(exitCode))
    expect(codes).toEqual([0, 0, 0, 0])
    const store = openStore(path, { now: Date.now, env: {} })
    expect(store.listRuns().map(({ state, events }) => `${state} ${events}`)).toEqual(
      Array(4).fill('completed 22'),
    )
    expect(store.listRuns().every(({ id }) => store.verifyRun(id).ok)).toBe(true)
  })
})

function startWriter(path: string, count = 1_000_000) {
  return spawn(process.execPath, [writer, path, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** The pipe is read to its end, so that what was said just before the kill counts too. */
async function killAfter(child: Writer, lines: number, acknowledged: Map<string, number>): Promise<void> {
  const exit = once(child, 'exit')
  let seen = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const [id, seq] = line.split(' ')
    if (id && seq) acknowledged.set(id, Number(seq))
    if (seen++ === lines) child.kill('SIGKILL')
  }
  await exit
}

async function exitCode(child: Writer): Promise<unknown> {
  child.stdout.resume()
  const [code] = await once(child, 'exit')
  return code
}

function integrity(path: string): unknown {
  const db = new Database(path)
  const result = db.pragma('integrity_check', { simple: true })
  db.close()
  return result
}
