import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCapability } from '../../src/policy/capability/capability.ts'
import { diagnosticCodes } from '../../src/spec/diagnostic-codes.ts'
import { parseSpec } from '../../src/spec/parse.ts'
import type { SpecKind } from '../../src/spec/types.ts'
import { rulesOf } from './sources.ts'

const folder = join(import.meta.dirname, 'fixtures')
const marker = /[ ]?\{([a-z-]+\/[a-z-]+)\}/g

/** `NAME.KIND.md`; a line that is to be reported ends in the codes, in braces. */
function readFixture(name: string) {
  const written = readFileSync(join(folder, name), 'utf8')
  const expected = written
    .split('\n')
    .flatMap((line, index) => [...line.matchAll(marker)].map(([, code]) => `${index + 1} ${code}`))
  const kind = name.split('.')[1] as SpecKind
  const bytes = new TextEncoder().encode(written.replace(marker, ''))
  return { expected, spec: parseSpec({ path: name, kind, layer: 'project', bytes }) }
}

describe('marked lines are reported, and no others', () => {
  it.each(readdirSync(folder))('%s', (name) => {
    const { expected, spec } = readFixture(name)
    const found = spec.diagnostics.map(({ place, code }) => `${place.line} ${code}`)
    expect(found.sort()).toEqual(expected.sort())
  })
})

it('says of every fault what, why and how to mend it', () => {
  for (const name of readdirSync(folder)) {
    for (const { code, message, why, fix } of readFixture(name).spec.diagnostics) {
      expect(message).toMatch(/[^.]$/)
      if (!code.startsWith('capability/'))
        expect([code, Boolean(why), Boolean(fix)]).toEqual([code, true, true])
    }
  }
})

it('offers no capability that is none', () => {
  const offered = readdirSync(folder).flatMap((name) => readFixture(name).spec.diagnostics)
  const faulty = [
    'file:.env:*, file:.npmrc:*',
    'shell:rm:*',
    'shell:a | b',
    'Bash(a b:*)',
    'http:::1:*',
    'file:a',
  ]
  const more = faulty.flatMap((text) => rulesOf(`- **Deny** \`${text}\``).diagnostics)
  const texts = [...offered, ...more].flatMap(({ fix = '' }) => {
    const spans = /^`|: - \*\*|^write `/.test(fix)
      ? [...fix.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
      : [fix]
    return spans.filter((text) => /^[a-z]+:\S/.test(text))
  })
  expect(texts.length).toBeGreaterThan(30)
  for (const text of texts) expect([text, parseCapability(text).ok]).toEqual([text, true])
})

it('says for a name without a Let what gives it one', () => {
  const of = (text: string) => rulesOf(text).diagnostics.map(({ fix }) => fix)
  expect(of('- **Deny** `file:@b c:read`')).toEqual(['write: - **Let** `@b` = `src/**`'])
  expect(of('- **Let** `@code` = `src/**`\n- **Deny** `file:@cdoe:read`')).toContain('did you mean `@code`?')
})

it('lists every code with what, why and a fix', () => {
  for (const [code, { what, why, fix }] of Object.entries(diagnosticCodes)) {
    expect([code, what.length > 5, why.length > 5, fix.length > 5]).toEqual([code, true, true, true])
  }
})
