import { describe, expect, test } from 'vitest'
import { findExcess } from '../../../src/ops/trust/excess.ts'
import { parseSources } from '../../../src/spec/parse.ts'
import type { SpecSource } from '../../../src/spec/types.ts'
import { home, root } from '../../policy/random-rules.ts'

const definition = (name: string): SpecSource => ({
  path: `.agent-os/agents/${name}.md`,
  kind: 'definition',
  layer: 'project',
  bytes: Buffer.from(`---\nname: ${name}\ncommand: [${name}]\n---\n`),
})

const project = (...lines: readonly string[]): readonly SpecSource[] => [
  {
    path: '.agent-os/AGENT.md',
    kind: 'agent',
    layer: 'project',
    bytes: Buffer.from(lines.map((line) => `- ${line}\n`).join('')),
  },
  definition('coder'),
  definition('tester'),
]

/** The lines that allow more than was agreed to, and what else does. */
function told(before: readonly string[], after: readonly string[]): readonly string[] {
  const [agreed, sources] = [project(...before), project(...after)]
  for (const side of [agreed, sources]) expect(parseSources(side).diagnostics.filter(isError)).toEqual([])
  const { changes, undecided, terms } = findExcess({ root, home, sources }, { agreed, now: 0 })
  const lines = [...changes, ...undecided].map(({ rule }) => rule.source.text)
  return [...new Set([...lines, ...terms.map(({ what, from, to }) => `${what}: ${from} to ${to}`)])]
}

const isError = ({ severity }: { readonly severity: string }) => severity === 'error'

const cases: readonly {
  readonly name: string
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly expected: readonly string[]
}[] = [
  {
    name: 'each line, where several say the same of different actions',
    before: [],
    after: ['**Allow** `file:x/**:write`', '**Allow** `file:x/**:read`'],
    expected: ['**Allow** `file:x/**:write`', '**Allow** `file:x/**:read`'],
  },
  {
    name: 'an address that a secret goes to',
    before: [],
    after: ['**Allow** `secret:key{to:10.1.2.3}`'],
    expected: ['**Allow** `secret:key{to:10.1.2.3}`'],
  },
  {
    name: 'another port of the host that a secret goes to',
    before: ['**Allow** `secret:key{to:x.com}`'],
    after: ['**Allow** `secret:key{to:x.com}`', '**Allow** `secret:key{to:x.com:9999}`'],
    expected: ['**Allow** `secret:key{to:x.com:9999}`'],
  },
  {
    name: 'commands that cannot be read',
    before: ['**Allow** `shell:{*,x}`'],
    after: ['**Allow** `shell:*`'],
    expected: ['**Allow** `shell:*`'],
  },
  {
    name: 'a branch that is only known when the command runs',
    before: ['**Allow** `git:{*,x}:push`'],
    after: ['**Allow** `git:*:push`'],
    expected: ['**Allow** `git:*:push`'],
  },
  {
    name: 'a question about commands that cannot be read, instead of a no',
    before: ['**Deny** `shell:rm`', '**Ask** `shell:git push`'],
    after: ['**Ask** `shell:git push`'],
    expected: ['**Deny** `shell:rm`'],
  },
  {
    name: 'the tighter of two limits that goes',
    before: ['**Limit** `http:x.com:get{rate:5/min}`', '**Limit** `http:x.com:get{rate:5/s}`'],
    after: ['**Limit** `http:x.com:get{rate:5/s}`'],
    expected: ['rate of http:x.com:get: 5/min to 5/s'],
  },
  {
    name: 'a program that is no longer hidden, though the Deny stands there twice',
    before: ['**Deny** `shell:rm{everywhere}`', '**Deny** `shell:rm`'],
    after: ['**Deny** `shell:rm`'],
    expected: ['everywhere of shell:rm: true to undefined'],
  },
  {
    name: 'a looser limit for one of the agents that shared a line',
    before: ['**Limit** `http:x.com:get{rate:5/min}` for `coder`, `tester`'],
    after: [
      '**Limit** `http:x.com:get{rate:5/s}` for `coder`',
      '**Limit** `http:x.com:get{rate:5/min}` for `tester`',
    ],
    expected: ['rate of http:x.com:get: 5/min to 5/s'],
  },
  {
    name: 'a rate, whatever else the line says now',
    before: ['**Only** `http:x.com:get{rate:5/min}`'],
    after: ['**Allow** `http:x.com:get{rate:5/s}`, `file:a:read` except `file:a:read`'],
    expected: ['rate of http:x.com:get: 5/min to 5/s'],
  },
  {
    name: 'an amount for each run instead of for a day',
    before: ['**Allow** `model:a/b{usd:5/day}`'],
    after: ['**Allow** `model:a/b{usd:5}`'],
    expected: ['usd of model:a/b: 5/day to 5'],
  },
  {
    name: 'what a run may cost',
    before: ['**Limit** `run:*{usd:5}`'],
    after: ['**Limit** `run:coder{usd:5}`'],
    expected: ['usd of a run: 5 to undefined'],
  },
  {
    name: 'the same host once more, in other words and more often',
    before: ['**Allow** `http:x.com:get{rate:5/min}`'],
    after: ['**Allow** `http:x.com:get{rate:5/min}`', '**Allow** `http:{x.com,x.com}:get{rate:5/s}`'],
    expected: ['**Allow** `http:{x.com,x.com}:get{rate:5/s}`'],
  },
]

describe('what was not agreed to', () => {
  test.each(cases)('is told: $name', ({ before, after, expected }) => {
    expect(told(before, after)).toEqual(expected)
  })

  test.each([
    {
      name: 'two limits are written as one',
      before: ['**Limit** `model:a/b{usd:5/day}`', '**Limit** `model:a/b{tokens:1M/day}`'],
      after: ['**Limit** `model:a/b{usd:5/day,tokens:1M/day}`'],
    },
    {
      name: 'a rate becomes lower',
      before: ['**Allow** `http:x.com:get{rate:5/s}`'],
      after: ['**Allow** `http:x.com:get{rate:5/min}`'],
    },
    {
      name: 'what cannot be read was allowed before',
      before: ['**Allow** `shell:*`', '**Allow** `shell:{*,x}`'],
      after: ['**Allow** `shell:*`'],
    },
  ])('is nothing where $name', ({ before, after }) => {
    expect(told(before, after)).toEqual([])
  })
})
