import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readFindings } from '../../src/ops/check/findings.ts'
import { runExamples } from '../../src/spec/examples.ts'
import { readSpecs } from '../../src/spec/read-specs.ts'

const root = join(import.meta.dirname, '../..')
const set = readSpecs({ root, home: '/home/nobody', packs: join(root, 'specs') })

it("this repository's own specs are understood without a word of complaint", () => {
  expect(set.diagnostics).toEqual([])
  expect(readFindings({ ...set, root, home: '/home/nobody', holes: [] })).toEqual([])
  expect(set.specs.map(({ path }) => path)).toContain('.agent-os/AGENT.md')
})

it("this repository's own specs do what their examples say", () => {
  const failed = runExamples(set, { root, home: '/home/nobody' }).filter(({ passed }) => !passed)
  expect(failed).toEqual([])
})
