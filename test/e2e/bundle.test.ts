import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test.each([
  { name: 'js-yaml', brings: 'an older YAML' },
  { name: 'inquirer', brings: 'questions that oos never asks' },
])('$name, which would bring $brings, is not in the build', ({ name }) => {
  const licenses = readFileSync(join(import.meta.dirname, '../../dist/THIRD_PARTY_LICENSES'), 'utf8')
  const bundled = [...licenses.matchAll(/^(\S+) \d\S* \(/gm)].map((match) => match[1])
  expect(bundled).toContain('gray-matter')
  expect(bundled).not.toContain(name)
})
