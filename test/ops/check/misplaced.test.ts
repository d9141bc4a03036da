import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readMisplaced } from '../../../src/ops/check/misplaced.ts'
import { rulesOf } from '../../spec/sources.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'oos-misplaced-')))
const home = join(root, 'home')
for (const folder of ['data', 'zeug/deep', 'home/.keys']) mkdirSync(join(root, folder), { recursive: true })
writeFileSync(join(root, 'notes.txt'), '')

const told = (line: string) => {
  const { rules, diagnostics } = rulesOf(`- ${line}\n`)
  expect(diagnostics).toEqual([])
  return readMisplaced({ rules, root, home }).map(({ message, fix }) => [
    /`([^`]*)`$/.exec(message)?.[1],
    fix?.replace(/^write what is meant.*/, ''),
  ])
}

test.each([
  ['**Deny** `file:data:write`', 'data/**', 'file:data/**:write'],
  ['**Ask** `file:./data:read`', 'data/**', 'file:data/**:read'],
  ['**Deny** `file:~/.keys:read`', '~/.keys/**', 'file:~/.keys/**:read'],
  ['**Deny** `file:/zeug/**:read`', 'zeug/**', 'file:zeug/**:read'],
  ['**Deny** `file:/zeug:read`', 'zeug', 'file:zeug:read'],
  ['**Deny** `file:*.ts:write`', '**/*.ts', 'file:**/*.ts:write'],
  ['**Allow** `file:*.ts:write`', '**/*.ts', ''],
  ['**Allow** `file:data:write`', 'data/**', ''],
  ['**Allow** `file:**:write` except `file:data:write`', 'data/**', 'file:data/**:write'],
  ['**Deny** `file:**:write` except `file:data:write`', 'data/**', ''],
])('%s is told', (line, meant, fix) => {
  expect(told(line)).toEqual([[meant, fix]])
})

test.each([
  '**Deny** `file:data/**:write`',
  '**Allow** `file:data:read`, `file:data/**:read`',
  '**Deny** `file:notes.txt:write`',
  '**Deny** `file:not-there:write`',
  '**Deny** `file:/etc/**:write`',
  '**Deny** `file:/nowhere/**:write`',
  '**Deny** `file:d*:write`',
  '**Deny** `file:*.txt:write`',
  '**Deny** `shell:data`',
])('%s is meant', (line) => {
  expect(told(line)).toEqual([])
})
