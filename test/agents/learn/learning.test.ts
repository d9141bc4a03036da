import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { commandRequest } from '../../../src/agents/command-request.ts'
import { foldDeep } from '../../../src/agents/learn/learned.ts'
import { learningPolicy } from '../../../src/agents/learn/learning.ts'
import { openProject } from '../../../src/ops/project/project.ts'
import type { Policy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import type { Request } from '../../../src/policy/types.ts'

let home: string
let root: string
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'oos-home-')))
  root = join(home, 'shop')
  mkdirSync(join(root, '.agent-os'), { recursive: true })
})

async function learning(text: string, command: readonly string[] = ['npm', 'test']): Promise<Policy> {
  writeFileSync(join(root, '.agent-os/AGENT.md'), text)
  const project = await openProject({ cwd: root, env: { HOME: home } })
  return learningPolicy(project, { base: project.policy, asked: commandRequest('command', command, root) })
}

const effectOf = (policy: Policy, request: Request) => decide(policy, request).effect
const file = (path: string, action = 'read'): Request => ({
  resource: 'file',
  action,
  target: path.startsWith('/') ? path : join(root, path),
})
const host = (target: string): Request => ({ resource: 'http', action: 'request', target })
const variable = (target: string): Request => ({ resource: 'env', action: 'read', target })

describe('a run that learns', () => {
  it('may use what can be watched, and nothing that a rule is against', async () => {
    const policy = await learning(
      '- **Deny** `file:private/**:*` — no\n- **Deny** `http:bad.example.com:*` — no\n',
    )
    const asked: readonly (readonly [Request, string])[] = [
      [file('src/a.ts'), 'allow'],
      [file('dist/a.js', 'create'), 'allow'],
      [file('private/a'), 'deny'],
      [file('.env'), 'deny'],
      [file('deploy/id_rsa'), 'deny'],
      [file('.agent-os/AGENT.md', 'change'), 'deny'],
      [file('.git/hooks/x', 'create'), 'deny'],
      [file('.oos/data/atlas.db'), 'deny'],
      [file(`${home}/.nvm/bin/node`), 'allow'],
      [file(`${home}/.nvm/bin/node`, 'change'), 'deny'],
      [file(`${home}/.ssh/id`), 'deny'],
      [file(`${home}/.npmrc`), 'deny'],
      [file(`${home}/notes.txt`), 'deny'],
      [file('/srv/data'), 'deny'],
      [host('registry.example.com:443'), 'allow'],
      [host('registry.example.com:8443'), 'allow'],
      [host('bad.example.com:443'), 'deny'],
      [host('127.0.0.1:80'), 'deny'],
      [host('10.0.0.1:443'), 'deny'],
      [host('[::1]:443'), 'deny'],
      [variable('NODE_ENV'), 'allow'],
      [variable('HOME'), 'allow'],
      [variable('MY_SETTING'), 'deny'],
      [variable('NPM_TOKEN'), 'deny'],
    ]
    expect(asked.map(([request]) => [request.target, effectOf(policy, request)])).toEqual(
      asked.map(([request, effect]) => [request.target, effect]),
    )
  })

  it('asks where a rule asks', async () => {
    const policy = await learning(
      '- **Ask** `file:docs/**:write` — look\n- **Ask** `shell:npm publish *` — look\n',
    )
    expect(effectOf(policy, file('docs/a', 'create'))).toBe('ask')
    expect(effectOf(policy, commandRequest('command', ['npm', 'publish', 'x'], root))).toBe('ask')
  })

  it('runs the command that was asked for, and no other', async () => {
    const policy = await learning('', ['npm', 'run', 'a b'])
    const asks = (...words: readonly string[]) => effectOf(policy, commandRequest('command', words, root))
    expect([asks('npm', 'run', 'a b'), asks('npm', 'run', 'a'), asks('npm')]).toEqual([
      'allow',
      'deny',
      'deny',
    ])
  })

  it('runs no command that a rule denies, also where it cannot be read', async () => {
    const text = '- **Deny** `shell:curl *` — no\n'
    for (const command of [
      ['curl', 'x'],
      ['sh', '-c', 'curl x'],
      ['sh', '-c', '$X'],
    ]) {
      const policy = await learning(text, command)
      expect(effectOf(policy, commandRequest('command', command, root))).toBe('deny')
    }
  })

  it('keeps the secrets closed where another agent alone takes them in', async () => {
    mkdirSync(join(root, '.agent-os/agents'))
    const text = '---\nname: writer\nextends: [oos:secrets]\n---\n\n# Writer\n'
    writeFileSync(join(root, '.agent-os/agents/writer.md'), text)
    expect(effectOf(await learning(''), { ...file('.env'), agent: 'command' })).toBe('deny')
  })

  it('keeps to a hole that a person made in the secrets, and makes none', async () => {
    const hole = '---\nextends: [{pack: oos:secrets, except: ["file:test/**:read"]}]\n---\n'
    expect(effectOf(await learning(hole), file('test/server.key'))).toBe('allow')
    expect(effectOf(await learning(''), file('test/server.key'))).toBe('deny')
  })

  it('does not follow a link out of what is closed', async () => {
    mkdirSync(join(root, 'vault'))
    symlinkSync(join(root, 'vault'), join(root, 'private'))
    const policy = await learning('- **Deny** `file:private/**:*` — no\n')
    expect(effectOf(policy, file('vault/a'))).toBe('deny')
  })
})

it('a record that would be too long has folders in place of what is deep in them', () => {
  const use = (target: string, outcome: 'let' | 'refused' = 'let') => ({
    ...({ type: 'learn.access', resource: 'file', action: 'read' } as const),
    ...{ outcome, target, count: 1 },
  })
  const many = Array.from({ length: 50 }, (_, index) => use(`/w/a/deep/deeper/${index}`))
  const closed = many.map(({ target }) => use(target, 'refused'))
  const folded = foldDeep([use('/w/b'), ...many, ...closed], 10)
  expect(folded).toEqual([
    expect.objectContaining({ target: '/w/a/deep/deeper', outcome: 'let', below: true, count: 50 }),
    expect.objectContaining({ target: '/w/a/deep/deeper', outcome: 'refused', below: true, count: 50 }),
    expect.objectContaining({ target: '/w/b', count: 1 }),
  ])
})

it('a record of more uses than a call takes arguments is made all the same', () => {
  const use = { type: 'learn.access', resource: 'file', action: 'read', outcome: 'let', count: 1 } as const
  const many = Array.from({ length: 200_000 }, (_, index) => ({ ...use, target: `/w/a/${index}` }))
  expect(foldDeep(many, 10)).toMatchObject([{ target: '/w/a', count: 200_000 }])
})
