import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { renderSecrets } from '../../../scripts/secrets.ts'
import { analyze, type Finding } from '../../../src/policy/analysis/analyze.ts'
import { secretPatterns } from '../../../src/policy/analysis/secret-patterns.ts'
import { printWitness } from '../../../src/policy/analysis/witness.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import { home, makeRule, type RuleParts, root } from '../random-rules.ts'

function waysOut(rules: readonly RuleParts[], agents: readonly string[] = []) {
  const numbered = rules.map((rule, line) => makeRule({ line: line + 1, ...rule }))
  const policy = compilePolicy({ rules: numbered, root, home, now: 0 })
  const found = analyze(policy, { agents }).filter(
    (finding): finding is Extract<Finding, { kind: 'secret-way-out' }> => finding.kind === 'secret-way-out',
  )
  for (const { secret, foreign, way } of found)
    for (const { request, rule } of [secret, foreign, way])
      expect(decide(policy, request)).toMatchObject({ effect: 'allow', rule })
  return found.map((each) => [
    each.agents.join(),
    ...[each.secret, each.foreign, each.way].map(({ request }) => printWitness(request, policy)),
  ])
}

const allow = (...capabilities: string[]): RuleParts => ({ effect: 'allow', capabilities })
const deny = (...capabilities: string[]): RuleParts => ({ effect: 'deny', capabilities })
const files = allow('file:**:read,write')
const host = allow('http:x.com:request')
const pack = secretPatterns.map(
  ({ deny: capability, except }): RuleParts => ({
    effect: 'deny',
    capabilities: [capability],
    except,
    pack: 'oos:secrets',
  }),
)
const hole = (text: string): readonly RuleParts[] => {
  const [resource = ''] = text.split(':')
  return pack.map((rule) =>
    rule.capabilities[0]?.startsWith(resource) ? { ...rule, except: [...(rule.except ?? []), text] } : rule,
  )
}

test('the list of secrets is what the pack says', () => {
  const written = readFileSync(
    new URL('../../../src/policy/analysis/secret-patterns.ts', import.meta.url),
    'utf8',
  )
  expect(written).toBe(renderSecrets(readFileSync('specs/packs/secrets.md')))
})

const found: readonly { name: string; rules: readonly RuleParts[]; shown: readonly string[] }[] = [
  {
    name: 'a project that is open, and a host',
    rules: [files, host],
    shown: ['file:.env:read', 'http:x.com:get', 'http:x.com:post'],
  },
  {
    name: 'a folder in which a secret could lie',
    rules: [allow('file:src/**:read'), host],
    shown: ['file:src/.env:read', 'http:x.com:get', 'http:x.com:post'],
  },
  {
    name: 'home, and a host that is only read from',
    rules: [allow('file:~/**:read'), allow('http:x.com:get')],
    shown: ['file:.env:read', 'http:x.com:get', 'http:x.com:get'],
  },
  {
    name: 'a variable that is a secret by its name',
    rules: [allow('env:GITHUB_*'), host],
    shown: ['env:GITHUB_TOKEN', 'http:x.com:get', 'http:x.com:post'],
  },
  {
    name: 'a file of that kind beside Denies of others',
    rules: [files, deny('file:**/.env{,.*}:*', 'file:**/*.pem:*'), host],
    shown: ['file:.envrc:read', 'http:x.com:get', 'http:x.com:post'],
  },
  {
    name: 'what is left of a secret by a Deny of a part',
    rules: [allow('file:keys/*.pem:read'), deny('file:keys/[!a]*:read'), host],
    shown: ['file:keys/a.pem:read', 'http:x.com:get', 'http:x.com:post'],
  },
  {
    name: 'a file that ends as only a secret does',
    rules: [allow('file:config/*:read'), host],
    shown: ['file:config/.env:read', 'http:x.com:get', 'http:x.com:post'],
  },
  {
    name: 'a secret by its whole name',
    rules: [allow('file:.env.production:read'), host],
    shown: ['file:.env.production:read', 'http:x.com:get', 'http:x.com:post'],
  },
  {
    name: 'a folder that is closed to the secrets one thinks of',
    rules: [allow('file:src/**:read'), deny('file:**/.env*:*'), host],
    shown: ['file:src/x.pem:read', 'http:x.com:get', 'http:x.com:post'],
  },
  {
    name: 'tools of others before hosts',
    rules: [files, allow('mcp:issues/*'), host],
    shown: ['file:.env:read', 'mcp:issues/x', 'http:x.com:post'],
  },
  {
    name: 'a variable that was taken out of the pack',
    rules: [...hole('env:NPM_TOKEN'), files, allow('env:NPM_TOKEN'), host],
    shown: ['env:NPM_TOKEN', 'http:x.com:get', 'http:x.com:post'],
  },
]

test.for(found)('$name is said', ({ rules, shown }) => {
  expect(waysOut(rules)).toEqual([['command', ...shown]])
})

const silent: readonly { name: string; rules: readonly RuleParts[] }[] = [
  { name: 'no host', rules: [files] },
  { name: 'this machine alone', rules: [files, allow('http:{localhost,127.0.0.1}:*:request')] },
  {
    name: 'a host that a person is asked about',
    rules: [files, { effect: 'ask', capabilities: ['http:*:request'] }, host],
  },
  { name: 'the pack', rules: [...pack, files, host, allow('env:NODE_ENV')] },
  { name: 'the pack without made up keys', rules: [...hole('file:test/fixtures/**:read'), files, host] },
  {
    name: 'files that are no secret',
    rules: [allow('file:dist/*.js:read', 'env:{CI,NODE_ENV}', 'file:/usr/**:read'), host],
  },
  { name: 'secrets that may only be written', rules: [allow('file:.env:create'), host] },
  {
    name: 'what comes with oos',
    rules: [
      { ...allow('env:LC_*', 'file:/**:read'), layer: 'built-in', pack: 'oos:base' },
      host,
      allow('file:src/x.js:read', 'env:CI'),
    ],
  },
]

test.for(silent)('$name: nothing is said', ({ rules }) => {
  expect(waysOut(rules)).toEqual([])
})

test('agents for which the same rules make it are named together, and each other one by itself', () => {
  const own = { ...allow('env:DEPLOY_TOKEN'), agents: ['deployer'] }
  expect(waysOut([files, host], ['coder', 'tester'])).toEqual([
    ['command,coder,tester', 'file:.env:read', 'http:x.com:get', 'http:x.com:post'],
  ])
  expect(
    waysOut([...pack.filter((_, index) => index < 14), files, host, own], ['coder', 'deployer']),
  ).toEqual([['deployer', 'env:DEPLOY_TOKEN', 'http:x.com:get', 'http:x.com:post']])
})
