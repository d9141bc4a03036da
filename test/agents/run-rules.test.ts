import { expect, test } from 'vitest'
import { runRules } from '../../src/agents/run-rules.ts'

const given = (effect: 'allow' | 'deny', capability: string) =>
  runRules({ allow: [], deny: [], [effect]: [capability], interactive: true })

test.each([
  ['deny', 'run:*{timeout:1s}', 'a run as a whole is limited'],
  ['allow', 'run:*', 'a run as a whole is limited'],
  ['deny', 'env:A{expires:2030-01-01T00:00:00Z}', '`expires` goes with an Allow'],
  ['allow', 'shell:curl *{everywhere}', '`everywhere` goes with a Deny'],
  ['allow', 'secret:X', 'this secret may be sent to any host'],
  ['deny', 'flie:a:read', '`flie` is not a resource'],
] as const)('--%s %s is refused', (effect, capability, says) => {
  expect(() => given(effect, capability)).toThrow(says)
})

test.each([
  ['deny', 'shell:curl *{everywhere}'],
  ['allow', 'env:A{expires:2030-01-01T00:00:00Z}'],
  ['allow', 'secret:X{to:x.com}'],
  ['deny', 'secret:X'],
] as const)('--%s %s is a rule', (effect, capability) => {
  expect(given(effect, capability)).toMatchObject([{ effect, layer: 'run' }])
})

test('a secret for anybody is refused with a line that names a host', () => {
  expect(() => given('allow', 'secret:K_*')).toThrow(
    expect.objectContaining({ hint: "oos run --allow 'secret:K_*{to:api.example.com}' -- …" }),
  )
})
