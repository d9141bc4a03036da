import fc from 'fast-check'
import { parseCapability } from '../../src/policy/capability/capability.ts'
import type { Capability, Effect, Request, Rule } from '../../src/policy/types.ts'

// Few words, so that random rules and random requests often meet.

export const root = '/home/ada/shop'
export const home = '/home/ada'

export function capability(text: string): Capability {
  const parsed = parseCapability(text)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problems[0]?.message}`)
  return parsed.value
}

export interface RuleParts {
  readonly effect: Effect
  readonly capabilities: readonly string[]
  readonly except?: readonly string[]
  readonly agents?: readonly string[]
  readonly line?: number
  readonly layer?: Rule['layer']
  readonly in?: string
  /** The shipped pack that it comes from. */
  readonly pack?: string
}

export function makeRule(parts: RuleParts): Rule {
  const { effect, capabilities, except = [], agents = [], line = 1, layer = 'project', pack } = parts
  const file = pack ?? (layer === 'user' ? '~/.agent-os/GLOBAL_RULES.md' : '.agent-os/AGENT.md')
  const text = `**${effect}** ${capabilities.join(', ')}`
  return {
    effect,
    capabilities: capabilities.map(capability),
    except: except.map(capability),
    agents,
    layer,
    ...(parts.in && { in: parts.in }),
    source: { file, line, column: 1, text, ...(pack && { pack }) },
    examples: [],
  }
}

const names = ['src', 'lib', 'a.ts', 'b.ts', '.env', '.env.local', 'x']
const segment = fc.constantFrom(...names, '*', '*.ts', '.env*', '[ab].ts', '?', '{src,lib}', '[!a]*')
const pathPattern = fc
  .tuple(
    fc.constantFrom('', '', '', '~/', '/', '/home/ada/', '/home/*/shop/'),
    fc.array(fc.oneof({ weight: 3, arbitrary: segment }, { weight: 1, arbitrary: fc.constant('**') }), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([start, segments]) => start + segments.join('/'))
const fileActions = fc.constantFrom('read', 'write', 'read,write', 'create', 'change', 'change,delete', '*')
const file = fc.tuple(pathPattern, fileActions).map(([pattern, actions]) => `file:${pattern}:${actions}`)

const hostPattern = fc.constantFrom(
  'x.com',
  '*.x.com',
  '*',
  'a.x.com',
  'a*.x.com',
  '*.*.x.com',
  '{x,y}.com',
  '127.0.0.1',
  '*.b.x.com',
  'localhost',
  '3com',
)
const portPattern = fc.constantFrom('', '', '', ':80', ':8080', ':*', ':{80,8080}')
const urlPath = fc.constantFrom('', '', '/*', '/v1/*', '/v1/a', '/*/a', '/v?/*')
const httpActions = fc.constantFrom('get', 'post', 'get,post', 'request', '*')
const http = fc
  .tuple(hostPattern, portPattern, urlPath, httpActions)
  .map(([host, port, path, actions]) => `http:${host}${port}${path}:${actions}`)

const commandWord = fc.constantFrom('push', 'status', 'run', '*', '**', 'te*', 'test')
const shell = fc
  .tuple(fc.constantFrom('git', 'npm', 'gi*', 'ls', '*'), fc.array(commandWord, { maxLength: 3 }))
  .map(([program, words]) => `shell:${[program, ...words].join(' ')}`)

const name = fc.constantFrom(
  'env:A*',
  'env:*',
  'env:{A,B}',
  'env:AB',
  'mcp:files/*',
  'mcp:*/read',
  'git:main:push',
  'git:*:push,commit',
  'git:?*:push',
  'memory:team/*:read',
  'agent:spawn',
  'agent:joe:*',
)
const capabilityText = fc.oneof(
  { weight: 4, arbitrary: file },
  { weight: 3, arbitrary: http },
  { weight: 3, arbitrary: shell },
  { weight: 2, arbitrary: name },
)
const plainCapability = capabilityText.filter((text) => !text.startsWith('shell:* '))

const agents = fc.constantFrom<readonly string[]>([], [], [], ['coder'], ['tester'], ['coder', 'tester'])
const effect = fc.constantFrom<Effect>('allow', 'allow', 'allow', 'deny', 'ask', 'only')
const plainRule = fc.record({
  effect,
  capabilities: fc.array(plainCapability, { minLength: 1, maxLength: 2 }),
  except: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(plainCapability, { maxLength: 2 }) },
  ),
  agents,
})
const limitRule = fc.record({
  effect: fc.constant<Effect>('limit'),
  capabilities: fc.constantFrom(
    ['agent:spawn{max:2}'],
    ['http:*.x.com:request{max:2}'],
    ['mcp:files/*{max:1}'],
  ),
  agents,
})

export const arbitraryRule: fc.Arbitrary<Rule> = fc
  .tuple(fc.oneof({ weight: 9, arbitrary: plainRule }, { weight: 1, arbitrary: limitRule }), fc.nat(1_000))
  .map(([parts, line]) => makeRule({ ...parts, line }))

export const arbitraryRules: fc.Arbitrary<Rule[]> = fc.array(arbitraryRule, { maxLength: 12 })

const requestPath = fc
  .tuple(
    fc.constantFrom(root, root, root, home, '', '/home/bob/shop'),
    fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
  )
  .map(([start, segments]) => `${start}/${segments.join('/')}`)
const fileRequest = fc.record({
  resource: fc.constant('file' as const),
  action: fc.constantFrom('read', 'write', 'create', 'change', 'delete'),
  target: requestPath,
})
const httpRequest = fc.record({
  resource: fc.constant('http' as const),
  action: fc.constantFrom('get', 'post', 'request', 'put'),
  target: fc
    .tuple(
      fc.constantFrom('x.com', 'a.x.com', 'a.b.x.com', 'ab.x.com', 'y.com', '127.0.0.1', 'localhost', '3com'),
      fc.constantFrom('80', '443', '8080'),
      fc.constantFrom('', '/v1/a', '/v1', '/', '/v1/a/b'),
    )
    .map(([host, port, path]) => `${host}:${port}${path}`),
})
const shellRequest = fc
  .tuple(
    fc.constantFrom('git', 'npm', 'ls', '/usr/bin/git', './git', 'gitk'),
    fc.array(fc.constantFrom('push', 'status', 'run', 'test', '-C', '.', '--yes'), { maxLength: 4 }),
  )
  .map(([program, words]) => ({
    resource: 'shell' as const,
    action: 'execute',
    target: [program, ...words].join(' '),
    words: [program, ...words],
  }))
const nameRequest = fc.constantFrom(
  { resource: 'env', action: 'read', target: 'AB' },
  { resource: 'env', action: 'read', target: 'B' },
  { resource: 'mcp', action: 'call', target: 'files/read' },
  { resource: 'mcp', action: 'call', target: 'web/read' },
  { resource: 'git', action: 'push', target: 'main' },
  { resource: 'git', action: 'tag', target: 'v1' },
  { resource: 'memory', action: 'write', target: 'team/x' },
  { resource: 'memory', action: 'read', target: 'team/x' },
  { resource: 'agent', action: 'spawn', target: 'joe' },
) as fc.Arbitrary<Request>

const who = fc.constantFrom<Pick<Request, 'agent' | 'lineage'>>(
  {},
  {},
  { agent: 'coder' },
  { agent: 'tester' },
  { agent: 'tester', lineage: ['coder'] },
  { agent: 'coder', lineage: ['command', 'tester'] },
)
const asked = fc.constantFrom<Pick<Request, 'attributes'>>(
  {},
  {},
  {},
  { attributes: { max: 2 } },
  { attributes: { max: 3 } },
)

export const arbitraryRequest: fc.Arbitrary<Request> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fileRequest },
      { weight: 3, arbitrary: httpRequest },
      { weight: 3, arbitrary: shellRequest },
      { weight: 2, arbitrary: nameRequest },
    ),
    who,
    asked,
  )
  .map(([request, agent, attributes]) => ({ ...request, ...agent, ...attributes }))
