import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  findShut,
  identityOf,
  inFolder,
  openDown,
  openLastToOwner,
  openToOwner,
  removeWhole,
} from '../../src/sandbox/held.ts'
import { readPlainBytes, readPlainStart } from '../../src/sandbox/plain-file.ts'

let base: string
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'oos-held-')))
  mkdirSync(join(base, 'own/deep'), { recursive: true })
  mkdirSync(join(base, 'victim/deep/er'), { recursive: true })
  writeFileSync(join(base, 'own/deep/f'), 'own')
  writeFileSync(join(base, 'victim/deep/f'), 'precious')
  symlinkSync('../victim', join(base, 'own/link'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

test.each(['own/link/f', 'own/link/deep/f', 'own/gone/f', 'own/deep/f/x'])(
  'nothing is met by way of %s',
  (path) => {
    expect(() => inFolder(join(base, path), () => 'met')).toThrow('leads elsewhere')
  },
)

test('a folder that is held stays the same when its path leads elsewhere', () => {
  inFolder(join(base, 'own/deep/f'), (own) => {
    renameSync(join(base, 'own/deep'), join(base, 'own/aside'))
    symlinkSync(join(base, 'victim/deep'), join(base, 'own/deep'))
    rmSync(own)
  })
  expect([existsSync(join(base, 'own/aside/f')), existsSync(join(base, 'victim/deep/f'))]).toEqual([
    false,
    true,
  ])
})

test('what is removed as a whole takes links with it, not what they lead to', () => {
  chmodSync(join(base, 'own/deep'), 0o000)
  writeFileSync(Buffer.from(`${base}/own/\xff`, 'latin1'), '')
  asOwner(() => removeWhole(join(base, 'own')))
  removeWhole(join(base, 'own'))
  expect([existsSync(join(base, 'own')), existsSync(join(base, 'victim/deep/f'))]).toEqual([false, true])
})

test('a tree whose paths are too long for the system goes, too', () => {
  const name = 'a'.repeat(200)
  const parts = Array.from({ length: 30 }, () => name)
  inFolder(join(base, 'own/deep/f'), (own) => {
    const folder = String(own).replace(/f$/, '')
    mkdirSync(join(folder, ...parts.slice(0, 15)), { recursive: true })
    mkdirSync(join(folder, 'b', ...parts.slice(0, 15)), { recursive: true })
    renameSync(join(folder, 'b'), join(folder, ...parts.slice(0, 15), 'b'))
  })
  removeWhole(join(base, 'own'))
  expect(existsSync(join(base, 'own'))).toBe(false)
})

test('the right of its owner to enter is given to a folder, not to what a link leads to', () => {
  chmodSync(join(base, 'own/deep'), 0o000)
  chmodSync(join(base, 'victim'), 0o500)
  expect([openToOwner(join(base, 'own/deep')), openToOwner(join(base, 'own/link'))]).toEqual([true, false])
  expect(openToOwner(join(base, 'own/deep'))).toBe(false)
  expect(readPlainBytes(join(base, 'own/deep/f'), 100)?.toString()).toBe('own')
  chmodSync(join(base, 'victim'), 0o700)
})

/** To root no mode says no. */
function asOwner<Answer>(act: () => Answer): Answer {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) {
    for (const path of ['', 'own', 'own/deep', 'own/deep/f', 'victim'])
      chownSync(join(base, path), 12345, 12345)
    process.seteuid?.(12345)
  }
  try {
    return act()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

const modeOf = (path: string) => statSync(join(base, path)).mode & 0o777

test('a folder that its owner may not write is opened for as long as it takes, and left as it was', () => {
  chmodSync(join(base, 'own/deep'), 0o550)
  asOwner(() => inFolder(join(base, 'own/deep/f'), rmSync))
  expect(existsSync(join(base, 'own/deep/f'))).toBe(false)
  expect(modeOf('own/deep')).toBe(0o550)
})

test.each([0o000, 0o100, 0o400])(
  'the way down is opened where it was shut (%o), and not through a link',
  (mode) => {
    for (const path of ['own/deep', 'own', 'victim']) chmodSync(join(base, path), mode)
    expect(asOwner(() => openDown(join(base, 'own'), join(base, 'own/deep')))).toEqual([
      join(base, 'own'),
      join(base, 'own/deep'),
    ])
    expect(asOwner(() => openDown(join(base, 'own'), join(base, 'own/link/deep')))).toEqual([])
    expect([modeOf('own'), modeOf('own/deep'), modeOf('victim')]).toEqual([0o700, 0o700, mode])
  },
)

test('what was shut before stays so, and all above it is opened', () => {
  for (const path of ['own/deep', 'own']) chmodSync(join(base, path), 0o000)
  const deep = join(base, 'own/deep')
  expect(asOwner(() => openDown(join(base, 'own'), deep, [deep]))).toEqual([join(base, 'own')])
  expect([modeOf('own'), modeOf('own/deep')]).toEqual([0o700, 0])
  expect(findShut(join(base, 'own'), deep)).toEqual([deep])
})

test('a folder has an identity of its own, and none by way of a link', () => {
  const was = identityOf(join(base, 'own/deep'))
  renameSync(join(base, 'own/deep'), join(base, 'own/aside'))
  mkdirSync(join(base, 'own/deep'))
  expect(identityOf(join(base, 'own/aside'))).toBe(was)
  expect(identityOf(join(base, 'own/deep'))).not.toBe(was)
  expect([identityOf(join(base, 'own/link')), identityOf(join(base, 'own/link/deep'))]).toEqual([
    undefined,
    undefined,
  ])
})

test('where only the last name can be replaced, it is given to no link all the same', () => {
  symlinkSync('own', join(base, 'way'))
  for (const path of ['own/deep', 'victim']) chmodSync(join(base, path), 0o500)
  expect(openLastToOwner(join(base, 'way/deep'))).toBe(true)
  expect(() => openLastToOwner(join(base, 'own/link'))).toThrow('leads elsewhere')
  expect([modeOf('own/deep'), modeOf('victim')]).toEqual([0o700, 0o500])
})

test('a file is not read by way of a link', () => {
  expect(readPlainBytes(join(base, 'own/link/deep/f'), 100)).toBeUndefined()
  expect(readPlainStart(join(base, 'own/link/deep/f'), 100)).toBeUndefined()
  expect(readPlainStart(join(base, 'own/deep/f'), 100)?.toString()).toBe('own')
})
