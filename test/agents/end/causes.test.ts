import { expect, test } from 'vitest'
import { type CauseInput, likelyCauses } from '../../../src/agents/end/causes.ts'
import type { Decision, Rule } from '../../../src/policy/types.ts'

const no: Decision = { effect: 'deny', reasons: [], constraints: {} }
const yes: Decision = { effect: 'allow', reasons: [], constraints: {} }

function input(errors: string, over: Partial<CauseInput> = {}): CauseInput {
  return {
    denials: [],
    errors,
    typed: [],
    repositoryless: false,
    pointed: () => undefined,
    cwd: '/work',
    folders: () => ['/work'],
    root: '/work',
    home: '/home/me',
    print: (path) => ({ path, below: `${path}/**` }),
    exists: () => true,
    isFolder: () => false,
    kept: () => undefined,
    closed: () => undefined,
    decideHost: () => no,
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
    from: 'Node',
    line: "Error: EBUSY: resource busy or locked, rename '/work/.git/config' -> '/work/.git/was'",
    request: 'file:/work/.git/config:write',
  },
  {
    from: 'coreutils',
    line: "rm: cannot remove '.git/config': Device or resource busy",
    request: 'file:/work/.git/config:write',
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
  'Caused by: java.net.UnknownHostException: api.example.com',
  'transfer failed for https://api.example.com/m: Unknown host api.example.com: Temporary failure in name resolution',
  'npm error request to https://api.example.com/x failed, reason: getaddrinfo EAI_AGAIN api.example.com',
  'go: Get "https://api.example.com": dial tcp: lookup api.example.com: no such host',
])('a name that was looked for in vain is a cause: %s', (line) => {
  const [first] = likelyCauses(input(line))
  expect(first).toEqual({
    request: 'http:api.example.com:request',
    known: 'inferred',
    paste: '- **Allow** `http:api.example.com:request`',
  })
})

test.each(['169.254.169.254', '127.1', '0x7f.1', '0251.0376.0251.0376', 'a.example.com.1'])(
  'an address that a program says it cannot look up is not offered to be opened: %s',
  (address) => {
    expect(likelyCauses(input(`curl: (6) Could not resolve host: ${address}`))).toEqual([])
  },
)

test('a program that asks for an allowed name past the proxy is told', () => {
  const errors = 'Error: getaddrinfo EAI_AGAIN api.example.com'
  const causes = likelyCauses(input(errors, { decideHost: () => yes }))
  expect(causes).toEqual([
    {
      request: 'http:api.example.com:request',
      known: 'inferred',
      words: expect.stringContaining('`HTTPS_PROXY`'),
    },
  ])
})

test('what the proxy refused is told as that, once', () => {
  const request = 'http:api.example.com:request'
  const errors = 'curl: (6) Could not resolve host: api.example.com'
  const causes = likelyCauses(input(errors, { denials: [{ request, decision: no }] }))
  expect(causes.map(({ known }) => known)).toEqual(['recorded'])
})

const there = (...paths: readonly string[]) => ({ exists: (path: string) => paths.includes(path) })
const nothing = { decideFile: () => no }

test.each([
  { what: 'a read of what is not there', line: 'cat: /outside/x: No such file or directory' },
  { what: 'a word that is no path', line: 'sh: 1: frobnicate: not found' },
  { what: 'a word that is no path', line: "tool: 'colour': Permission denied" },
  { what: 'a package that is nowhere', line: "Error: Cannot find module 'side-channel'" },
])('$what is no cause: $line', ({ line }) => {
  expect(likelyCauses(input(line, { ...there(), ...nothing }))).toEqual([])
})

test.each([
  {
    asked: 'from where one stands',
    words: "Error: Cannot find module 'side-channel'",
    at: '/work/node_modules',
  },
  {
    asked: 'by a module',
    words:
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'side-channel' imported from /work/packages/a/x.js",
    at: '/work/packages/a/node_modules',
  },
  {
    asked: 'by a script',
    words: "Error: Cannot find module 'side-channel/list'\nRequire stack:\n- /work/packages/a/src/x.cjs",
    at: '/work/packages/a/node_modules',
  },
])('a package asked for $asked is the folder that a rule would open', ({ words, at }) => {
  const folders = there('/work/node_modules/side-channel', `${at}/side-channel`)
  expect(likelyCauses(input(words, { ...folders, ...nothing }))).toEqual([
    {
      request: `file:${at}/side-channel:read`,
      known: 'inferred',
      paste: `- **Allow** \`file:${at}/**:read\``,
    },
  ])
  expect(likelyCauses(input(words, folders))).toEqual([])
})

test.each([
  "fatal: cannot copy '/usr/share/git-core/templates/description' to '/work/notes': Read-only file system",
  "Error: EROFS: read-only file system, copyfile '/usr/share/x' -> '/work/notes'",
])('of a copy it is the target that cannot be written: %s', (line) => {
  expect(likelyCauses(input(line)).map(({ request }) => request)).toEqual(['file:/work/notes:write'])
})

test('a repository that must not come to be is made elsewhere', () => {
  const rule = { effect: 'deny' } as Rule
  const kept = () => ({ path: '/work/.git', rule })
  const line = "fatal: cannot copy '/usr/x' to '/work/.git/description': Read-only file system"
  expect(likelyCauses(input(line, { kept }))).toEqual([
    {
      request: 'file:/work/.git:write',
      known: 'inferred',
      words: 'a repository is made outside of a run: git init',
    },
  ])
})

test('what a program says of a path outside of the project opens nothing', () => {
  const [cause] = likelyCauses(input('cat: /home/me/important: Permission denied'))
  expect(cause).toEqual({ request: 'file:/home/me/important:read', known: 'inferred' })
})

test('what a rule denies is never offered', () => {
  const rule = { effect: 'deny' } as Rule
  const denied = (): Decision => ({ ...no, rule })
  const words = 'cat: a: Permission denied\ncurl: (6) Could not resolve host: api.example.com'
  const causes = likelyCauses(input(words, { decideFile: denied, decideHost: denied }))
  expect(causes).toHaveLength(2)
  for (const cause of causes) expect(cause).toMatchObject({ rule })
  for (const cause of causes) expect(cause).not.toHaveProperty('paste')
})

test('a home folder is where `~` leads', () => {
  const [cause] = likelyCauses(input('sh: ~/x: Permission denied', { ...there('/home/me/x'), ...nothing }))
  expect(cause?.request).toBe('file:/home/me/x:read')
})

test.each([
  { where: 'where the command went', there: ['/work/x', '/work/sub/x'], request: 'file:/work/sub/x:read' },
  { where: 'where it started', there: ['/work/x'], request: 'file:/work/x:read' },
])('a relative path is looked for $where', ({ there, request }) => {
  const seen = { folders: () => ['/work', '/work/sub'], exists: (path: string) => there.includes(path) }
  const [cause] = likelyCauses(input('cat: x: Permission denied', { ...seen, decideFile: () => no }))
  expect(cause?.request).toBe(request)
})

const openIn = (root: string) => (path: string) => (path.startsWith(`${root}/`) ? yes : no)

test.each([
  { at: 'above the project', there: ['/repo/.git'], said: ['file:/repo/.git:read'] },
  { at: 'in the project', there: ['/repo/.git', '/repo/work/.git'], said: [] },
  { at: 'nowhere', there: [], said: [] },
])('git that finds no repository: one lies $at', ({ there, said }) => {
  const root = '/repo/work'
  const seen = { root, cwd: root, exists: (path: string) => there.includes(path), decideFile: openIn(root) }
  const causes = likelyCauses(input('', { ...seen, repositoryless: true }))
  expect(causes.map(({ request }) => request)).toEqual(said)
  for (const { words } of causes) expect(words).toContain('run from `/repo`, with specs there: oos init')
  expect(likelyCauses(input('', seen))).toEqual([])
})

test('git that finds no repository: its folder in the project, which no rule opens', () => {
  const isGit = (path: string) => path === '/work/.git'
  const closed = { exists: isGit, isFolder: isGit, decideFile: () => no, repositoryless: true }
  expect(likelyCauses(input('', closed))).toEqual([
    { request: 'file:/work/.git:read', known: 'inferred', paste: '- **Allow** `file:/work/.git/**:read`' },
  ])
})

test.each([
  {
    name: 'that no rule opens',
    pointed: '/store',
    there: ['/store/HEAD', '/store/objects'],
    expected: { paste: '- **Allow** `file:/store/**:read,write`' },
  },
  {
    name: 'in which no run writes',
    pointed: '/repo/.git/modules/work',
    there: ['/repo/.git/modules/work/HEAD', '/repo/.git/modules/work/objects'],
    expected: {
      paste: '- **Allow** `file:/repo/.git/modules/work/**:read`',
      words: expect.stringContaining('git outside of the run'),
    },
  },
  {
    name: 'that is none',
    pointed: '/home/me/.ssh',
    there: ['/home/me/.ssh/id_ed25519'],
    expected: undefined,
  },
])('git that finds no repository: its .git names a place $name', ({ pointed, there, expected }) => {
  const exists = (path: string) => there.includes(path)
  const causes = likelyCauses(input('', { exists, pointed: () => pointed, repositoryless: true }))
  expect(causes).toEqual(
    expected === undefined ? [] : [{ request: `file:${pointed}:read`, known: 'inferred', ...expected }],
  )
})

test('of what is to be made, the folder is what a rule would have to open', () => {
  const makes = (path: string, rules: (path: string) => Decision) =>
    likelyCauses(
      input(`touch: cannot touch '${path}': Read-only file system`, {
        exists: () => false,
        decideFile: rules,
      }),
    ).map(({ request, paste }) => [request, paste])
  const opens = (path: string) => (path === '/work/docs/new' ? yes : no)
  expect(makes('docs/new', opens)).toEqual([
    ['file:/work/docs/new:write', '- **Allow** `file:/work/docs/**:write`'],
  ])
  expect(makes('new', () => no)).toEqual([['file:/work/new:write', undefined]])
  expect(makes('docs/new', () => yes)).toEqual([])
})

test.each([
  { says: "touch: cannot touch 'lib/new': No such file or directory", cause: 'file:/work/lib:read' },
  { says: 'sh: 1: cannot create lib/new: Directory nonexistent', cause: 'file:/work/lib:read' },
  { says: "ENOENT: no such file or directory, open '/work/lib/a/b'", cause: 'file:/work/lib:read' },
  { says: 'cat: src/new: No such file or directory', cause: undefined },
  { says: 'cat: gone/new: No such file or directory', cause: undefined },
  { says: 'cat: /home/me/new: No such file or directory', cause: undefined },
])('where nothing is, a closed folder of the project is why: $says', ({ says, cause }) => {
  const there = ['/work', '/work/lib', '/work/src', '/home/me']
  const exists = (path: string) => there.includes(path)
  const decideFile = (path: string) => (path.startsWith('/work/src') ? yes : no)
  const [first] = likelyCauses(input(says, { exists, decideFile, isFolder: exists }))
  expect([first?.request, first?.paste]).toEqual(
    cause === undefined ? [undefined, undefined] : [cause, '- **Allow** `file:/work/lib/**:read`'],
  )
})

test('of a folder all that is in it is offered', () => {
  const isFolder = (path: string) => path === '/work/docs'
  const [cause] = likelyCauses(
    input("ls: cannot access 'docs': No such file or directory", { isFolder, decideFile: () => no }),
  )
  expect(cause).toMatchObject({
    request: 'file:/work/docs:read',
    paste: '- **Allow** `file:/work/docs/**:read`',
  })
})

test('what is closed though the rules allow it is told with the reason', () => {
  const errors = 'cat: /work/src/a: Permission denied'
  const closed = (path: string) => (path === '/work/src/a' ? 'sub/.env leads to it' : undefined)
  expect(likelyCauses(input(errors, { closed }))).toEqual([
    { request: 'file:/work/src/a:read', known: 'inferred', words: 'sub/.env leads to it' },
  ])
  expect(likelyCauses(input(errors))).toEqual([])
})
