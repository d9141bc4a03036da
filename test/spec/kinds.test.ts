import { describe, expect, it } from 'vitest'
import { parseSpec } from '../../src/spec/parse.ts'
import type { Spec } from '../../src/spec/types.ts'
import { codesOf, source } from './sources.ts'

const parse = (name: string, lines: readonly string[]): Spec =>
  parseSpec(source(`.agent-os/${name}`, lines.join('\n')))

/** The content without places, which the fixtures hold. */
function contentOf(spec: Spec): unknown {
  return JSON.parse(JSON.stringify(spec.content, (key, value) => (key === 'place' ? undefined : value)))
}

function settingsOf({ content }: Spec): unknown {
  if (content.kind === 'stack') return content.settings.map(({ key, value }) => `${key} = ${value}`)
  return content.kind === 'contract' && content.contract.settings.map(({ key, value }) => `${key} = ${value}`)
}

describe('a stack', () => {
  const cases: readonly [string, readonly string[], readonly string[]][] = [
    [
      'a table',
      [
        '| Setting | Value |',
        '|---|---|',
        '| `database.path` | `data/app.db` |',
        '| services.web.port | 8080 |',
      ],
      ['database.path = data/app.db', 'services.web.port = 8080'],
    ],
    [
      'a bold key and a fence',
      [
        '**Main Database**: SQLite',
        '```',
        'Location: /srv/app.db',
        'Mode: WAL (several readers)',
        'Access: one writer',
        '```',
      ],
      ['database.path = /srv/app.db', 'database.journal_mode = wal'],
    ],
    [
      'PRAGMAs',
      [
        '**Configuration**:',
        '```sql',
        'PRAGMA busy_timeout = 30000;',
        'PRAGMA synchronous(NORMAL); -- enough',
        '```',
      ],
      ['database.busy_timeout = 30000', 'database.synchronous = normal'],
    ],
    [
      'a service',
      [
        '**Reading**: a browser',
        '```bash',
        'Service: My Viewer',
        'Port: 127.0.0.1:8001',
        'Mode: --immutable',
        '```',
      ],
      [
        'services.my-viewer.host = 127.0.0.1',
        'services.my-viewer.port = 8001',
        'services.my-viewer.mode = --immutable',
      ],
    ],
    [
      'timers',
      [
        '```',
        'app-export.timer  # database to sheet (hourly)',
        'app-check.timer   # health (every 15 min)',
        '```',
      ],
      [
        'timers.app-export.period = hourly',
        'timers.app-export.purpose = database to sheet',
        'timers.app-check.period = 15min',
        'timers.app-check.purpose = health',
      ],
    ],
    [
      'retention',
      ['- Local: daily copies (retain 7 days)', '- Remote: snapshots, retained for 30 days'],
      ['backup.local.retain_days = 7', 'backup.local.period = daily', 'backup.remote.retain_days = 30'],
    ],
    [
      'other tables, fences and lists',
      [
        '| Name | Value |',
        '|---|---|',
        '| a | b |',
        '',
        '```',
        'Location: somewhere',
        '```',
        '',
        '- Local: fast',
      ],
      [],
    ],
  ]
  it.each(cases)('%s', (_, lines, expected) => {
    const spec = parse('PREFERRED_STACK.md', lines)
    expect([spec.diagnostics, settingsOf(spec)]).toEqual([[], expected])
  })

  it('names the place of each setting', () => {
    const { content } = parse('PREFERRED_STACK.md', [
      '# x',
      '',
      '```sql',
      '  PRAGMA cache_size=10000;',
      '```',
    ])
    expect(
      content.kind === 'stack' && content.settings.map(({ place }) => [place.line, place.column]),
    ).toEqual([[4, 3]])
  })

  it('suggests the setting that was meant', () => {
    const { diagnostics } = parse('PREFERRED_STACK.md', ['```sql', 'PRAGMA busy_timout=1;', '```'])
    expect(diagnostics.map(({ fix }) => fix)).toEqual(['did you mean `database.busy_timeout`?'])
  })

  it.each([
    ['busy_timeout', 'did you mean `database.busy_timeout`?'],
    ['path', 'one of `database.path`, `backup.path`'],
  ])('suggests for %s where it stands', (key, fix) => {
    const text = `| Setting | Value |\n|---|---|\n| ${key} | 5 |\n`
    const { diagnostics } = parseSpec(source('.agent-os/PREFERRED_STACK.md', text))
    expect(diagnostics.map((one) => one.fix)).toEqual([fix])
  })
})

it('reads a mirror contract: tabs, columns, what flows back, and how', () => {
  const spec = parse('MIRROR_CONTRACT.md', [
    '## Tabs',
    '### Tab 1: `Approvals`',
    '**Columns**:',
    '```',
    'A: ID (Text, Primary Key)',
    'B: Title (Text, Required, Max 200 characters)',
    'C: Status (Text, Enum: pending|approved|rejected)',
    'D: Note (Text)',
    '```',
    '**Data Flow**:',
    '- Database → Sheets: all columns, hourly',
    '- Sheets → Database: Status and Note (daily)',
    '### Runs',
    '```',
    'A: Run (Integer, Primary Key)',
    'B: At (Timestamp)',
    '```',
    '## Faults',
    '- Retry limit: 3, with a longer wait each time',
    '- Long text is truncated to 1,000 characters',
    '- In a conflict the database wins',
  ])
  expect(spec.diagnostics).toEqual([])
  expect(contentOf(spec)).toMatchObject({
    contract: {
      tabs: [
        {
          name: 'Approvals',
          columns: [
            { letter: 'A', name: 'ID', type: 'text', key: true, direction: 'export' },
            { letter: 'B', name: 'Title', type: 'text', required: true, maxLength: 200, direction: 'export' },
            {
              letter: 'C',
              name: 'Status',
              type: 'enum',
              values: ['pending', 'approved', 'rejected'],
              direction: 'both',
            },
            { letter: 'D', name: 'Note', type: 'text', direction: 'both' },
          ],
        },
        {
          name: 'Runs',
          columns: [
            { type: 'integer', key: true },
            { type: 'datetime', key: false },
          ],
        },
      ],
    },
  })
  expect(settingsOf(spec)).toEqual([
    'mirror.export.period = hourly',
    'mirror.import.period = daily',
    'mirror.retries = 3',
    'mirror.truncate = 1000',
    'mirror.conflict = database',
  ])
})

it('reads a runbook: procedures with their steps and commands, and alerts', () => {
  const spec = parse('RUNBOOK.md', [
    '### Change a row by hand',
    '**When to Use**: nothing else helps',
    '1. **Stop the workers**:',
    '   ```bash',
    '   systemctl stop app.timer',
    '   ```',
    '2. Copy',
    '```bash',
    'cp a b',
    '```',
    '3. Look',
    '### Locked',
    '**When to Use**:',
    '- writes fail',
    '- they hang',
    '#### Step 1: Find it',
    '```sh',
    'fuser app.db',
    '```',
    '## Words only',
    'Nothing to run.',
    '## Alerts',
    '- **Disk**: > 80%',
    '- Queue age over 4 hours',
    '- Just words',
    '',
    '| Metric | Threshold |',
    '|---|---|',
    '| Errors | ≥ 5 a day |',
  ])
  expect(spec.diagnostics).toEqual([])
  const command = (language: string, text: string) => ({ language, text })
  expect(contentOf(spec)).toEqual({
    kind: 'runbook',
    runbook: {
      procedures: [
        {
          name: 'Change a row by hand',
          when: 'nothing else helps',
          steps: [
            { title: 'Stop the workers', commands: [command('bash', 'systemctl stop app.timer')] },
            { title: 'Copy', commands: [command('bash', 'cp a b')] },
            { title: 'Look', commands: [] },
          ],
        },
        {
          name: 'Locked',
          when: 'writes fail; they hang',
          steps: [{ title: 'Find it', commands: [command('sh', 'fuser app.db')] }],
        },
      ],
      alerts: [
        { name: 'Disk', threshold: '> 80%' },
        { name: 'Queue age', threshold: 'over 4 hours' },
        { name: 'Errors', threshold: '≥ 5 a day' },
      ],
    },
  })
})

it('tells procedures of one name apart by what they belong to, and reports those it cannot', () => {
  const step = ['```sh', 'x', '```']
  const lines = ['# A', '## Response', ...step, '# B', '## Response', ...step, '## Response', ...step]
  const spec = parse('RUNBOOK.md', lines)
  expect(spec.content.kind === 'runbook' && spec.content.runbook.procedures.map(({ name }) => name)).toEqual([
    'A: Response',
    'B: Response',
    'B: Response',
  ])
  expect(codesOf(spec)).toEqual(['runbook/repeated'])
})

it('reads lessons from fences, lists and paragraphs', () => {
  const spec = parse('LEARNING_PATTERNS.md', [
    '**Pattern:** One writer',
    '```',
    'Context: one machine',
    'Problem: locks,',
    '  often',
    '```',
    '### Anti-Pattern: A server for one user',
    '- **Context:** small',
    '',
    '**Choice: SQLite**',
    '',
    '**Rationale**: no service',
    '',
    '**Pattern:** misspelt',
    '```',
    'Outcom: x',
    '```',
  ])
  expect(contentOf(spec)).toEqual({
    kind: 'lessons',
    lessons: [
      { kind: 'pattern', title: 'One writer', fields: { context: 'one machine', problem: 'locks, often' } },
      { kind: 'anti-pattern', title: 'A server for one user', fields: { context: 'small' } },
      { kind: 'choice', title: 'SQLite', fields: { rationale: 'no service' } },
      { kind: 'pattern', title: 'misspelt', fields: { outcom: 'x' } },
    ],
  })
  expect(codesOf(spec)).toEqual(['lesson/field'])
})

it('hands an agent the body as it stands, without the front matter', () => {
  const spec = parse('AGENT.md', ['---', 'title: x', '---', '', '# Hello', '', '- **Deny** `env:A`', ''])
  expect(spec.guidance).toBe('# Hello\n\n- **Deny** `env:A`\n')
})

describe('front matter of guidance', () => {
  it('is ignored with a note', () => {
    const spec = parse('NOTES.md', ['---', 'globs: [x]', 'alwaysApply: true', '---', '- **Deny** `env:A`'])
    expect([codesOf(spec), spec.rules.length]).toEqual([['front-matter/ignored'], 1])
  })

  it('hides no rule', () => {
    expect(codesOf(parse('NOTES.md', ['---', '- **Deny** `env:A`', '---']))).toContain('rule/near-miss')
  })
})

describe('normative sentences', () => {
  const cases: readonly [string, string | undefined][] = [
    ['Never run `git push --force`.', '**Deny** `shell:git push --force *`'],
    ['You must not edit `data/app.db`.', '**Deny** `file:data/app.db:write`'],
    ['Do not read `.env`.', '**Deny** `file:.env:read`'],
    ['Never print `AWS_SECRET_ACCESS_KEY`.', '**Deny** `env:AWS_SECRET_ACCESS_KEY`'],
    ['The folder `vendor/` is read-only.', '**Deny** `file:vendor/**:write`'],
    ['`terraform apply` needs approval.', '**Ask** `shell:terraform apply *`'],
    ['Never run `rm` without approval.', '**Ask** `shell:rm *`'],
    ['Never use `any`, unless a library forces it.', undefined],
    ['Never edit `schema.sql` without a backup.', undefined],
    ['Never be rude.', undefined],
    ['Always add a test.', undefined],
    ['Avoid `../other`.', undefined],
  ]
  it.each(cases)('%s', (text, suggestion) => {
    expect(
      parse('AGENT.md', [`Some prose. ${text}`]).advisory.map((line) => [line.text, line.suggestion]),
    ).toEqual([[text, suggestion]])
  })

  it('stand in the items below **NEVER**: too', () => {
    const { advisory } = parse('AGENT.md', [
      '**NEVER**:',
      '- modify `data/app.db`',
      '- be rude',
      '',
      'More:',
      '',
      '- any other list',
    ])
    expect(advisory.map(({ text, suggestion, place }) => [place.line, text, suggestion])).toEqual([
      [2, 'modify `data/app.db`', '**Deny** `file:data/app.db:write`'],
      [3, 'be rude', undefined],
    ])
  })

  it('are no rules', () => {
    const spec = parse('AGENT.md', ['- Never run `git push`', '- **Deny** `env:A` — never'])
    expect([spec.rules.length, spec.advisory.length]).toEqual([1, 1])
  })
})
