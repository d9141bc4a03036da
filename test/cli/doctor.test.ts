import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeTree, oos } from './oos.ts'

interface Finding {
  readonly name: string
  readonly ok: boolean
  readonly fix?: string
}

function examine(place: Parameters<typeof oos>[1]) {
  const { code, stdout } = oos(['doctor', '--json'], place)
  const { ok, findings } = JSON.parse(stdout).data as { ok: boolean; findings: readonly Finding[] }
  return { code, ok, found: new Map(findings.map((finding) => [finding.name, finding])) }
}

const specs = { '.agent-os/AGENT.md': '- **Allow** `file:src/**:read`\n' }

test('a machine that can run says so of every part, having tried it', () => {
  const { code, ok, found } = examine({ cwd: makeTree(specs) })
  expect({ code, ok }).toEqual({ code: 0, ok: true })
  expect([...found.keys()]).toEqual(
    expect.arrayContaining(['node', 'bubblewrap', 'sandbox', 'record', 'specs']),
  )
})

test('outside a project there is nothing to fix', () => {
  expect(examine({ cwd: makeTree({}) })).toMatchObject({ code: 0, ok: true })
})

test('a spec with an error is found, with what to type', () => {
  const { code, found } = examine({ cwd: makeTree({ '.agent-os/AGENT.md': '- **Dney** `file:x:read`\n' }) })
  expect({ code, finding: found.get('specs') }).toMatchObject({
    code: 4,
    finding: { ok: false, fix: 'oos spec check' },
  })
})

test('a record that is no database is found', () => {
  const cwd = makeTree(specs)
  mkdirSync(join(cwd, '.oos/data'), { recursive: true })
  writeFileSync(
    join(cwd, '.oos/data/atlas.db'),
    'not a database, and long enough to be looked at '.repeat(50),
  )
  const { code, found } = examine({ cwd })
  expect({ code, ok: found.get('record')?.ok }).toEqual({ code: 4, ok: false })
})

test('a place of the record that nobody has agreed to is left alone', () => {
  const cwd = makeTree({
    ...specs,
    '.agent-os/PREFERRED_STACK.md': '| Setting | Value |\n|---|---|\n| database.path | elsewhere/x.db |\n',
  })
  expect(examine({ cwd }).found.get('record')?.ok).toBe(true)
  expect(existsSync(join(cwd, 'elsewhere'))).toBe(false)
})

test('a missing HOME is found, and nothing is thrown', () => {
  const { code, stdout, stderr } = oos(['doctor'], { cwd: makeTree(specs), env: { HOME: undefined } })
  expect({ code, stderr }).toEqual({ code: 4, stderr: '' })
  expect(stdout).toMatch(/✗ specs +HOME is not set/)
})
