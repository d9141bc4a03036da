import { fork } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { makeSocketFolder } from '../../../src/sandbox/network/socket-folder.ts'
import { sweepStale } from '../../../src/sandbox/network/stale-sockets.ts'
import { speak, startWorld } from './world.ts'

const network = join(import.meta.dirname, '../../../src/sandbox/network')

/** A proxy in a process of its own, which is then killed in the middle of everything. */
async function leaveBehind(folder: string): Promise<string> {
  const program = join(folder, 'oos.mjs')
  writeFileSync(
    program,
    `import { startProxy } from ${JSON.stringify(join(network, 'proxy.ts'))}
     import { makeSocketFolder } from ${JSON.stringify(join(network, 'socket-folder.ts'))}
     const socket = makeSocketFolder(${JSON.stringify(folder)})
     const { socketPath } = await startProxy({ decide: () => ({ effect: 'deny' }), record() {}, socket })
     process.send(socketPath)`,
  )
  const child = fork(program)
  const [socketPath] = (await once(child, 'message')) as [string]
  child.kill('SIGKILL')
  await once(child, 'exit')
  utimesSync(dirname(socketPath), 0, 0)
  return socketPath
}

test('what a killed run left is removed by the next, and nothing else is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oos-stale-'))
  await using running = await startWorld([], { socket: makeSocketFolder(folder) })
  const left = await leaveBehind(folder)
  expect(existsSync(left)).toBe(true)
  mkdirSync(join(folder, 'oos-net-starting'))
  mkdirSync(join(folder, 'oos-net-never-listened'))
  mkdirSync(join(folder, 'other'))
  symlinkSync(dirname(left), join(folder, 'oos-net-link'))
  utimesSync(dirname(running.proxy.socketPath), 0, 0)
  utimesSync(join(folder, 'oos-net-never-listened'), 0, 0)
  await sweepStale(folder)
  expect(readdirSync(folder).toSorted()).toEqual(
    [
      'oos-net-link',
      'oos-net-starting',
      'oos.mjs',
      'other',
      dirname(running.proxy.socketPath).split('/').at(-1) ?? '',
    ].toSorted(),
  )
  expect(await speak(running.proxy.socketPath, 'x')).toContain('400')
})

test.each([
  ['is missing', '/nowhere'],
  ['is too long for a socket', `/${'x'.repeat(120)}`],
  ['is not absolute', 'run'],
])('a runtime folder that %s is not used', (_name, folder) => {
  const before = process.env.XDG_RUNTIME_DIR
  process.env.XDG_RUNTIME_DIR = folder
  const made = makeSocketFolder()
  if (before === undefined) delete process.env.XDG_RUNTIME_DIR
  else process.env.XDG_RUNTIME_DIR = before
  expect(made.socketPath).not.toContain(folder)
  made.remove()
})
