import { mkdtempSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  oweCheck,
  readFirstUnchecked,
  settleCheck,
  takeUnchecked,
} from '../../../src/agents/repositories/unchecked.ts'

const folderOfRuns = () => mkdtempSync(join(tmpdir(), 'oos-unchecked-'))
const owe = (folder: string, run: string) => oweCheck(folder, { run, agent: 'command', repositories: [] })

test('a check is owed by the oos that began the run, for as long as that lives', () => {
  const folder = folderOfRuns()
  const file = owe(folder, 'ONE')
  expect(takeUnchecked(folder)).toEqual([])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  settleCheck(file)
  expect(readdirSync(folder)).toEqual([])
})

test('it is taken over where another process has the number of the one that is gone, and once', () => {
  const folder = folderOfRuns()
  const file = owe(folder, 'ONE')
  renameSync(file, join(folder, `ONE.${process.pid}-1.unchecked`))
  expect(takeUnchecked(folder)).toMatchObject([{ owed: { run: 'ONE', agent: 'command' }, file }])
  expect(takeUnchecked(folder)).toEqual([])
})

test("one that was never whole is nobody's: its command had not begun", () => {
  const folder = folderOfRuns()
  writeFileSync(join(folder, `ONE.${process.pid}-1.unchecked`), '{"run":')
  expect([takeUnchecked(folder), readdirSync(folder)]).toEqual([[], []])
})

test('the first of the runs that are owed a check is found, whichever was written first', () => {
  const folder = folderOfRuns()
  for (const run of ['01B', '01C', '01A']) owe(folder, run)
  expect(readFirstUnchecked(folder)?.run).toBe('01A')
})
