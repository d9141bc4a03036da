import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { statOf } from '../../../src/sandbox/look.ts'
import { readProcessTree } from '../../../src/sandbox/process/processes.ts'
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

it('a run that is stopped does not wait for leave to begin', async () => {
  const { ended, stop } = start(new Promise(() => {}))
  stop('stopped')
  expect(await ended).toMatchObject({ endedBy: 'stopped' })
})

const isAtGate = (pid: number) =>
  readProcessTree(pid).some(({ pid }) =>
    readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('/bin/sh\0-c\0echo >&3;'),
  )

it('a run that was asked to end never begins, whatever its gate makes of the signal', async () => {
  const leave = Promise.withResolvers<void>()
  const { pid = 0, ended, stop } = start(leave.promise)
  while (!isAtGate(pid)) await new Promise(setImmediate)
  // Until oos, too, has seen it there.
  for (let turns = 0; turns < 100; turns += 1) await new Promise(setImmediate)
  stop('stopped', 'SIGWINCH')
  leave.resolve()
  expect(await ended).toMatchObject({ endedBy: 'stopped' })
  expect(existsSync(begun)).toBe(false)
})

it('what stands at the gate is none of the project', async () => {
  const fake = join(folder, 'sh')
  writeFileSync(fake, `#!/bin/sh\ntouch ${begun}\nexec /bin/sh "$@"\n`, { mode: 0o755 })
  const launch = bareLaunch(['true'], { folder, env: { PATH: `${folder}:/usr/bin:/bin` } })
  await runSandbox(launch, { machine: {}, stdin: 'ignore' }).ended
  rmSync(fake)
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
