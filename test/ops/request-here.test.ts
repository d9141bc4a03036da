import fc from 'fast-check'
import { expect, test } from 'vitest'
import { requestHere } from '../../src/ops/request-here.ts'
import { parseRequest } from '../../src/policy/request/parse.ts'

const root = '/work/shop'

test.each([
  { request: 'file:src/a.ts:read', cwd: root, here: 'file:src/a.ts:read' },
  { request: 'file:src/a.ts:read', cwd: `${root}/src`, here: 'file:a.ts:read' },
  { request: 'file:.env:create', cwd: `${root}/src/x`, here: 'file:../../.env:create' },
  { request: 'file:src:read', cwd: `${root}/src`, here: 'file:.:read' },
  { request: 'file:~x:read', cwd: `${root}/src`, here: 'file:../~x:read' },
  { request: 'file:~:read', cwd: `${root}/src`, here: 'file:~:read' },
  { request: 'file:~/.ssh/id:read', cwd: `${root}/src`, here: 'file:~/.ssh/id:read' },
  { request: 'file:/etc/x:read', cwd: `${root}/src`, here: 'file:/etc/x:read' },
  { request: 'shell:cat src/a.ts', cwd: `${root}/src`, here: 'shell:cat src/a.ts' },
])('$request in $cwd is $here', ({ request, cwd, here }) => {
  expect(requestHere(request, { root, cwd })).toBe(here)
})

test('wherever a person stands, it is about the same file', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'c d', '.e'), { maxLength: 4 })
  fc.assert(
    fc.property(names, names, (path, stand) => {
      const cwd = [root, ...stand].join('/')
      const request = `file:${['x', ...path].join('/')}:read`
      const targetOf = (text: string, from: string) => {
        const parsed = parseRequest(text, { root, home: '/home/ada', cwd: from })
        return parsed.ok && parsed.value.target
      }
      expect(targetOf(requestHere(request, { root, cwd }), cwd)).toBe(targetOf(request, root))
    }),
  )
})
