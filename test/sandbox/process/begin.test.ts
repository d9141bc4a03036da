import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { statOf } from '../../../src/sandbox/look.ts'
import { runSandbox } from '../../../src/sandbox/run.ts'
import { bareLaunch } from './bare.ts'

const folder = mkdtempSync(join(tmpdir(), 'oos-begin-'))
const begun = join(folder, 'begun')
afterEach(() => rmSync(begun, { force: true }))

function start(mayBegin: Promise<void>) {
  return runSandbox(bareLaunch(['touch', begun], { folder }), { machine: {}, stdin: 'ignore', mayBegin })
}

it('a command begins when it may', async () => {
  const { ended } = start(Promise.resolve())
  expect((await ended).exitCode).toBe(0)
  expect(existsSync(begun)).toBe(true)
})

it('a command whose record could not be opened never begins', async () => {
  const refused = Promise.withResolvers<void>()
  refused.promise.catch(() => undefined)
  const { ended } = start(refused.promise)
  refused.reject(new Error('no record'))
  await expect(ended).rejects.toThrow('no record')
  expect(existsSync(begun)).toBe(false)
})

it('what a command printed is passed on before it is told that its run broke off', async () => {
  const broken = Promise.withResolvers<never>()
  const told: string[] = []
  const sink = async () => {
    broken.reject(new Error('no tracer'))
    while (statOf(`/proc/${run.pid}`) !== undefined) await new Promise(setImmediate)
    for (let turns = 0; turns < 100; turns += 1) await new Promise(setImmediate)
    told.push('passed on')
  }
  const tracer = { words: [], begin: () => {}, broken: broken.promise }
  const command = ['sh', '-c', 'echo said; exec sleep 60']
  const run = runSandbox(bareLaunch(command), { machine: {}, stdin: 'ignore', sink, tracer })
  await run.ended.catch(({ message }) => told.push(message))
  expect(told).toEqual(['passed on', 'no tracer'])
})
