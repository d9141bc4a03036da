import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createRecheck } from '../../../src/ops/watch/recheck.ts'
import { OosError } from '../../../src/shared/errors.ts'

function scene() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'oos-recheck-')))
  const specs = join(root, '.agent-os')
  mkdirSync(specs)
  const write = (text: string, name = 'AGENT.md') => writeFileSync(join(specs, name), text)
  const recheck = createRecheck({ root, env: process.env, now: () => 0 })
  /** `2 errors`, what the edit means, or why there is no check. */
  const next = async () => {
    const found = await recheck()
    if (found === undefined || found instanceof OosError) return found?.code
    const { diagnostics, difference } = found
    const meaning = difference?.changes.map(({ from, to }) => `${from} → ${to}`)
    return {
      codes: diagnostics.map(({ code }) => code),
      ...(difference && { meaning, widens: difference.widens }),
    }
  }
  return { root, specs, write, next }
}

const narrow = '- **Allow** `file:src/**:read`\n'
const wide = '- **Allow** `file:**:read`\n'

test('the first check has nothing to compare with, and one without a change says nothing', async () => {
  const { write, next } = scene()
  write(narrow)
  expect(await next()).toEqual({ codes: [] })
  expect(await next()).toBeUndefined()
  write(narrow)
  expect(await next()).toBeUndefined()
})

test('an edit says what it newly allows or denies, and a rewording nothing', async () => {
  const { write, next } = scene()
  write(narrow)
  await next()
  write(wide)
  expect(await next()).toEqual({ codes: [], meaning: ['deny → allow'], widens: true })
  write(`# A title\n\n${wide}`)
  expect(await next()).toEqual({ codes: [], meaning: [], widens: false })
  write(narrow)
  expect(await next()).toEqual({ codes: [], meaning: ['allow → deny'], widens: false })
})

test('what an edit means is said against the last version without an error', async () => {
  const { write, next } = scene()
  write(narrow)
  await next()
  write(`${wide}- **Dney** \`file:a:read\`\n`)
  expect(await next()).toEqual({ codes: ['rule/near-miss'] })
  write(wide)
  expect(await next()).toEqual({ codes: [], meaning: ['deny → allow'], widens: true })
})

test('the warnings of the analysis are among what is found', async () => {
  const { write, next } = scene()
  write('- **Deny** `file:src/**:*`\n- **Allow** `file:src/a.ts:read`\n')
  expect(await next()).toEqual({ codes: ['analysis/under-deny'] })
})

test('specs that are gone are said to be, once, and found again', async () => {
  const { root, specs, write, next } = scene()
  write(narrow)
  await next()
  renameSync(specs, join(root, 'away'))
  expect(await next()).toBe('project-missing')
  expect(await next()).toBeUndefined()
  renameSync(join(root, 'away'), specs)
  expect(await next()).toEqual({ codes: [], meaning: [], widens: false })
})

test('a project above that has specs is not taken for this one', async () => {
  const { root, next, write } = scene()
  const inner = join(root, 'inner')
  mkdirSync(join(inner, '.agent-os'), { recursive: true })
  write(narrow)
  const recheck = createRecheck({ root: inner, env: process.env, now: () => 0 })
  expect(await recheck()).toMatchObject({ project: { root: inner } })
  rmSync(join(inner, '.agent-os'), { recursive: true })
  expect(await recheck()).toMatchObject({ code: 'project-missing' })
  expect(await next()).toEqual({ codes: [] })
})

test('a file that cannot be read is an error, and read again when it can be', async () => {
  const { specs, write, next } = scene()
  write(narrow)
  await next()
  rmSync(join(specs, 'AGENT.md'))
  mkdirSync(join(specs, 'AGENT.md'))
  expect(await next()).toEqual({ codes: ['source/unreadable'] })
  rmSync(join(specs, 'AGENT.md'), { recursive: true })
  write(narrow)
  expect(await next()).toEqual({ codes: [], meaning: [], widens: false })
})

test('a project whose folder is gone is no longer waited for', async () => {
  const { root, write, next } = scene()
  write(narrow)
  await next()
  rmSync(root, { recursive: true })
  await expect(next()).rejects.toMatchObject({ code: 'project-unreadable' })
})
