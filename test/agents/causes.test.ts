import { expect, test } from 'vitest'
import { type CauseInput, likelyCauses } from '../../src/agents/causes.ts'
import type { Decision } from '../../src/policy/types.ts'

const no: Decision = { effect: 'deny', reasons: [], constraints: {} }
const yes: Decision = { effect: 'allow', reasons: [], constraints: {} }

function input(errors: string, over: Partial<CauseInput> = {}): CauseInput {
  return {
    denials: [],
    errors,
    offline: false,
    cwd: '/work',
    describe: (path, action) => `file:${path}:${action}`,
    decideFile: (path, action) =>
      path.startsWith('/work/') && (action === 'read' || path.startsWith('/work/src/')) ? yes : no,
    ...over,
  }
}

test.each([
  {
    from: 'Node',
    line: "Error: EROFS: read-only file system, open '/work/package.json'",
    request: 'file:/work/package.json:write',
  },
  {
    from: 'Node',
    line: "Error: ENOENT: no such file or directory, open '/home/me/.npmrc'",
    request: 'file:/home/me/.npmrc:read',
  },
  {
    from: 'Python',
    line: "PermissionError: [Errno 13] Permission denied: '/etc/shadow'",
    request: 'file:/etc/shadow:read',
  },
  {
    from: 'coreutils, with its quotes',
    line: 'mkdir: cannot create directory ‘notes’: Read-only file system',
    request: 'file:/work/notes:write',
  },
  {
    from: 'the shell',
    line: 'sh: 1: cannot create notes.txt: Read-only file system',
    request: 'file:/work/notes.txt:write',
  },
  { from: 'coreutils', line: 'cat: ../secret: No such file or directory', request: 'file:/secret:read' },
  {
    from: 'coreutils',
    line: "touch: cannot touch 'a b.txt': Read-only file system",
    request: 'file:/work/a b.txt:write',
  },
])('finds the path in the words of $from', ({ line, request }) => {
  expect(likelyCauses(input(line)).map((cause) => cause.request)).toContain(request)
})

test('a failure on an allowed path is not the rules’ doing', () => {
  expect(likelyCauses(input("ENOENT: no such file or directory, open '/work/src/missing.ts'"))).toEqual([])
})

test('what was recorded comes before what is inferred, each once, five at most', () => {
  const denials = [{ request: 'http:evil.test:request', decision: no }]
  const errors = Array.from(
    { length: 9 },
    (_, index) => `cat: /outside/${index % 7}: No such file or directory`,
  ).join('\n')
  const causes = likelyCauses(input(errors, { denials: [...denials, ...denials] }))
  expect(causes).toHaveLength(5)
  expect(causes[0]).toEqual({
    request: 'http:evil.test:request',
    known: 'recorded',
    paste: '- **Allow** `http:evil.test:request`',
  })
  expect(new Set(causes.map((cause) => cause.request)).size).toBe(5)
})

test.each([
  'curl: (6) Could not resolve host: api.example.com',
  'npm error request to https://api.example.com/x failed, reason: getaddrinfo EAI_AGAIN api.example.com',
  'go: Get "https://api.example.com": dial tcp: lookup api.example.com: no such host',
])('without a network, a name that was looked for is a cause: %s', (line) => {
  const [first] = likelyCauses(input(line, { offline: true }))
  expect(first).toEqual({
    request: 'http:api.example.com:request',
    known: 'inferred',
    paste: '- **Allow** `http:api.example.com:request`',
  })
  expect(likelyCauses(input(line)).map(({ request }) => request)).not.toContain(
    'http:api.example.com:request',
  )
})
