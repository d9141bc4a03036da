import { expect, test } from 'vitest'
import { parseRequest } from '../../../src/policy/request/parse.ts'
import { resources } from '../../../src/policy/resources.ts'

const place = { root: '/p', home: '/h', cwd: '/p/sub' }

test.each([
  ['file:./src/a.ts:write', 'file', 'write', '/p/sub/src/a.ts'],
  ['file:../a.ts:read', 'file', 'read', '/p/a.ts'],
  ['file:~/x/../y:read', 'file', 'read', '/h/y'],
  ['file:/etc//passwd:read', 'file', 'read', '/etc/passwd'],
  ['file:a\\*:read', 'file', 'read', '/p/sub/a*'],
  ['file:a:b:read', 'file', 'read', '/p/sub/a:b'],
  ['http:API.example.com/v1?q=1:get', undefined, undefined, undefined],
  ['http:API.example.com./v1:get', 'http', 'get', 'api.example.com:443/v1'],
  ['http:0x7f.1:8080:request', 'http', 'request', '127.0.0.1:8080'],
  ['http:[::1]:8080/x:get', 'http', 'get', '[::1]:8080/x'],
  ['shell:npm run test:*', 'shell', 'execute', 'npm run test:*'],
  ['shell:ls | wc > "*"', 'shell', 'execute', 'ls | wc > "*"'],
  ['env:HOME', 'env', 'read', 'HOME'],
  ['git:main:push{remote:origin}', 'git', 'push', 'main'],
  ['agent:joe:spawn', 'agent', 'spawn', 'joe'],
])('`%s`', (text, resource, action, target) => {
  const parsed = parseRequest(text, place)
  expect(
    parsed.ok
      ? [parsed.value.resource, parsed.value.action, parsed.value.target]
      : [undefined, undefined, undefined],
  ).toEqual([resource, action, target])
})

test.each([
  ['file:*:read', 'wildcard', 6, 'file:\\*:read'],
  ['file:a/{b,c}:read', 'wildcard', 8, 'file:a/\\{b,c}:read'],
  ['file:a:*', 'wildcard', 8, 'file:a:read'],
  ['env:*', 'wildcard', 5, 'env:\\*'],
  ['file:a:read,write', 'several', 8, undefined],
  ['file:a', 'missing-action', 7, 'file:a:read'],
  ['file::read', 'empty', 6, undefined],
  ['shell: ', 'empty', 7, 'shell:npm test'],
  ['http:a b:get', 'pattern', 6, undefined],
  ['capability://file/./a?action=read', 'spelling', 1, 'file:a:read'],
  ['fil:a:read', 'unknown-resource', 1, 'file:a:read'],
  ['file:a\u202eb:read', 'hidden-character', 7, 'file:ab:read'],
  ['agent:spawn', 'empty', 7, undefined],
])('`%s` is refused: %s in column %i', (text, code, column, fix) => {
  const parsed = parseRequest(text, place)
  const problem = parsed.ok ? undefined : parsed.problems[0]
  expect([problem?.code, problem?.column, problem?.fix]).toEqual([`capability/${code}`, column, fix])
})

test('what is asked for under the name of a constraint is an attribute', () => {
  const parsed = parseRequest('agent:joe:spawn{max:3}', place)
  expect(parsed.ok && parsed.value.attributes).toEqual({ max: 3 })
})

test.each(Object.entries(resources))('the example of a request about %s is one', (resource, entry) => {
  expect(parseRequest(entry.exampleRequest, place)).toMatchObject({ ok: true, value: { resource } })
})
