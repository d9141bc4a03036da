import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compareTrust, readTrust, rememberTrust } from '../../src/ops/trust.ts'

const subject = (hash: string, ...lines: string[]) => ({ root: '/p', hash, lines: async () => lines })

async function remembered(...lines: string[]) {
  const state = mkdtempSync(join(tmpdir(), 'oos-trust-'))
  await rememberTrust(state, subject('one', ...lines))
  return state
}

test('specs that nobody has seen are new, with every line', async () => {
  expect(await compareTrust(undefined, subject('one', 'a', 'b'))).toEqual({
    state: 'new',
    added: ['a', 'b'],
    removed: [],
  })
})

test('the same bytes need no look at the rules', async () => {
  const state = await remembered('a')
  const unread = { root: '/p', hash: 'one', lines: () => expect.unreachable('the rules were read') }
  expect(await compareTrust(readTrust(state, '/p'), unread)).toEqual({ state: 'seen' })
})

test('an edit shows the lines that came and the lines that went, repeats counted', async () => {
  const state = await remembered('a', 'b', 'b')
  expect(await compareTrust(readTrust(state, '/p'), subject('two', 'b', 'c'))).toEqual({
    state: 'changed',
    added: ['c'],
    removed: ['a', 'b'],
  })
})

test('an edit of prose alone asks nothing', async () => {
  expect(await compareTrust(readTrust(await remembered('a'), '/p'), subject('two', 'a'))).toEqual({
    state: 'reworded',
  })
})

test('what was seen in one project says nothing of another', async () => {
  expect(readTrust(await remembered('a'), '/q')).toBeUndefined()
})

test('a damaged record reads as not seen', async () => {
  const state = await remembered('a')
  const folder = join(state, 'oos', 'trust')
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"version":1,"root":"/p"')
  expect(readTrust(state, '/p')).toBeUndefined()
})

test('the record is readable by its owner alone', async () => {
  const folder = join(await remembered('a'), 'oos', 'trust')
  const modes = [folder, ...readdirSync(folder).map((name) => join(folder, name))].map(
    (path) => statSync(path).mode & 0o777,
  )
  expect(modes).toEqual([0o700, 0o600])
})
