import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { socketEntries } from '../../../src/sandbox/tree/sockets.ts'

// By way of the kernel's list, and not below `/opt`: every sandbox that starts meanwhile would see it come and go.
test('R6 a socket of a service is closed where a rule opens what it lies in, and only there', async () => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'oos-sockets-'))
  const path = join(folder, 's p.sock')
  const server = createServer().listen(path)
  try {
    await once(server, 'listening')
    const entry = { path: folder, kind: 'directory' } as const
    const found = (access: 'read' | 'none') =>
      socketEntries([{ ...entry, access }], []).filter((one) => one.path.startsWith(folder))
    expect(found('read')).toMatchObject([{ path, kind: 'socket', access: 'none' }])
    expect(found('none')).toEqual([])
  } finally {
    server.close()
  }
})

test('R6 it is closed where it lies and by the name of a link on the way, whatever it is bound by', async () => {
  const base = mkdtempSync(join(realpathSync(tmpdir()), 'oos-sockets-'))
  const [real, way] = [join(base, 'real'), join(base, 'way')]
  mkdirSync(real)
  symlinkSync('real', way)
  const server = createServer().listen(join(way, 'x.sock'))
  try {
    await once(server, 'listening')
    const known = [real, way].map((path) => ({ path, kind: 'directory', access: 'read' }) as const)
    const found = socketEntries(known, [{ path: way, real }]).filter(({ path }) => path.startsWith(base))
    expect(found.map(({ path }) => path).sort()).toEqual([join(real, 'x.sock'), join(way, 'x.sock')])
  } finally {
    server.close()
  }
})
