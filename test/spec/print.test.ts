import { expect, it } from 'vitest'
import type { Rule } from '../../src/policy/types.ts'
import { parseSpec } from '../../src/spec/parse.ts'
import { printRule } from '../../src/spec/print.ts'
import { fc, rule } from './arbitrary.ts'
import { source } from './sources.ts'

/** All of a rule but where it stands. */
function meaning({ source: _, examples, ...rest }: Rule) {
  return { ...rest, examples: examples.map(({ expected, request }) => ({ expected, request })) }
}

it('reads back every rule that it prints', () => {
  fc.assert(
    fc.property(rule, (written) => {
      const { rules, diagnostics } = parseSpec(source('~/.agent-os/GLOBAL_RULES.md', printRule(written)))
      // What is hardly meant is a rule all the same.
      expect(diagnostics.filter(({ code }) => code !== 'rule/unlikely')).toEqual([])
      expect(rules.map(meaning)).toEqual([meaning(written)])
    }),
    { numRuns: 400 },
  )
})

it('reads a list of printed rules as just these rules, in any order', () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 8 }), (rules) => {
      const parse = (list: readonly Rule[]) =>
        parseSpec(source('~/.agent-os/GLOBAL_RULES.md', list.map(printRule).join('\n'))).rules.map(meaning)
      expect(parse(rules)).toEqual(rules.map(meaning))
      expect(parse([...rules].reverse())).toEqual([...rules].reverse().map(meaning))
    }),
    { numRuns: 60 },
  )
})
