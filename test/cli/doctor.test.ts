import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { executable, makeTree, oos } from './oos.ts'

interface Finding {
  readonly name: string
  readonly ok: boolean
  readonly missing?: true
  readonly detail: string
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

test('outside a project there is nothing to fix, and no tick for what is not there', () => {
  const cwd = makeTree({})
  const { code, ok, found } = examine({ cwd })
  expect({ code, ok, specs: found.get('specs') }).toMatchObject({
    code: 0,
    ok: true,
    specs: { ok: true, missing: true, fix: 'oos init' },
  })
  expect(oos(['doctor'], { cwd }).stdout).toMatch(/^○ specs +no `\.agent-os`.*\n +type oos init$/m)
})

/** A PATH with nothing but the system's programs and a folder for an `oos`. */
function placeWith(script?: string) {
  const home = makeTree({ 'bin/.keep': '' })
  const cwd = makeTree(specs)
  execFileSync('git', ['init', '-q'], { cwd })
  if (script !== undefined) writeFileSync(join(home, 'bin/oos'), script, { mode: 0o755 })
  return { cwd, env: { HOME: home, PATH: `${home}/bin:/usr/bin:/bin` } }
}

test('whether hooks and editors find `oos` is said, and the line that is to be typed makes it so', () => {
  const place = placeWith()
  const before = examine(place).found.get('command')
  expect(before).toMatchObject({ ok: true, missing: true, detail: expect.stringContaining('no `oos`') })
  execFileSync('sh', ['-c', before?.fix ?? ''], { env: place.env })
  // Typed once more it would change nothing.
  expect(examine(place).found.get('command')).toMatchObject({
    detail: expect.stringContaining('is not in your PATH'),
    fix: 'export PATH="$HOME/.local/bin:$PATH"',
  })
  const PATH = `${place.env.HOME}/.local/bin:${place.env.PATH}`
  const after = examine({ ...place, env: { ...place.env, PATH } }).found.get('command')
  expect(after).toMatchObject({ ok: true, detail: expect.stringContaining('.local/bin/oos') })
  expect(after?.missing).toBeUndefined()
  // The home folder is no project, and what lies in it was not put there by one.
  const atHome = examine({ cwd: place.env.HOME, env: { ...place.env, PATH } }).found.get('command')
  expect(atHome).toEqual(after)
})

test('an `oos` whose Node is too old is wrong where hooks are installed', () => {
  const place = placeWith(
    '#!/bin/sh\necho "oos: needs Node 22.14 or newer, and this is 20.20.2" >&2; exit 4\n',
  )
  expect(examine(place).found.get('command')).toMatchObject({
    ok: true,
    missing: true,
    detail: expect.stringContaining('does not start: needs Node 22.14 or newer'),
  })
  expect(examine(place).found.get('hooks')).toMatchObject({ missing: true, fix: 'oos hooks install' })
  oos(['hooks', 'install'], place)
  const { code, found } = examine(place)
  expect({ code, command: found.get('command') }).toMatchObject({ code: 4, command: { ok: false } })
  expect(found.get('hooks')).toMatchObject({ ok: true, detail: expect.stringContaining('pre-commit') })
})

test('whoever installs hooks without `oos` in PATH is told that they would let nothing through', () => {
  const place = placeWith()
  expect(oos(['hooks', 'install'], place)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/no `oos` is in your PATH.*\n +mkdir -p ~\/\.local\/bin/),
  })
  const own = placeWith(`#!/bin/sh\nexec "${process.execPath}" "${executable}" "$@"\n`)
  expect(oos(['hooks', 'install'], own)).toMatchObject({ code: 0, stderr: '' })
})

test('a spec with an error is found, with what to type', () => {
  const { code, found } = examine({ cwd: makeTree({ '.agent-os/AGENT.md': '- **Dney** `file:x:read`\n' }) })
  expect({ code, finding: found.get('specs') }).toMatchObject({
    code: 2,
    finding: { ok: false, fix: 'oos spec check' },
  })
})

test('specs that git ignores are found, and tracked ones are not', () => {
  const cwd = makeTree({ ...specs, '.gitignore': '.*' })
  const git = (...words: string[]) => execFileSync('git', words, { cwd })
  git('init', '-q')
  expect(examine({ cwd }).found.get('specs')).toMatchObject({
    ok: true,
    missing: true,
    detail: expect.stringContaining('git ignores `.agent-os/AGENT.md`, by `.*` in .gitignore:1'),
  })
  git('add', '-f', '.agent-os')
  expect(examine({ cwd }).found.get('specs')).not.toHaveProperty('missing')
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

test('where the machine is wrong, too, that is what it exits with', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': '- **Dney** `file:x:read`\n' })
  expect(examine({ cwd, env: { HOME: '/gone' } }).code).toBe(4)
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

test('a HOME that is gone is found: nothing runs there', () => {
  const { code, stdout } = oos(['doctor'], { cwd: makeTree(specs), env: { HOME: '/gone' } })
  expect(code).toBe(4)
  expect(stdout).toMatch(/✗ home +HOME is `\/gone`, and there is no such folder\n +type mkdir \/gone/)
})
