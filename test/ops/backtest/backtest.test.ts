import { randomBytes } from 'node:crypto'
import Database from 'better-sqlite3'
import { describe, expect, it, test } from 'vitest'
import { type Backtest, type BacktestOptions, backtest } from '../../../src/ops/backtest/backtest.ts'
import { parseCapability } from '../../../src/policy/capability/capability.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import type { Capability, Effect, Rule } from '../../../src/policy/types.ts'
import type { OosEvent } from '../../../src/store/events.ts'
import type { NewRun, Store } from '../../../src/store/types.ts'
import { newRun, scratchStore } from '../../store/scratch.ts'

const root = '/work/shop'

interface Recorded extends Partial<NewRun> {
  readonly events: readonly OosEvent[]
}

describe('a recorded request under other rules', () => {
  const wrote = (path: string, change: 'created' | 'changed' | 'deleted' = 'changed'): OosEvent => ({
    type: 'file.changed',
    path,
    change,
  })
  const reached = (
    host: string,
    more: Partial<Extract<OosEvent, { type: 'network.request' }>> = {},
  ): OosEvent => ({
    type: 'network.request',
    host,
    port: 443,
    effect: 'allow',
    ...more,
  })
  const asked = (target: string, more: Partial<Extract<OosEvent, { type: 'decision' }>> = {}): OosEvent => ({
    type: 'decision',
    resource: 'shell',
    action: 'execute',
    target,
    effect: 'allow',
    ...more,
  })
  const all = 'allow file:**:read,write'

  it.each<{ name: string; rules: readonly string[]; event: OosEvent; becomes?: string; command?: string[] }>([
    { name: 'a write that is still allowed', rules: [all], event: wrote('src/a.ts') },
    {
      name: 'a write that a Deny stops',
      rules: [all, 'deny file:package.json:write'],
      event: wrote('package.json'),
      becomes: 'write allow → deny by deny file:package.json:write: file:package.json:change',
    },
    {
      name: 'a write that came to be although the rules said no then, too',
      rules: [all, 'deny file:package.json:write'],
      event: { ...wrote('package.json', 'created'), effect: 'deny' } as OosEvent,
    },
    {
      name: 'a write that came to be although an Ask was about it, which nobody can answer inside',
      rules: [all, 'deny file:package.json:write'],
      event: { ...wrote('package.json', 'created'), effect: 'ask' } as OosEvent,
    },
    {
      name: 'a write to which the rules said no then, and say yes now',
      rules: [all],
      event: { ...wrote('package.json', 'created'), effect: 'deny' } as OosEvent,
      becomes: 'write deny → allow by allow file:**:read,write: file:package.json:create',
    },
    {
      name: 'a command to which a person said yes, and that a Deny stops',
      rules: ['deny shell:make *'],
      event: asked('make x', { effect: 'ask', answer: 'yes' }),
      becomes: 'command ask → deny by deny shell:make *: shell:make x',
    },
    {
      name: 'a command to which a person said no: a Deny stops nothing',
      rules: ['deny shell:make *'],
      event: asked('make x', { effect: 'ask', answer: 'no' }),
    },
    {
      name: 'a command to which a person said no, and that would run',
      rules: ['allow shell:make *'],
      event: asked('make x', { effect: 'ask', answer: 'no' }),
      becomes: 'command ask → allow by allow shell:make *: shell:make x',
    },
    {
      name: 'a write that no rule allows',
      rules: ['allow file:src/**:write'],
      event: wrote('docs/a.md', 'created'),
      becomes: 'write allow → deny by nothing: file:docs/a.md:create',
    },
    {
      name: 'a change, where only deleting is denied',
      rules: [all, 'deny file:src/**:delete'],
      event: wrote('src/a.ts'),
    },
    {
      name: 'a deletion, where deleting is denied',
      rules: [all, 'deny file:src/**:delete'],
      event: wrote('src/a.ts', 'deleted'),
      becomes: 'write allow → deny by deny file:src/**:delete: file:src/a.ts:delete',
    },
    {
      name: 'a write that an Ask stops, since nobody can ask from inside',
      rules: [all, 'ask file:package.json:write'],
      event: wrote('package.json'),
      becomes: 'write allow → deny by ask file:package.json:write: file:package.json:change',
    },
    {
      name: 'a write outside the project',
      rules: ['allow file:/data/**:write', 'deny file:/data/old/**:write'],
      event: wrote('/data/old/x'),
      becomes: 'write allow → deny by deny file:/data/old/**:write: file:/data/old/x:change',
    },
    {
      name: 'a command by its words, not by a shell that would read them',
      rules: ['allow shell:echo *', 'deny shell:rm *'],
      event: asked('echo a; rm -r b'),
      command: ['echo', 'a; rm -r b'],
    },
    {
      name: 'a command line that a shell read',
      rules: ['allow shell:echo *', 'deny shell:rm *'],
      event: asked('echo a; rm -r b'),
      becomes: 'command allow → deny by deny shell:rm *: shell:echo a; rm -r b',
    },
    {
      name: 'a command that was asked about and is allowed',
      rules: ['allow shell:npm publish'],
      event: asked('npm publish', { effect: 'ask' }),
      command: ['npm', 'publish'],
      becomes: 'command ask → allow by allow shell:npm publish: shell:npm publish',
    },
    {
      name: 'a command that would be asked about',
      rules: ['allow shell:*', 'ask shell:npm publish *'],
      event: asked('npm publish'),
      command: ['npm', 'publish'],
      becomes: 'command allow → ask by ask shell:npm publish *: shell:npm publish',
    },
    {
      name: 'a command that --allow let through',
      rules: [],
      event: asked('npm publish', {
        rule: { file: '--allow', line: 1, text: '**Allow** `shell:npm publish`' },
      }),
      becomes: 'left out: run-rule',
    },
    {
      name: 'a connection that a Deny stops',
      rules: ['allow http:*:request', 'deny http:b.example:request'],
      event: reached('b.example'),
      becomes: 'connection allow → deny by deny http:b.example:request: http:b.example:request',
    },
    {
      name: 'a connection that would be let through',
      rules: ['allow http:b.example:request'],
      event: reached('b.example', { effect: 'deny' }),
      becomes: 'connection deny → allow by allow http:b.example:request: http:b.example:request',
    },
    {
      name: 'a connection by an Ask, which refused it as a Deny does',
      rules: ['deny http:b.example:request'],
      event: reached('b.example', { effect: 'ask' }),
    },
    {
      name: 'a plain request by its method and path',
      rules: ['allow http:b.example/v1/*:get'],
      event: reached('b.example', { port: 80, method: 'POST', path: '/v1/x' }),
      becomes: 'connection allow → deny by nothing: http:b.example/v1/x:post',
    },
    {
      name: 'a tunnel, of which nobody saw a path',
      rules: ['allow http:b.example/v1/*:request'],
      event: reached('b.example'),
      becomes: 'connection allow → deny by nothing: http:b.example:request',
    },
    {
      name: 'a name that led to an address which is denied now',
      rules: ['allow http:*:request', 'deny http:192.0.2.7:request'],
      event: reached('b.example', { address: '192.0.2.7' }),
      becomes: 'connection allow → deny by deny http:192.0.2.7:request: http:b.example:request',
    },
    {
      name: 'an address that an Only does not name, behind a name that it does',
      rules: ['only http:b.example:request'],
      event: reached('b.example', { address: '192.0.2.7' }),
    },
    {
      name: 'a connection that was refused for its address',
      rules: ['allow http:b.example:request'],
      event: reached('b.example', { effect: 'deny', reason: 'b.example is at 10.0.0.1, which is private' }),
      becomes: 'left out: address',
    },
    {
      name: 'a connection that a used up quota may have refused',
      rules: ['allow http:b.example:request{max:2}'],
      event: reached('b.example', { effect: 'deny' }),
      becomes: 'left out: quota',
    },
    {
      name: 'what was no request for the proxy',
      rules: [],
      event: reached('GET /', { port: 0, effect: 'deny' }),
      becomes: 'left out: unreadable',
    },
    {
      name: 'a resource that there is none of',
      rules: [],
      event: asked('x', { resource: 'cloud' }),
      becomes: 'left out: unreadable',
    },
    {
      name: 'an action that there is none of',
      rules: [],
      event: asked('x', { action: 'fly' }),
      becomes: 'left out: unreadable',
    },
    {
      name: 'a target without the secret that was in it',
      rules: ['deny shell:*'],
      event: asked('login --token ghp_aaaaaaaaaaaaaaaaaaaaaaaa'),
      becomes: 'left out: redacted',
    },
    { name: 'a note', rules: [], event: { type: 'note', level: 'note', text: 'x' } },
  ])('$name: $becomes', ({ rules, event, becomes, command = ['true'] }) => {
    expect(tell(test1({ rules, events: [event], command }))).toEqual(becomes === undefined ? [] : [becomes])
  })

  it('that nobody was there to allow would have been stopped by no Deny, and is let through by an Allow', () => {
    const store = scratchStore()
    const run = record(store, { events: [asked('make x', { effect: 'ask' })] })
    store.finishRun(run, { endedBy: 'refused' })
    const under = (rule: string) => tell(backtest(store.stream(), { ...options, policy: policyOf([rule]) }))
    expect(under('deny shell:make *')).toEqual([])
    expect(under('allow shell:make *')).toHaveLength(1)
  })
})

test('differences are grouped by rule, with the runs and lines they stand in', () => {
  const store = scratchStore()
  const deleted = (path: string): OosEvent => ({ type: 'file.changed', path, change: 'deleted' })
  const first = record(store, { events: [deleted('src/a'), deleted('src/b'), deleted('docs/c')] })
  const second = record(store, { events: [deleted('src/a'), deleted('src/a')] })
  const policy = policyOf(['allow file:**:write', 'deny file:src/**:delete', 'deny file:docs/**:write'])
  const result = backtest(store.stream(), { ...options, policy })
  expect(result).toMatchObject({ runs: 2, sameRules: 0, requests: { write: 5 } })
  expect(result.changes).toMatchObject([
    {
      count: 4,
      runs: 2,
      rule: { source: { line: 2 } },
      inRuns: [
        { run: second, count: 2 },
        { run: first, count: 2 },
      ],
      examples: [
        { request: 'file:src/a:delete', run: second, seq: 2, count: 3 },
        { request: 'file:src/b:delete', run: first, seq: 3, count: 1 },
      ],
    },
    { count: 1, runs: 1, rule: { source: { line: 3 } }, examples: [{ run: first, seq: 4 }] },
  ])
})

test('where no rule is left, the one that decided is named', () => {
  const rule = { file: '.agent-os/AGENT.md', line: 7, text: '**Allow** `http:b.example:request`' }
  const event = { type: 'network.request', host: 'b.example', port: 443, effect: 'allow', rule } as const
  const [change] = test1({ rules: [], events: [event] }).changes
  expect(change).not.toHaveProperty('rule')
  expect(change?.examples[0]?.by).toEqual(rule)
})

test('a run that went by the very same rules cannot come out differently', () => {
  const policy = policyOf(['allow file:src/**:write'])
  const events: OosEvent[] = [{ type: 'file.changed', path: 'README.md', change: 'changed' }]
  const store = scratchStore()
  record(store, { policy: policy.hash, events })
  expect(backtest(store.stream(), { ...options, policy })).toMatchObject({ sameRules: 1, changes: [] })
})

test('unless one of them has run out since', () => {
  const rules = ['allow file:src/**:write{expires:2026-01-01T00:00:00Z}']
  const policy = policyOf(rules, Date.UTC(2026, 5))
  const store = scratchStore()
  record(store, { policy: policy.hash, events: [{ type: 'file.changed', path: 'src/a', change: 'changed' }] })
  expect(backtest(store.stream(), { ...options, policy }).changes).toMatchObject([{ count: 1 }])
})

test('an agent is judged by its own rules, and one that is gone is named', () => {
  const events: OosEvent[] = [
    { type: 'decision', resource: 'file', action: 'read', target: 'src/a', effect: 'allow' },
    { type: 'file.changed', path: 'src/a', change: 'changed' },
    { type: 'network.request', host: 'b.example', port: 443, effect: 'allow' },
  ]
  const store = scratchStore()
  for (const agent of ['painter', 'gone']) record(store, { agent, events })
  const own = ['deny file:src/**:*', 'deny http:*:request'].map((text) => ({
    ...ruleOf(text, 9),
    agents: ['painter'],
  }))
  const { rules } = policyOf(['allow file:**:*', 'allow http:*:request'])
  const policy = compilePolicy({ rules: [...rules, ...own], root, home: '/work', now: 0 })
  const result = backtest(store.stream(), {
    agents: ['command', 'painter'],
    shared: false,
    ownPlaces: () => undefined,
    policy,
  })
  expect(result.unknownAgents).toEqual(['gone'])
  expect(result.changes.map(({ kind, runs, rule }) => ({ kind, runs, line: rule?.source.line }))).toEqual(
    ['read', 'write', 'connection'].map((kind) => ({ kind, runs: 1, line: 9 })),
  )
})

test('in a record that projects share, only runs of this one count', () => {
  const events: OosEvent[] = [{ type: 'file.changed', path: 'x', change: 'changed' }]
  const store = scratchStore()
  for (const cwd of ['/work/other', '/work/shop-2', root, `${root}/deep`]) record(store, { cwd, events })
  const policy = policyOf([])
  const counted = (shared: boolean) => backtest(store.stream(), { ...options, policy, shared })
  expect(counted(true)).toMatchObject({ runs: 2, elsewhere: 2, requests: { write: 2 } })
  expect(counted(false)).toMatchObject({ runs: 4, elsewhere: 0 })
})

test('a line of the record that nobody can read hides no other', () => {
  const store = scratchStore()
  const event = { type: 'file.changed', path: 'x', change: 'changed' } as const
  record(store, { events: [event, event, event] })
  const db = new Database(store.path)
  db.exec(`update events set body = '{"seq":' where seq = 2`)
  db.exec(`update events set body = '{"seq":3,"at":1,"type":"file.changed"}' where seq = 3`)
  db.close()
  expect(backtest(store.stream(), { ...options, policy: policyOf([]) })).toMatchObject({
    requests: { write: 1 },
    leftOut: { unreadable: 2 },
    changes: [{ count: 1 }],
  })
})

test('an empty record has nothing in it', () => {
  expect(backtest([], { ...options, policy: policyOf([]) })).toMatchObject({ runs: 0, changes: [] })
})

const options: Omit<BacktestOptions, 'policy'> = {
  agents: ['command'],
  shared: false,
  ownPlaces: () => undefined,
}

function test1({ rules, ...recorded }: Recorded & { readonly rules: readonly string[] }): Backtest {
  const store = scratchStore()
  record(store, recorded)
  return backtest(store.stream(), { ...options, policy: policyOf(rules) })
}

/** Under rules that are nobody's. */
function record(store: Store, { events, ...run }: Recorded): string {
  const { id } = store.createRun({ ...newRun, policy: randomBytes(32).toString('hex'), ...run })
  for (const event of events) store.append(id, event)
  return id
}

function tell({ changes, leftOut }: Backtest): readonly string[] {
  const told = changes.map(({ kind, was, now, rule, examples }) => {
    const by = rule === undefined ? 'nothing' : rule.source.text
    return `${kind} ${was} → ${now} by ${by}: ${examples.map(({ request }) => request).join(', ')}`
  })
  const left = Object.entries(leftOut).flatMap(([why, count]) => (count > 0 ? [`left out: ${why}`] : []))
  return [...told, ...left]
}

function policyOf(rules: readonly string[], now = 0) {
  return compilePolicy({
    rules: rules.map((text, index) => ruleOf(text, index + 1)),
    root,
    home: '/work',
    now,
  })
}

function ruleOf(text: string, line: number): Rule {
  const space = text.indexOf(' ')
  return {
    effect: text.slice(0, space) as Effect,
    capabilities: [capability(text.slice(space + 1))],
    except: [],
    agents: [],
    source: { file: 'AGENT.md', line, column: 1, text },
    layer: 'project',
    examples: [],
  }
}

function capability(text: string): Capability {
  const parsed = parseCapability(text)
  if (parsed.ok) return parsed.value
  throw new Error(`${text}: ${parsed.problems[0]?.message}`)
}
