import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
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
