import { once } from 'node:events'
import { mkdtempSync, realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { socketEntries } from '../../src/sandbox/sockets.ts'

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
