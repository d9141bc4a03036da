import { chmodSync, mkdirSync, mkdtempSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPolicyCache } from '../../../src/ops/project/policy-cache.ts'

const project = '/some/project'
const key = Buffer.from('everything that it depends on')
const other = Buffer.from('everything that it depends on!')

function makeCache() {
  const base = mkdtempSync(join(tmpdir(), 'oos-cache-'))
  const folder = join(base, 'oos/policy')
  return {
    cache: openPolicyCache(project, { XDG_CACHE_HOME: base }),
    folder,
    base,
    entry: () => join(folder, readdirSync(folder)[0] ?? ''),
  }
}

test('what was written is read again', () => {
  const { cache } = makeCache()
  cache.write(key, { rules: [1, 'two'] })
  expect(cache.read(key)).toEqual({ rules: [1, 'two'] })
})

test('another text is not known, and takes the place of the one before', () => {
  const { cache } = makeCache()
  cache.write(key, 'old')
  expect(cache.read(other)).toBeUndefined()
  cache.write(other, 'new')
  expect([cache.read(key), cache.read(other)]).toEqual([undefined, 'new'])
})

test.each([
  'everything that it depends oN',
  'everything that it depends o',
  'everything that it depends on1',
])('`%s` is another text', (text) => {
  const { cache } = makeCache()
  cache.write(key, 12)
  expect(cache.read(Buffer.from(text))).toBeUndefined()
})

test('folder and file are the owner’s alone, and no draft is left', () => {
  const { cache, folder, entry } = makeCache()
  cache.write(key, {})
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(entry()).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^[0-9a-f]+\.json$/)])
})

test.each([
  { name: 'half a file', damage: (path: string) => writeFileSync(path, '{"rul') },
  { name: 'an empty file', damage: (path: string) => writeFileSync(path, '') },
  { name: 'a file that others may read or write', damage: (path: string) => chmodSync(path, 0o666) },
])('$name counts as nothing', ({ damage }) => {
  const { cache, entry } = makeCache()
  cache.write(key, {})
  damage(entry())
  expect(cache.read(key)).toBeUndefined()
})

test('a folder that others may write is not believed', () => {
  const { cache, folder, base } = makeCache()
  cache.write(key, {})
  chmodSync(folder, 0o777)
  expect(openPolicyCache(project, { XDG_CACHE_HOME: base }).read(key)).toBeUndefined()
})

test.runIf(process.getuid?.() === 0)('a file or folder of somebody else is not believed', async () => {
  const { chownSync } = await import('node:fs')
  const { cache, folder, base, entry } = makeCache()
  cache.write(key, {})
  chownSync(entry(), 65534, 65534)
  expect(cache.read(key)).toBeUndefined()
  chownSync(folder, 65534, 65534)
  expect(openPolicyCache(project, { XDG_CACHE_HOME: base }).read(key)).toBeUndefined()
})

test.each([
  { name: 'no HOME', env: {} },
  { name: 'a HOME that is a file', env: { HOME: '/dev/null' } },
  { name: 'a relative cache folder', env: { XDG_CACHE_HOME: 'here' } },
])('with $name there is no cache, and no error', ({ env }) => {
  const cache = openPolicyCache(project, env)
  cache.write(key, {})
  expect(cache.read(key)).toBeUndefined()
})

test('the oldest entries go when there are too many', () => {
  const { cache, folder } = makeCache()
  mkdirSync(folder, { recursive: true })
  for (let index = 0; index < 250; index++) {
    writeFileSync(join(folder, `${index}.json`), '', { mode: 0o600 })
    utimesSync(join(folder, `${index}.json`), index, index)
  }
  cache.write(key, {})
  expect(readdirSync(folder).length).toBeLessThanOrEqual(200)
  expect(cache.read(key)).toEqual({})
})
