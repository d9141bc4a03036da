import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../src/store/store.ts'
import { makeTree, oos } from './oos.ts'

const allow = ['- **Allow** `file:**:read,write`', '- **Allow** `shell:*`']
const deny = '- **Deny** `file:package.json:write` — pins are reviewed'

/** Three runs, the second of which changed package.json three times over. */
function makeRecorded(rules: readonly string[]) {
  const cwd = makeTree({ '.agent-os/AGENT.md': `${rules.join('\n')}\n` })
  let at = Date.UTC(2026, 10, 1, 12)
  const store = openStore(join(cwd, '.oos/data/atlas.db'), { now: () => at })
  const ids = ['src/a.ts', 'package.json', 'src/\x1b[2J.ts'].map((path) => {
    at += 86_400_000
    const { id } = store.createRun({
      agent: 'command',
      command: ['npm', 'test'],
      cwd,
      policy: 'f'.repeat(64),
    })
    store.append(id, {
      type: 'decision',
      resource: 'shell',
      action: 'execute',
      target: 'npm test',
      effect: 'allow',
      rule: { file: '.agent-os/AGENT.md', line: 2, column: 1, text: '**Allow** `shell:*`' },
    })
    for (let time = 0; time < 3; time++) store.append(id, { type: 'file.changed', path, change: 'changed' })
    store.finishRun(id, { endedBy: 'exit', code: 0 })
    return id.slice(-8)
  })
  store.close()
  return { cwd, ids }
}

function commitSpecs(folder: string): void {
  const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  for (const words of [['init'], ['add', '.agent-os'], [...author, 'commit', '-m', 'rules']])
    execFileSync('git', words, { cwd: folder, stdio: 'ignore' })
}

const { cwd, ids } = makeRecorded([...allow, deny])

test('a rule is told with how often it would have stopped what, in which run, at which event', () => {
  const { code, stdout, stderr } = oos(['spec', 'backtest'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(`This Deny would have stopped 3 of your last 9 writes, all in run ${ids[1]}\n`)
  expect(stdout).toContain(
    'now  .agent-os/AGENT.md:3 **Deny** `file:package.json:write` — pins are reviewed\n',
  )
  expect(stdout).toMatch(new RegExp(`file:package\\.json:change +3 × +${ids[1]} +3\n`))
  expect(stdout).toContain(
    '3 of 12 requests in 3 runs would have come out differently (3 commands, 9 writes)\n',
  )
  expect(stdout).toContain('3 runs went by other rules than these')
  const inside = join(cwd, '.agent-os')
  expect(oos(['spec', 'backtest'], { cwd: inside }).stdout).toContain('file:../package.json:change')
})

test.each([
  { words: ['--fail-on', 'difference'], code: 3, changes: 1, runs: 3 },
  { words: ['--limit', '1', '--fail-on', 'difference'], code: 0, changes: 0, runs: 1 },
  { words: ['--limit', '2'], code: 0, changes: 1, runs: 2 },
  { words: ['--since', '2026-11-04'], code: 0, changes: 0, runs: 1 },
  { words: ['--since', '2026-11-03T00:00:00Z'], code: 0, changes: 1, runs: 2 },
  { words: ['--since', '9000d'], code: 0, changes: 1, runs: 3 },
])(
  'with $words $runs runs are read, $changes rule differs, and it exits $code',
  ({ words, code, changes, runs }) => {
    const ended = oos(['spec', 'backtest', '--json', ...words], { cwd, env: { TZ: 'UTC' } })
    const { data } = JSON.parse(ended.stdout)
    expect({ code: ended.code, runs: data.runs, changes: data.changes.length }).toEqual({
      code,
      runs,
      changes,
    })
  },
)

test('with --json each difference has its rule and its place in the record', () => {
  const { command, data } = JSON.parse(oos(['spec', 'backtest', '--json'], { cwd }).stdout)
  expect(command).toBe('spec backtest')
  expect(data.changes).toMatchObject([
    {
      kind: 'write',
      was: 'allow',
      now: 'deny',
      rule: { effect: 'deny', file: '.agent-os/AGENT.md', line: 3 },
      count: 3,
      inRuns: [{ count: 3 }],
      examples: [{ request: 'file:package.json:change', seq: 3, count: 3 }],
    },
  ])
})

test('the specs of a commit are asked, and nothing that lies in the working tree', () => {
  const tree = makeRecorded([...allow, deny])
  commitSpecs(tree.cwd)
  writeFileSync(join(tree.cwd, '.agent-os/AGENT.md'), `${allow.join('\n')}\n`)
  const differences = (...words: string[]) =>
    JSON.parse(oos(['spec', 'backtest', '--json', ...words], { cwd: tree.cwd }).stdout).data.changes.length
  expect(differences()).toBe(0)
  expect(differences('HEAD')).toBe(1)
  expect(oos(['spec', 'backtest', 'nowhere'], { cwd: tree.cwd })).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('`nowhere`'),
  })
})

test('a commit whose specs are wrong is told with the place', () => {
  const tree = makeRecorded(['- **Dney** `file:x:read`'])
  commitSpecs(tree.cwd)
  writeFileSync(join(tree.cwd, '.agent-os/AGENT.md'), `${allow.join('\n')}\n`)
  const { code, stderr } = oos(['spec', 'backtest', 'HEAD'], { cwd: tree.cwd })
  expect(code).toBe(2)
  expect(stderr).toMatch(/AGENT\.md:1:\d+.*the specs of `HEAD` are wrong/s)
})

test('what a file was called cannot drive the terminal', () => {
  const { stdout } = oos(['spec', 'backtest'], { cwd: makeRecorded([]).cwd })
  expect(stdout).toContain('No rule would allow 9 of your last 9 writes')
  expect(stdout).not.toContain('\x1b')
})

test('the rule that decided before is told as of that time', () => {
  const { stdout } = oos(['spec', 'backtest'], { cwd: makeRecorded(['- **Ask** `shell:npm *`']).cwd })
  expect(stdout).toContain('now          .agent-os/AGENT.md:1 **Ask** `shell:npm *`\n')
  expect(stdout).toContain('at the time  .agent-os/AGENT.md:2 **Allow** `shell:*`\n')
})

test('where nothing comes out differently, it says so', () => {
  const { stdout } = oos(['spec', 'backtest'], { cwd: makeRecorded(allow).cwd })
  expect(stdout).toMatch(/^Nothing would have come out differently: 12 requests in 3 runs \(/)
})

test.each([
  { name: 'no record', words: [], code: 0, says: 'no runs yet; the first: oos run -- npm test' },
  { name: 'a count that is none', words: ['--limit', '0'], code: 2, says: '`0` is not a count' },
  { name: 'a time that is none', words: ['--since', 'monday'], code: 2, says: '`monday` is neither' },
  { name: 'a condition that is none', words: ['--fail-on', 'x'], code: 2, says: 'difference' },
])('$name is told in words', ({ words, code, says }) => {
  const fresh = makeTree({ '.agent-os/AGENT.md': '' })
  expect(oos(['spec', 'backtest', ...words], { cwd: fresh })).toMatchObject({
    code,
    stdout: '',
    stderr: expect.stringContaining(says),
  })
})

test('specs with an error are not asked', () => {
  const broken = makeTree({ '.agent-os/AGENT.md': '- **Dney** `file:x:read`\n' })
  expect(oos(['spec', 'backtest'], { cwd: broken })).toMatchObject({ code: 2, stdout: '' })
})
