import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseCapability } from '../../../src/policy/capability/capability.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import { findPoints } from '../../../src/sandbox/tree/points.ts'
import { treeGlobs } from '../../../src/sandbox/tree/read.ts'
import { rulesOf } from '../rules.ts'

const root = '/work'
const letters = fc.constantFrom(
  'a',
  'b',
  '.',
  '-',
  ' ',
  '\n',
  'é',
  '🗝',
  '^',
  '!',
  ']',
  '{',
  ',',
  '(',
  '|',
  '$',
)
const name = fc.string({ unit: letters, minLength: 1, maxLength: 5 })
const piece = fc.oneof(
  letters.map((letter) => (/[\]{},!^]/.test(letter) ? `\\${letter}` : letter)),
  fc.constantFrom(
    '*',
    '?',
    '[ab]',
    '[!a]',
    '[^b]',
    '[]a]',
    '[!]a]',
    '[a-é]',
    '[\\]]',
    '[\\]a]',
    '[.🗝]',
    '\\*',
    '\\[',
  ),
)
const segment = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''))

test('every name that a floating glob denies is looked at more closely', () => {
  let denied = 0
  fc.assert(
    fc.property(segment, name, (glob, text) => {
      const capability = `file:**/${glob}:*`
      fc.pre(glob !== '.' && parseCapability(capability).ok && text !== '.' && text !== '..')
      const rules = rulesOf([`Deny ${capability}`])
      const policy = compilePolicy({ rules, root, home: '/home/me', now: 0 })
      const target = `${root}/x/${text}`
      const { reasons } = decide(policy, { resource: 'file', action: 'read', target })
      if (!reasons.some(({ kind }) => kind === 'deny')) return
      denied += 1
      const { names } = findPoints(treeGlobs(policy, 'command'), [root])
      expect([glob, text, names.test(text)]).toEqual([glob, text, true])
    }),
    { numRuns: Number(process.env.OOS_CASES ?? 5_000), maxSkipsPerRun: 100 },
  )
  expect(denied).toBeGreaterThan(100)
})
