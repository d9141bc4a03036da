import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeTree, oos } from './oos.ts'

/** Specs in the shapes that people give them, in words of our own. */
const files = {
  '.agent-os/AGENT.md': `# Agent

## Output formats

\`\`\`
**Status**: todo|doing|done
Never edit \`template/x\`
\`\`\`

## Guardrails and safety rules

1. **Data**:
   - Never modify the ledger by hand without a copy of it
   - Never edit \`data/ledger.db\` directly
   - Always write within a transaction
2. **Secrets**:
   - Do not read \`.env\`
   - \`secrets/\` is off limits

## Integration points

[To be filled by the project]

**Success metrics**: answers in under two seconds (> 80%)
`,
  '.agent-os/PREFERRED_STACK.md': `# Stack

**Main Database**: SQLite
\`\`\`
Location: data/ledger.db
Mode: WAL
\`\`\`

| Setting | Value |
|---|---|
| \`services.viewer.mode\` | read-only |

When something fails: detect, repair, go read-only, tell a person.
`,
  '.agent-os/MIRROR_CONTRACT.md': `# Mirror

## Tab: Answers

\`\`\`
A: ID (Text, Primary Key)
B: Notes (Text)
\`\`\`

**Data Flow**:

- Database to sheet: every column, hourly
- Sheet to database: \`Notes\`

**Forbidden changes**:

- deleting rows
- editing \`data/mirror/\`
`,
  '.agent-os/RUNBOOK.md': `# Runbook

## Restore

**When to Use**: the ledger is damaged.

1. Stop the workers:

   \`\`\`bash
   systemctl stop shop.timer
   \`\`\`

2. Ask before running \`systemctl restart\`
`,
  'home/.agent-os/GLOBAL_RULES.md': `# Rules for every project

**NEVER**:

- Push to main
- Run \`sudo\`
- Guess

**ALWAYS**:

- Ask before force-pushing
- Run \`npm test\` before committing
- Say what you did

### When errors occur

1. Stop
2. Read the whole message

Project rules may add to these and should never contradict them.
`,
  'home/.agent-os/STACK_PREFERENCES.md': `# Preferences

**Primary Choice**: SQLite

\`\`\`
Rationale: one file
When to use alternatives: never, until it hurts
\`\`\`
`,
  'home/.agent-os/LEARNING_PATTERNS.md': `# Lessons

**Anti-Pattern:** Two writers

\`\`\`
Problem: locks
Anti-pattern to avoid: a second process that writes \`data/ledger.db\`
\`\`\`
`,
}

const meant = [
  ['~/.agent-os/GLOBAL_RULES.md:5', '**Deny** `git:main:push`'],
  ['~/.agent-os/GLOBAL_RULES.md:6', '**Deny** `shell:sudo *`'],
  ['~/.agent-os/GLOBAL_RULES.md:11', '**Ask** `git:*:force-push`'],
  ['~/.agent-os/GLOBAL_RULES.md:12', '**Require** `shell:npm test` before commit'],
  ['.agent-os/AGENT.md:14', '**Deny** `file:data/ledger.db:write`'],
  ['.agent-os/AGENT.md:17', '**Deny** `file:.env:read`'],
  ['.agent-os/AGENT.md:18', '**Deny** `file:secrets/**:*`'],
  ['.agent-os/MIRROR_CONTRACT.md:18', '**Deny** `file:data/mirror/**:write`'],
  ['.agent-os/RUNBOOK.md:13', '**Ask** `shell:systemctl restart *`'],
]

test('what people write plainly is found in each of their shapes, and put in without touching the rest', () => {
  const cwd = makeTree(files)
  const place = { cwd, env: { HOME: join(cwd, 'home') } }
  const before = JSON.parse(oos(['spec', 'check', '--json'], place).stdout).data.diagnostics
  const { suggestions } = JSON.parse(oos(['spec', 'suggest', '--write', '--json'], place).stdout).data
  expect(
    suggestions.map((each: { place: { file: string; line: number }; rule: string; state: string }) => [
      `${each.place.file}:${each.place.line}`,
      each.rule,
      each.state,
    ]),
  ).toEqual(meant.map((each) => [...each, 'written']))
  expect(JSON.parse(oos(['spec', 'check', '--json'], place).stdout).data.diagnostics).toEqual(before)
  expect(JSON.parse(oos(['spec', 'suggest', '--json'], place).stdout).data.suggestions).toEqual([])
  for (const [path, text] of Object.entries(files)) {
    const now = readFileSync(join(cwd, path), 'utf8')
    expect(withoutRules(now)).toBe(withoutRules(text))
  }
})

test('sentences that are not plain are advisory, each with its line', () => {
  const cwd = makeTree(files)
  const { stdout } = oos(['spec', 'coverage', '--json'], { cwd, env: { HOME: join(cwd, 'home') } })
  const { advisory } = JSON.parse(stdout).data
  const bare = advisory.filter(({ suggestion }: { suggestion?: string }) => suggestion === undefined)
  expect(
    bare.map(({ place }: { place: { file: string; line: number } }) => `${place.file}:${place.line}`),
  ).toEqual([
    '~/.agent-os/GLOBAL_RULES.md:7',
    '~/.agent-os/GLOBAL_RULES.md:13',
    '~/.agent-os/GLOBAL_RULES.md:20',
    '.agent-os/AGENT.md:13',
    '.agent-os/AGENT.md:15',
    '.agent-os/MIRROR_CONTRACT.md:17',
    '.agent-os/PREFERRED_STACK.md:13',
  ])
})

function withoutRules(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*[-*+] \*\*(?:Deny|Ask|Require)\*\* `/.test(line))
    .join('\n')
}
