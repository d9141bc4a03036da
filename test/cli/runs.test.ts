import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../src/store/store.ts'
import { makeTree, oos } from './oos.ts'

/** A project with two runs in its record, as a run leaves them. */
function makeRecorded() {
  const cwd = makeTree({ '.agent-os/AGENT.md': '- **Allow** `file:src/**:read`\n' })
  let at = Date.UTC(2026, 10, 21, 12)
  const store = openStore(join(cwd, '.oos/data/atlas.db'), { now: () => (at += 1000) })
  const rule = { file: '.agent-os/AGENT.md', line: 1, text: '**Deny** `file:.env:*`', reason: 'secrets' }
  const ids = ['first', 'second'].map((word) => {
    const { id } = store.createRun({
      agent: 'command',
      command: ['echo', word, '\x1b[2J'],
      cwd,
      policy: 'f'.repeat(64),
    })
    store.append(id, { type: 'run.started' })
    store.append(id, {
      type: 'decision',
      resource: 'file',
      action: 'read',
      target: '.env',
      effect: 'deny',
      rule,
    })
    store.append(id, { type: 'network.request', host: 'example.com', port: 443, effect: 'deny' })
    store.finishRun(id, { endedBy: 'exit', code: 0 })
    return id
  })
  store.close()
  return { cwd, first: ids[0] ?? '', second: ids[1] ?? '' }
}

const { cwd, first, second } = makeRecorded()

test('runs are listed newest first, by the end of their ids', () => {
  const { code, stdout } = oos(['runs'], { cwd })
  expect(code).toBe(0)
  expect(stdout.indexOf(second.slice(-8))).toBeLessThan(stdout.indexOf(first.slice(-8)))
  expect(stdout).toMatch(/exit 0 +2 +1/)
})

test('a list can be cut and continued', () => {
  const page = (...words: string[]) => JSON.parse(oos(['runs', '--json', ...words], { cwd }).stdout).data
  expect(page('--limit', '1')).toMatchObject([{ id: second }])
  expect(page('--before', second.slice(-8))).toMatchObject([{ id: first }])
})

test('the newest run is shown where none is named', () => {
  expect(JSON.parse(oos(['runs', 'show', '--json'], { cwd }).stdout).data.id).toBe(second)
})

test('a run is shown with the line behind each decision', () => {
  const { code, stdout } = oos(['runs', 'show', first.slice(-8).toLowerCase()], { cwd })
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /file +\.env:read +deny +\.agent-os\/AGENT\.md:1 \*\*Deny\*\* `file:\.env:\*` — secrets/,
  )
  expect(stdout).toMatch(/network +example\.com:443 +deny +no rule allows it/)
})

test('a connection stands where it was made, though it is recorded at its end', () => {
  const folder = makeTree({ '.agent-os/AGENT.md': '' })
  let now = 1_000
  const store = openStore(join(folder, '.oos/data/atlas.db'), { now: () => now })
  const { id } = store.createRun({ agent: 'command', command: ['curl'], cwd: folder, policy: 'f'.repeat(64) })
  const connect = { type: 'network.request', host: 'example.com', port: 443, effect: 'allow' } as const
  now = 21_000
  store.append(id, { type: 'decision', resource: 'env', action: 'read', target: 'A', effect: 'deny' })
  now = 61_000
  store.append(id, { ...connect, duration: 59_000 })
  store.finishRun(id, { endedBy: 'exit', code: 0 })
  store.close()
  const lines = oos(['runs', 'show', id], { cwd: folder }).stdout.split('\n')
  const connection = lines.findIndex((line) => line.includes('example.com:443'))
  expect(lines[connection]).toMatch(/^ *1\.0 s +network/)
  expect(lines[connection + 1]).toMatch(/^ *20\.0 s +env/)
})

test('what a command was called cannot drive the terminal', () => {
  expect(oos(['runs'], { cwd }).stdout).not.toContain('\x1b')
  expect(oos(['runs', 'show', first], { cwd }).stdout).not.toContain('\x1b')
})

test('with --json a run comes with its events', () => {
  const { data } = JSON.parse(oos(['runs', 'show', first, '--json'], { cwd }).stdout)
  expect(data).toMatchObject({ id: first, state: 'completed', exitCode: 0, denied: 2 })
  expect(data.events.map(({ type }: { type: string }) => type)).toEqual([
    'run.created',
    'run.started',
    'decision',
    'network.request',
    'run.ended',
  ])
})

test('an intact record verifies with 0, a changed one with 1', async () => {
  const tampered = makeRecorded()
  const verify = () => oos(['runs', 'verify', tampered.first], { cwd: tampered.cwd })
  expect(verify()).toMatchObject({ code: 0, stdout: expect.stringContaining('intact') })
  const { default: Database } = await import('better-sqlite3')
  const db = new Database(join(tampered.cwd, '.oos/data/atlas.db'))
  db.exec("update events set body = replace(body, 'deny', 'allow') where seq = 3")
  db.close()
  expect(verify()).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('event 3 is not what was recorded'),
  })
})

test.each([
  { name: 'an id that no run has', words: ['runs', 'show', 'NOPE'], says: 'NOPE' },
  { name: 'a count that is none', words: ['runs', '--limit', 'many'], says: '`many` is not a count' },
])('$name exits 2', ({ words, says }) => {
  expect(oos(words, { cwd })).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(says) })
})

test('where nothing was run a look makes no database', () => {
  const fresh = makeTree({ '.agent-os/AGENT.md': '' })
  expect(oos(['runs'], { cwd: fresh })).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining('no runs yet'),
  })
  expect(JSON.parse(oos(['runs', '--json'], { cwd: fresh }).stdout).data).toEqual([])
  expect(oos(['runs', 'show', 'X'], { cwd: fresh }).code).toBe(2)
  const none = oos(['runs', 'show'], { cwd: fresh })
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was run here yet') })
})

test('runs can be listed while a spec is wrong', () => {
  const broken = makeTree({ '.agent-os/AGENT.md': '- **Dney** `file:x:read`\n' })
  expect(oos(['runs'], { cwd: broken }).code).toBe(0)
})
