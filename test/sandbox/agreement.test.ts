import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { parseCapability } from '../../src/policy/capability/capability.ts'
import { compilePolicy, type Policy } from '../../src/policy/compile.ts'
import { decide } from '../../src/policy/decide.ts'
import { fileMounts } from '../../src/sandbox/mounts.ts'
import { accessAt } from '../../src/sandbox/tree/access-at.ts'
import { readTree } from '../../src/sandbox/tree/read.ts'
import type { Mount } from '../../src/sandbox/types.ts'
import { builtInRules, rulesOf } from './rules.ts'

const base = realpathSync(mkdtempSync(join(tmpdir(), 'oos-agreement-')))
afterAll(() => rmSync(base, { recursive: true, force: true }))

const folders = ['', 'a', 'a/b', 'a/b/.env', 'src', 'src/a', '.git', '.git/hooks', '.claude']
const names = ['x', 'key.pem', '.env', '.env.example', 'config', 'notes.md', 'a\nb.pem', '.env.a\nb']
const files = folders
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .filter((path) => path !== 'a/b/.env')

const root = join(base, 'work')
for (const path of files) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), '')
}

const usual = fc.constantFrom(
  ...['**', 'a/**', 'a/b/**', 'src/**', '**/.env*', '**/*.pem', 'a/*', 'src/*/x', 'notes.md', 'a/b/.env'],
  ...['{a,src}/**', '**/a/**', 'src/[ak]*', '**/.env.example', 'a/**/x', '.claude/**', '**/b', '.git/config'],
)
const piece = fc.constantFrom(
  'a',
  'b',
  'x',
  '.',
  'env',
  '*',
  '?',
  '[ab]',
  '[!a]',
  '[]a]',
  '\\*',
  '.pem',
  '\n',
)
const odd = fc
  .tuple(
    fc.constantFrom('', '**/', 'a/', '*/', '**/a/'),
    fc.array(piece, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', '/**', '/*'),
  )
  .map(([before, pieces, after]) => before + pieces.join('') + after)
  .filter((text) => parseCapability(`file:${text}:read`).ok)
const pattern = fc.oneof(usual, odd)
const actions = fc.constantFrom('read', 'write', 'read,write', 'create', 'change', 'delete', '*')
const capability = fc.tuple(pattern, actions).map(([glob, acts]) => `file:${glob}:${acts}`)
const rule = fc
  .tuple(
    fc.constantFrom('Allow', 'Allow', 'Deny', 'Ask', 'Only'),
    capability,
    fc.option(capability, { freq: 3 }),
  )
  .map(([effect, one, except]) => `${effect} ${one}${except === null ? '' : ` except ${except}`}`)
const ruleSets = fc.array(rule, { minLength: 1, maxLength: 6 })

const allows = (policy: Policy, action: string, path: string) =>
  decide(policy, { resource: 'file', action, target: join(root, path) }).effect === 'allow'

/** What the mounts themselves say about a path: the last one at or above it. */
function mountedAt(mounts: readonly Mount[], path: string): Mount['kind'] | undefined {
  const above = mounts.filter((mount) => path === mount.path || path.startsWith(`${mount.path}/`))
  return above.at(-1)?.kind
}

describe('the sandbox and the decision', () => {
  const policyOf = (rules: readonly string[]) =>
    compilePolicy({ rules: [...builtInRules(), ...rulesOf(rules)], root, home: join(base, 'home'), now: 0 })

  it('never opens a file further than the rules do', () => {
    return fc.assert(
      fc.asyncProperty(ruleSets, async (rules) => {
        const policy = policyOf(rules)
        const { entries } = await readTree(policy, 'command')
        for (const path of files) {
          const access = accessAt(entries, join(root, path))
          const mayWrite = ['create', 'change', 'delete'].some((action) => allows(policy, action, path))
          if (access === 'write') expect([path, allows(policy, 'change', path)]).toEqual([path, true])
          if (access === 'read')
            expect([path, mayWrite || allows(policy, 'read', path)]).toEqual([path, true])
        }
      }),
      { numRuns: Number(process.env.OOS_CASES ?? 300) },
    )
  })

  it('mounts what the sweep found, whatever stands around it', () => {
    return fc.assert(
      fc.asyncProperty(ruleSets, async (rules) => {
        const tree = await readTree(policyOf(rules), 'command')
        const { mounts } = fileMounts(tree)
        for (const path of files) {
          const access = accessAt(tree.entries, join(root, path))
          const kind = mountedAt(mounts, join(root, path))
          if (access === 'none') expect(['read', 'write', 'pin']).not.toContain(kind)
          if (access === 'read') expect([path, kind]).toEqual([path, 'read'])
        }
      }),
      { numRuns: Number(process.env.OOS_CASES ?? 300) },
    )
  })

  it('opens what a person would expect', async () => {
    const policy = policyOf(['Allow file:**:read,write', 'Deny file:**/.env*:*'])
    const { entries } = await readTree(policy, 'command')
    const open = files.filter((path) => accessAt(entries, join(root, path)) === 'write')
    const expected = files.filter((path) => allows(policy, 'write', path) && !path.includes('.env/'))
    expect(open).toEqual(expected)
  })
})
