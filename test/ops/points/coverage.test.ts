import { describe, expect, it } from 'vitest'
import { countLines, coverLines, holdingsOf } from '../../../src/ops/points/coverage.ts'
import { judgeRule, type PointHolds, points } from '../../../src/ops/points/points.ts'
import { unheld } from '../../../src/ops/points/unheld.ts'
import { resources } from '../../../src/policy/resources.ts'
import type { HoldMachine } from '../../../src/sandbox/holds.ts'
import { rulesOf } from '../../sandbox/rules.ts'
import { setOf } from '../../spec/sources.ts'

const cgroup = { version: 2, folders: { memory: '/g', pids: '/g', cpu: '/g' } } as const
const bare = { platform: 'linux', uid: 1000, bubblewrap: {} }
const repository = { git: true, hooks: true }
const machine: HoldMachine = { ...bare, prlimit: '/usr/bin/prlimit', cgroup, repository }
const place = { root: '/work/shop', home: '/home/ada' }

describe('the verdict follows what the machine has', () => {
  const { cgroup: _, ...withoutCgroup } = machine
  const { bubblewrap: __, ...withoutBubblewrap } = machine
  const rows: readonly { rule: string; gone: string; without: HoldMachine; from: string; to: string }[] = [
    { rule: 'Deny file:a/**:*', gone: 'bubblewrap', without: withoutBubblewrap, from: 'full', to: 'none' },
    {
      rule: 'Allow env:CI',
      gone: 'Linux',
      without: { ...machine, platform: 'darwin' },
      from: 'full',
      to: 'none',
    },
    { rule: 'Limit run:*{memory:1GB}', gone: 'cgroup', without: withoutCgroup, from: 'full', to: 'partial' },
    {
      rule: 'Limit run:*{processes:9}',
      gone: 'cgroup and prlimit',
      without: bare,
      from: 'full',
      to: 'partial',
    },
    {
      rule: 'Deny git:main:commit',
      gone: 'a repository',
      without: bare,
      from: 'partial',
      to: 'partial',
    },
    {
      rule: 'Deny shell:curl *{everywhere}',
      gone: 'bubblewrap',
      without: withoutBubblewrap,
      from: 'partial',
      to: 'partial',
    },
  ]
  it.each(rows)('$rule without $gone: from $from to $to', ({ rule, without, from, to }) => {
    const [one] = rulesOf([rule])
    expect(one && [judgeRule(one, machine).level, judgeRule(one, without).level]).toEqual([from, to])
  })
})

describe('the verdict of a rule', () => {
  const judge = (rule: string, holders?: Record<keyof typeof points, PointHolds>) => {
    const [one] = rulesOf([rule])
    return one && judgeRule(one, machine, holders)
  }

  it('names every point that holds it', () => {
    expect(judge('Deny shell:curl *{everywhere}')?.by).toEqual(['sandbox', 'start of a run'])
    expect(judge('Deny file:a/**:read')?.by).toEqual(['sandbox'])
    expect(judge('Deny file:a/**:write')?.by).toEqual(['sandbox', 'end of a run', 'git hook'])
    expect(judge('Deny git:main:commit')?.by).toEqual(['end of a run', 'start of a run', 'git hook'])
    expect(judge('Deny git:main:push')?.by).toEqual(['start of a run', 'git hook'])
  })

  it('says of names in a repository when they are held', () => {
    expect(judge('Deny git:main:commit')).toMatchObject({
      level: 'partial',
      missing: 'put back when the run ends, not before',
    })
    expect(judge('Deny git:*:*')?.missing).toContain('what was pushed cannot be taken back')
  })

  it.each([
    { stage: 'commit', hooks: true, level: 'partial', missing: /--no-verify/ },
    { stage: 'push', hooks: false, level: 'none', missing: /oos hooks install/ },
    { stage: 'done', hooks: true, level: 'none', missing: /not run yet/ },
  ] as const)(
    'of a Require before $stage follows from hooks ($hooks)',
    ({ stage, hooks, level, missing }) => {
      const [rule] = rulesOf(['Require shell:make']).map((one) => ({ ...one, stage }))
      const here = { ...machine, repository: { git: true, hooks } }
      expect(rule && judgeRule(rule, here)).toMatchObject({ level, missing: expect.stringMatching(missing) })
    },
  )

  it('is that of its least held capability, each by the best of the points', () => {
    expect(judge('Deny file:a/**:read + shell:rm *')).toMatchObject({
      level: 'partial',
      by: ['sandbox', 'start of a run'],
    })
    expect(judge('Deny file:a/**:read + mcp:files/write')).toMatchObject({ level: 'none', by: ['sandbox'] })
  })

  it('says what is missing where it is not held in full', () => {
    expect(judge('Deny file:**/.env:*')).toMatchObject({
      level: 'partial',
      missing: expect.stringMatching(/files/),
    })
    expect(judge('Allow mcp:files/read')).toMatchObject({
      level: 'none',
      missing: expect.any(String),
      by: [],
    })
  })

  it.each([
    { rule: 'Allow env:A{expires:2020-01-01T00:00:00Z}', level: 'none', by: [], missing: /^`env:A` was/ },
    {
      rule: 'Allow env:A{expires:2020-01-01T00:00:00Z} + env:B',
      level: 'none',
      by: ['sandbox'],
      missing: /^`env:A` was allowed until 2020/,
    },
    {
      rule: 'Only env:A{expires:2020-01-01T00:00:00Z}',
      level: 'partial',
      by: ['sandbox'],
      missing: /until 2020.*: what it closes stays closed$/,
    },
    { rule: 'Allow env:A{expires:2020-01-01T00:00:01Z}', level: 'full', by: ['sandbox'], missing: undefined },
  ])('of $rule is $level once that has expired', ({ rule, level, by, missing }) => {
    const now = Date.parse('2020-01-01T00:00:00Z')
    const [one] = rulesOf([rule])
    const verdict = one && judgeRule(one, { ...machine, now })
    expect([verdict?.level, verdict?.by]).toEqual([level, by])
    if (missing === undefined) expect(verdict?.missing).toBeUndefined()
    else expect(verdict?.missing).toMatch(missing)
    expect(one && holdingsOf(one, { ...machine, now }).sandbox.level).not.toBe(
      level === 'full' ? 'none' : 'full',
    )
  })

  it('is less than full where a run at a terminal is held less', () => {
    expect(judge('Limit run:*{output:1MB}')).toMatchObject({
      level: 'partial',
      missing: 'where the command has the terminal, nothing here holds `output`',
    })
  })

  it('changes with what a point says that it can hold', () => {
    const full: PointHolds = () => ({ level: 'full' })
    expect(judge('Allow mcp:files/read', { ...points, 'tool gate': full })).toEqual({
      level: 'full',
      by: ['tool gate'],
    })
  })
})

describe('the lines of specs', () => {
  const files = {
    '.agent-os/AGENT.md': [
      '---',
      'extends: oos:team',
      '---',
      '- **Deny** `file:a/b:write`',
      '- **Deny** `mcp:x/y:call` for `painter`',
      '- **Limit** `run:painter{timeout:5m}`',
      '',
      'Never edit `a/b`. Never be rude.',
      '',
      '| Topic | What |',
      '|---|---|',
      '| push | Always ask before pushing |',
    ].join('\n'),
    '.agent-os/agents/painter.md': '---\nname: painter\ndescription: paints\n---\nNever paint `data/`.\n',
    '~/.agent-os/GLOBAL_RULES.md': '- **Deny** `env:A` in `~/elsewhere`\n- **Allow** `env:B`\n',
    'oos:team': '- **Allow** `env:TEAM` — all\n\nNever mind.\n',
  }
  const cover = (agent?: string) =>
    coverLines({ set: setOf(files), ...place, machine, ...(agent && { agent }) })
  const shown = (agent?: string) =>
    cover(agent).map(
      (line) => `${line.place.file.replace(/^.*\//, '')}:${line.place.line} ${line.verdict.level}`,
    )

  it('are rules and sentences, own files before packs, each with its verdict', () => {
    expect(shown()).toEqual([
      'AGENT.md:4 full',
      'AGENT.md:5 none',
      'AGENT.md:6 full',
      'AGENT.md:8 full',
      'AGENT.md:8 none',
      'AGENT.md:12 none',
      'painter.md:5 none',
      'GLOBAL_RULES.md:2 full',
      'oos:team:1 full',
    ])
  })

  it('hold as the rule does that says the same', () => {
    const line = cover().find(({ text }) => text === 'Never edit `a/b`.')
    expect([line?.rule?.source.line, line?.verdict.by[0]]).toEqual([4, 'sandbox'])
  })

  it('are only those that are for the agent that is named', () => {
    expect(shown('command')).not.toContain('AGENT.md:5 none')
    expect(shown('command')).not.toContain('AGENT.md:6 full')
    expect(shown('command')).not.toContain('painter.md:5 none')
    expect(shown('painter')).toEqual(shown())
  })

  it('are counted by how far they are held, none as all, and rounded down', () => {
    expect(countLines(cover().filter(({ own }) => own))).toEqual({
      lines: 8,
      full: 4,
      partial: 0,
      none: 4,
      percent: 50,
    })
    expect(countLines([]).percent).toBe(100)
    expect(countLines(cover().slice(0, 3)).percent).toBe(66)
  })
})

it('of what no point holds explain says so, and of nothing else', () => {
  const levels = Object.entries(resources).map(([name, { example }]) => {
    const [rule] = rulesOf([`${name === 'run' ? 'Limit' : 'Deny'} ${example}`])
    return [name, rule && judgeRule(rule, machine).level]
  })
  const none = levels.filter(([, level]) => level === 'none').map(([name]) => name)
  expect(none.sort()).toEqual([...unheld].sort())
})
