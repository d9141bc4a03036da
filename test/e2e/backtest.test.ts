import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeTree, oos } from '../cli/oos.ts'

const rules = ['- **Allow** `file:**:read,write`', '- **Allow** `shell:*`']

test('what a real run did comes out the same under its own rules, and not under a new one', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': `${rules.join('\n')}\n`, 'package.json': '{}', gone: '' })
  const script = 'echo 1 >> package.json; echo 2 > new; rm gone'
  expect(oos(['run', '--trust-specs', '--', 'sh', '-c', script], { cwd }).code).toBe(0)
  const backtest = () => JSON.parse(oos(['spec', 'backtest', '--json'], { cwd }).stdout).data
  expect(backtest()).toMatchObject({
    runs: 1,
    sameRules: 1,
    requests: { command: 1, write: 3 },
    changes: [],
  })
  appendFileSync(join(cwd, '.agent-os/AGENT.md'), '- **Deny** `file:{gone,older}:delete`\n')
  const { sameRules, changes } = backtest()
  const found = changes.map(({ kind, now, examples }: Found) => [kind, now, examples[0]?.request])
  expect({ sameRules, found }).toEqual({ sameRules: 0, found: [['write', 'deny', 'file:gone:delete']] })
})

interface Found {
  readonly kind: string
  readonly now: string
  readonly examples: readonly { readonly request: string }[]
}
