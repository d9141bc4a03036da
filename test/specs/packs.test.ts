import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readFindings } from '../../src/ops/check/findings.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decide } from '../../src/policy/decide.ts'
import { parseRequest } from '../../src/policy/request/parse.ts'
import { runExamples } from '../../src/spec/examples.ts'
import { parseSources } from '../../src/spec/parse.ts'
import { readSources } from '../../src/spec/read.ts'
import type { SpecSource } from '../../src/spec/types.ts'

const packs = join(import.meta.dirname, '../../specs')
const place = { root: '/work/shop', home: '/home/ada', cwd: '/work/shop' }
const shipped = readSources({ home: '/nowhere', packs })
const names = readdirSync(join(packs, 'packs')).map((name) => name.replace('.md', ''))

describe('what ships with oos', () => {
  const set = projectWith(
    `---\nextends: [${extendable().join(', ')}]\n---\n- **Allow** \`file:**:*\` — all\n`,
  )

  it('is understood without a word of complaint', () => {
    expect([...shipped.diagnostics, ...set.diagnostics]).toEqual([])
    expect(set.specs.flatMap(({ advisory, pack }) => (pack === 'oos:protected' ? [] : advisory))).toEqual([])
  })

  it('does what its examples say', () => {
    const results = runExamples(set, place)
    const failed = results
      .filter(({ passed }) => !passed)
      .map(({ example, problem }) => [example.place, example.request, problem])
    expect(failed).toEqual([])
  })

  it.each(names)('has examples in the pack %s, and a reason behind each rule', (name) => {
    const spec = set.specs.find(({ path }) => path === `oos:${name}`)
    expect(spec?.rules.flatMap(({ examples }) => examples).length).toBeGreaterThan(0)
    expect(spec?.rules.filter(({ reason }) => reason === undefined)).toEqual([])
  })

  it.each(shipped.sources.map(({ path, bytes }) => ({ path, bytes })))(
    'can be read in a minute: $path',
    ({ bytes }) => {
      expect(Buffer.from(bytes).toString().split(/\s+/).length).toBeLessThan(450)
    },
  )
})

describe('a project that extends the packs and allows everything else', () => {
  const { rules } = projectWith(`---
extends: [${extendable().join(', ')}]
---
- **Allow** \`file:**:*\`, \`file:~/**:read\`, \`env:*\`, \`shell:*\`, \`git:*:*\` — all
`)
  const policy = compilePolicy({ rules, ...place, now: 0 })

  it.each([
    ['file:src/index.ts:write', 'allow'],
    ['file:.env:read', 'deny'],
    ['file:.env.local:write', 'deny'],
    ['file:apps/web/.env.production:read', 'deny'],
    ['file:.env.example:read', 'allow'],
    ['file:.environment:read', 'allow'],
    ['file:src/env.ts:read', 'allow'],
    ['file:server.key:read', 'deny'],
    ['file:src/keys.ts:read', 'allow'],
    ['file:node_modules/tls/test/server.pem:read', 'allow'],
    ['file:.venv/lib/python3.13/site-packages/certifi/cacert.pem:read', 'allow'],
    ['file:node_modules/tls/test/server.pem:write', 'allow'],
    ['file:.npmrc:read', 'allow'],
    ['file:~/.npmrc:read', 'deny'],
    ['file:~/.ssh/id_ed25519:read', 'deny'],
    ['file:~/.aws/credentials:read', 'deny'],
    ['file:~/.cargo/credentials.toml:read', 'deny'],
    ['file:~/.cargo/bin/cargo:read', 'allow'],
    ['file:~/.rustup/toolchains/stable/bin/rustc:read', 'allow'],
    ['file:~/.nvm/versions/node/v24/bin/node:read', 'allow'],
    ['file:~/.pyenv/shims/python3:read', 'allow'],
    ['file:~/.local/share/uv/python/cpython-3.13/bin/python:read', 'allow'],
    ['file:~/.local/share/uv/credentials/x:read', 'deny'],
    ['file:~/go/bin/gopls:read', 'allow'],
    ['file:~/Documents/taxes.pdf:read', 'allow'],
    ['file:.agent-os/AGENT.md:write', 'deny'],
    ['file:.git/hooks/pre-commit:write', 'deny'],
    ['file:.git/index:write', 'allow'],
    ['env:PATH', 'allow'],
    ['env:NODE_ENV', 'allow'],
    ['env:GITHUB_TOKEN', 'deny'],
    ['env:OPENAI_API_KEY', 'deny'],
    ['env:APIKEY', 'deny'],
    ['env:AWS_PROFILE', 'deny'],
    ['env:KEYBOARD', 'allow'],
    ['shell:npm test', 'allow'],
    ['shell:npm publish', 'ask'],
    ['shell:yarn npm publish', 'ask'],
    ['shell:npm pub', 'ask'],
    ['shell:python -m twine upload dist/x.tar.gz', 'ask'],
    ['shell:cargo publish', 'ask'],
    ['shell:git reset --hard', 'ask'],
    ['shell:git restore --staged --worktree .', 'ask'],
    ['shell:git restore --staged src/a.ts', 'allow'],
    ['git:topic:commit', 'allow'],
    ['git:topic:force-push', 'deny'],
    ['http:example.com:get', 'deny'],
  ])('%s: %s', (text, effect) => {
    const request = parseRequest(text, place)
    if (!request.ok) throw new Error(request.problems[0]?.message)
    expect(decide(policy, request.value).effect).toBe(effect)
  })
})

it('no command in other words goes round what the packs ask about', () => {
  const everything = '- **Allow** `shell:*`, `git:*:*`, `file:**:*`, `http:*:request` — all\n'
  const set = projectWith(`---\nextends: [${extendable().join(', ')}]\n---\n${everything}`)
  // As if a person had written them.
  const rules = set.rules.map(({ source: { pack: _, ...source }, ...rule }) => ({
    ...rule,
    source,
    ...(rule.layer === 'built-in' ? {} : { layer: 'project' as const }),
  }))
  const found = readFindings({ ...place, rules, agents: [], holes: [] })
  const ways = found.filter(({ code }) => code === 'analysis/way-round' || code === 'analysis/secret-way-out')
  expect(ways.map(({ message }) => message)).toEqual([])
})

function extendable(): string[] {
  return names.filter((name) => name !== 'protected' && name !== 'base').map((name) => `oos:${name}`)
}

function projectWith(text: string) {
  const agent: SpecSource = {
    path: '.agent-os/AGENT.md',
    kind: 'agent',
    layer: 'project',
    bytes: Buffer.from(text),
  }
  return parseSources([...shipped.sources, agent])
}
