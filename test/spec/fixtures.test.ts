import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diagnosticCodes } from '../../src/spec/diagnostic-codes.ts'
import { parseSpec } from '../../src/spec/parse.ts'
import type { SpecKind } from '../../src/spec/types.ts'

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

it('lists every code with what, why and a fix', () => {
  for (const [code, { what, why, fix }] of Object.entries(diagnosticCodes)) {
    expect([code, what.length > 5, why.length > 5, fix.length > 5]).toEqual([code, true, true, true])
  }
})
