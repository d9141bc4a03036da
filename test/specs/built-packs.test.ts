import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSpecs } from '../../src/index.ts'

test('what the build understood of the packs is what they say', async () => {
  const built = (await import(join(import.meta.dirname, '../../dist/index.js'))) as {
    readSpecs: typeof readSpecs
  }
  const home = '/nowhere'
  expect(built.readSpecs({ home })).toEqual(readSpecs({ home }))
})
