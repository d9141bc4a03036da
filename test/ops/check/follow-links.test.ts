import { mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { followLinks } from '../../../src/ops/check/follow-links.ts'
import { parseCapability } from '../../../src/policy/capability/capability.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import type { Capability, Rule } from '../../../src/policy/types.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(realpathSync(tmpdir()), 'oos-links-'))
  for (const folder of ['real/deep', 'home', '[a]*{b}']) mkdirSync(join(root, folder), { recursive: true })
  const links = {
    one: 'real',
    two: 'one',
    odd: '[a]*{b}',
    'real/up': '..',
    gone: 'no/such',
    loop: 'loop',
    'home/x': '../real',
    'home/y': '../real/deep',
    beside: 'home/y/../f',
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name))
})

const capability = (text: string): Capability => {
  const parsed = parseCapability(text)
  if (!parsed.ok) throw new Error(text)
  return parsed.value
}

const rule = (
  effect: Rule['effect'],
  capabilities: readonly string[],
  except: readonly string[] = [],
): Rule => ({
  effect,
  capabilities: capabilities.map(capability),
  except: except.map(capability),
  agents: [],
  source: { file: 'AGENT.md', line: 1, column: 1, text: '' },
  layer: 'project',
  examples: [],
})

function effectOf(rules: readonly Rule[], path: string): string {
  const home = join(root, 'home')
  const policy = compilePolicy({ rules: followLinks(rules, { root, home }), root, home, now: 0 })
  return decide(policy, { resource: 'file', action: 'read', target: join(root, path) }).effect
}

test.each([
  { pattern: 'one/**', path: 'real/deep/f' },
  { pattern: 'two/deep/*', path: 'real/deep/f' },
  { pattern: '{absent,two}/f', path: 'real/f' },
  { pattern: 'one/up/home/f', path: 'home/f' },
  { pattern: 'one/new/f', path: 'real/new/f' },
  { pattern: 'odd/**', path: '[a]*{b}/f' },
  { pattern: 'gone', path: 'no/such' },
  { pattern: 'beside', path: 'real/f' },
  { pattern: '~/x/f', path: 'real/f' },
])('a Deny on $pattern holds at $path', ({ pattern, path }) => {
  const allow = rule('allow', ['file:**:read'])
  expect(effectOf([allow], path)).toBe('allow')
  expect(effectOf([allow, rule('deny', [`file:${pattern}:read`])], path)).toBe('deny')
  expect(effectOf([allow, rule('ask', [`file:${pattern}:read`])], path)).toBe('ask')
  expect(effectOf([rule('allow', ['file:**:read'], [`file:${pattern}:read`])], path)).toBe('deny')
})

test('no Allow follows a link, and no exception of a Deny does', () => {
  expect(effectOf([rule('allow', ['file:one/**:read'])], 'real/f')).toBe('deny')
  const denied = rule('deny', ['file:**:read'], ['file:one/**:read'])
  expect(effectOf([rule('allow', ['file:**:read']), denied], 'real/f')).toBe('deny')
})

test('a link to itself ends, and a name that only looks like the odd one is not meant', () => {
  const allow = rule('allow', ['file:**:read'])
  expect(effectOf([allow, rule('deny', ['file:loop/**:read', 'file:odd/**:read'])], 'ab/f')).toBe('allow')
})

test('rules that name no link stay as they are', () => {
  const rules = [rule('deny', ['file:real/**:read', 'env:A']), rule('allow', ['file:one/**:read'])]
  const followed = followLinks(rules, { root, home: join(root, 'home') })
  expect(followed.every((each, index) => each === rules[index])).toBe(true)
})
