import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { frontMatterSchemas, type StrictKind } from '../../../src/spec/front-matter/schemas.ts'
import { fc } from '../arbitrary.ts'

const folder = join(import.meta.dirname, '../../../schemas')
const kinds = Object.keys(frontMatterSchemas) as StrictKind[]

/** As an editor's YAML server does it: the file that ships, in the draft that it names. */
function validatorOf(kind: StrictKind) {
  const schema = JSON.parse(readFileSync(join(folder, `${kind}.json`), 'utf8'))
  return new Ajv({ strict: true, allowUnionTypes: true }).compile(schema)
}

const text = fc.constantFrom('', 'x', 'oos:node', './rules/team.md', '5m', 'file:a:read')
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))
const extension = fc.record(
  { pack: text, except: fc.array(text, { maxLength: 2 }), more: scalar },
  { requiredKeys: [] },
)
const limits = fc.dictionary(fc.constantFrom('timeout', 'memory', 'cpu', 'usd', 'timeot'), scalar, {
  maxKeys: 3,
})
const value = fc.oneof(scalar, fc.array(fc.oneof(scalar, extension), { maxLength: 3 }), extension, limits)
const key = fc.constantFrom(
  ...['title', 'description', 'version', 'extends', 'name', 'command', 'model', 'tools', 'limits', 'nmae'],
)
const matter = fc.oneof(fc.dictionary(key, value, { maxKeys: 4 }), scalar, fc.array(scalar, { maxLength: 2 }))

test('every kind whose front matter is read has a schema, and no other', () => {
  expect(readdirSync(folder).toSorted()).toEqual(kinds.map((kind) => `${kind}.json`).toSorted())
})

describe.each(kinds)('the schema of %s', (kind) => {
  const validate = validatorOf(kind)

  test('takes what oos takes, and nothing else', () => {
    fc.assert(
      fc.property(matter, (data) => {
        expect(validate(data)).toBe(frontMatterSchemas[kind].safeParse(data).success)
      }),
      { numRuns: 2_000 },
    )
  })

  test('says of every key what it is for', () => {
    const { properties } = validate.schema as { properties: Record<string, { description?: string }> }
    expect(Object.keys(properties)).toEqual(Object.keys(frontMatterSchemas[kind].shape))
    expect(Object.values(properties).filter(({ description }) => description === undefined)).toEqual([])
  })
})
