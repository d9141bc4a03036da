import fc from 'fast-check'
import { parseCapability } from '../../src/policy/capability/capability.ts'
import type { Capability, Rule } from '../../src/policy/types.ts'

export { fc }

const name = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}[a-z0-9]$/)
const path = fc
  .array(
    fc.oneof(name, fc.constantFrom('*', '**', '.env*', '{a,b}', 'a b', 'a`b', '``', "it's", 'é', '@x')),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join('/'))
const start = fc.constantFrom('', '/', '~/')

const texts = {
  file: fc
    .tuple(start, path, fc.constantFrom('read', 'write', '*', 'read,write'))
    .map(([a, b, c]) => `file:${a}${b}:${c}`),
  http: fc
    .tuple(name, fc.constantFrom('', ':8080', '/v1/*'), fc.constantFrom('request', 'get,post', '*'))
    .map(([a, b, c]) => `http:${a}.example${b}:${c}`),
  shell: fc
    .tuple(name, fc.constantFrom('', ' *', ' push *', ' --x=1', ' a ** b'))
    .map(([a, b]) => `shell:${a}${b}`),
  env: name.map((text) => `env:${text.toUpperCase()}_*`),
  git: fc.tuple(name, fc.constantFrom('push', 'commit,push', '*')).map(([a, b]) => `git:${a}:${b}`),
  mcp: fc.tuple(name, name).map(([a, b]) => `mcp:${a}/${b}`),
}

function capability(text: fc.Arbitrary<string>): fc.Arbitrary<Capability> {
  return text
    .map((each) => parseCapability(each))
    .filter((result) => result.ok)
    .map((result) => (result.ok ? result.value : failed()))
}

const any = capability(fc.oneof(...Object.values(texts)))
const reason = fc
  .array(
    fc.oneof(
      name,
      fc.constantFrom(
        'because',
        '—',
        '-',
        '`env:A`',
        '**Deny**',
        'don’t',
        'for',
        'é',
        '&',
        '*',
        '[x]',
        'https://x.example/a_b_c',
      ),
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((words) => words.join(' '))
  // A rule in a reason is an error.
  .filter((text) => !/[*]{2}Deny[*]{2}.*`env:A`/.test(text))

const example = fc.record({
  expected: fc.constantFrom('allow', 'deny', 'ask'),
  request: fc.oneof(
    name.map((each) => `env:${each}`),
    name.map((each) => `file:src/${each}:read`),
    name.map((each) => `shell:${each} -x`),
  ),
  place: fc.constant({ file: 'x', line: 1, column: 1 }),
})

const base = fc.record({
  agents: fc.uniqueArray(name, { maxLength: 3 }),
  examples: fc.array(example, { maxLength: 3 }),
  source: fc.constant({ file: 'x', line: 1, column: 1, text: '' }),
  layer: fc.constant('user' as const),
})
const options = fc.record({ reason, in: fc.constantFrom('~/work/shop', '/srv/*') }, { requiredKeys: [] })

const plain = fc
  .record({
    effect: fc.constantFrom('allow', 'only', 'deny', 'ask'),
    capabilities: fc.array(any, { minLength: 1, maxLength: 3 }),
  })
  .chain((head) => {
    const fitting = any.filter(({ resource }) =>
      head.capabilities.some((capability) => capability.resource === resource),
    )
    const except = fc.array(fitting, { maxLength: 2 })
    const via = fc.option(capability(texts.shell), { nil: undefined })
    return fc.tuple(except, via).map(([exceptions, command]) => ({
      ...head,
      except: exceptions,
      ...(command && (head.effect === 'allow' || head.effect === 'only') && { via: command }),
    }))
  })
const require = fc
  .record({
    capabilities: fc.array(capability(fc.constantFrom('shell:npm test', 'shell:make check')), {
      minLength: 1,
      maxLength: 2,
    }),
    stage: fc.constantFrom('start', 'commit', 'push', 'done'),
    when: fc.option(any, { nil: undefined }),
  })
  .map(({ when, ...rest }) => ({ effect: 'require' as const, except: [], ...rest, ...(when && { when }) }))
const limit = fc
  .constantFrom(
    'run:*{timeout:30m,memory:4GB,processes:512}',
    'model:anthropic/*{usd:5/day}',
    'shell:make{timeout:90s}',
    'agent:spawn{max:5}',
  )
  .map((text) => ({ effect: 'limit' as const, except: [], text }))
  .chain(({ text, ...rest }) =>
    capability(fc.constant(text)).map((one) => ({ ...rest, capabilities: [one] })),
  )

/** Any rule that a person can write, its reason on one line. */
export const rule: fc.Arbitrary<Rule> = fc
  .tuple(fc.oneof(plain, require, limit), base, options)
  .map(([head, tail, extra]) => ({ ...head, ...tail, ...extra }))

function failed(): never {
  throw new Error('filtered')
}
