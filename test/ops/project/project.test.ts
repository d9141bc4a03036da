import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openProject, readProject } from '../../../src/ops/project/project.ts'
import { decide } from '../../../src/policy/decide.ts'

const rules = '- **Allow** `file:src/**:read` — the code\n'

function makeProject(spec = rules) {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'oos-project-'))
  const cwd = join(home, 'project')
  mkdirSync(join(cwd, '.agent-os'), { recursive: true })
  writeFileSync(join(cwd, '.agent-os/AGENT.md'), spec)
  return { cwd, env: { HOME: home } }
}

test('a project opens with a policy that decides', async () => {
  const place = makeProject()
  const { policy, root, agents } = await openProject(place)
  expect(root).toBe(place.cwd)
  expect(agents.map(({ name }) => name)).toContain('coder')
  expect(decide(policy, { resource: 'file', action: 'read', target: join(root, 'src/a') }).effect).toBe(
    'allow',
  )
})

test('known specs give the same project, without the parser and its schemas being loaded', () => {
  const { cwd, env } = makeProject()
  const script = `
    const { registerHooks } = await import('node:module')
    const loaded = []
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
    const { openProject } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/ops/project/project.ts'))})
    const { rules, policy } = await openProject({ cwd: ${JSON.stringify(cwd)}, env: process.env })
    console.log(JSON.stringify({ rules, hash: policy.hash, loaded }))`
  const open = () => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    })
    return JSON.parse(stdout) as { rules: unknown; hash: string; loaded: readonly string[] }
  }
  const heavy = /spec\/parse|remark|unified|zod|\/yaml\/|gray-matter/
  const [first, second] = [open(), open()]
  expect(first.loaded.some((url) => heavy.test(url))).toBe(true)
  expect(second.loaded.filter((url) => heavy.test(url))).toEqual([])
  expect({ rules: second.rules, hash: second.hash }).toEqual({ rules: first.rules, hash: first.hash })
})

test('a changed spec is read again at once', async () => {
  const place = makeProject()
  const before = await openProject(place)
  writeFileSync(join(place.cwd, '.agent-os/AGENT.md'), `${rules}- **Deny** \`file:src/x:read\`\n`)
  const after = await openProject(place)
  expect(after.rules.length).toBe(before.rules.length + 1)
  expect(after.policy.hash).not.toBe(before.policy.hash)
  expect(after.specHash).not.toBe(before.specHash)
})

test('a spec that has changed and is as long as before is read again, too', async () => {
  const place = makeProject()
  const write = (name: string) =>
    writeFileSync(join(place.cwd, '.agent-os/AGENT.md'), `${rules}- **Deny** \`file:src/${name}:read\`\n`)
  write('x')
  await openProject(place)
  write('y')
  const { rules: found } = await openProject(place)
  expect(found.at(-1)?.source.text).toContain('src/y')
})

test('a spec with an error opens nothing, names its place, and is not cached', async () => {
  const place = makeProject('- **Dney** `file:.env:*`\n')
  await expect(openProject(place)).rejects.toMatchObject({
    code: 'spec-invalid',
    hint: 'oos spec check',
    place: { file: '.agent-os/AGENT.md', line: 1 },
  })
  expect(readdirSync(join(place.env.HOME, '.cache/oos/policy'))).toEqual([])
})

test('warnings are said again when the specs come from the cache', async () => {
  const place = makeProject(`${rules}\nSee \`file:lib/**:read\` for more.\n`)
  const [first, second] = [await readProject(place), await readProject(place)]
  expect(first.diagnostics.map(({ severity }) => severity)).toContain('warning')
  expect(second.diagnostics).toEqual(first.diagnostics)
})

test('nothing below a project is read as a policy', async () => {
  const place = makeProject()
  const inside = { ...place.env, XDG_CACHE_HOME: join(place.cwd, '.cache') }
  mkdirSync(join(place.cwd, '.cache/oos/policy'), { recursive: true })
  chmodSync(join(place.cwd, '.cache/oos'), 0o777)
  await openProject({ cwd: place.cwd, env: inside })
  expect(readdirSync(join(place.cwd, '.cache/oos/policy'))).toEqual([])
})

test('a HOME where nothing can be written only means no cache', async () => {
  const { cwd } = makeProject()
  const { rules: held } = await openProject({ cwd, env: { HOME: '/proc' } })
  expect(held.length).toBeGreaterThan(1)
})
