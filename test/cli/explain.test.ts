import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { linkSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { executable, makeTree, oos } from './oos.ts'

const specs = {
  '.agent-os/AGENT.md': [
    '- **Allow** `file:src/**:read,write` — the code',
    '- **Deny** `file:src/secret/**:*` — not this',
    '- **Allow** `shell:npm test`',
    '- **Ask** `shell:npm publish *` — out for good',
    '- **Allow** `env:API_BASE` for `reader`',
  ].join('\n'),
  '.agent-os/agents/reader.md': '---\ncommand: [sh]\n---\n# Reader\n',
  'src/a.ts': '',
}
const cwd = makeTree(specs)

test('of a path that is there only from the root it is said how to type it from here', () => {
  const inside = join(cwd, 'src')
  expect(oos(['explain', 'file:src/a.ts:read'], { cwd: inside }).stdout).toContain(
    "note   a path is read from where you stand: the one below the project's root is `file:a.ts:read` here",
  )
  for (const place of [inside, cwd])
    expect(oos(['explain', 'file:a.ts:read'], { cwd: place }).stdout).not.toContain('where you stand')
})

test.each([
  { request: 'file:src/a.ts:write', effect: 'allow', line: 1 },
  { request: 'file:./src/secret/a:read', effect: 'deny', line: 2 },
  { request: 'file:src/../src/secret/a:read', effect: 'deny', line: 2 },
  { request: 'shell:npm test', effect: 'allow', line: 3 },
  { request: 'shell:npm publish --tag next', effect: 'ask', line: 4 },
  { request: 'file:package.json:read', effect: 'deny', line: undefined },
])('$request: $effect, by line $line', ({ request, effect, line }) => {
  const { code, stdout } = oos(['explain', request], { cwd })
  expect(code).toBe(0)
  expect(stdout).toMatch(new RegExp(`^${effect} +${request.replace(/[.*]/g, '\\$&')}\n`))
  expect(/^rule +\S*AGENT\.md:(\d+)/m.exec(stdout)?.[1]).toBe(line === undefined ? undefined : String(line))
  expect(stdout).toMatch(/^(change|note)/m)
  const { data } = JSON.parse(oos(['explain', '--json', request], { cwd }).stdout)
  expect({ request: data.request, effect: data.effect, line: data.rule?.line }).toEqual({
    request,
    effect,
    line,
  })
})

test.each([
  { request: 'shell:npm test', code: 0 },
  { request: 'shell:npm publish', code: 3 },
  { request: 'file:.env:read', code: 3 },
])('with --exit-code $request exits $code', ({ request, code }) => {
  expect(oos(['explain', '--exit-code', request], { cwd }).code).toBe(code)
})

test.each([
  { input: 'shell:npm test\nfile:src/a:read\n', code: 0 },
  { input: 'shell:npm test\nfile:.env:read\nfile:src/a:read\n', code: 3 },
  { input: 'file:.env:read\nflie:x\n', code: 2 },
])('with --stdin and --exit-code $input exits $code', ({ input, code }) => {
  expect(oos(['explain', '--stdin', '--exit-code'], { cwd, input }).code).toBe(code)
})

test('paths are relative to where one stands, rules to the root', () => {
  mkdirSync(join(cwd, 'src/deep'), { recursive: true })
  const { stdout } = oos(['explain', 'file:../a.ts:read', '--json'], { cwd: join(cwd, 'src/deep') })
  expect(JSON.parse(stdout).data.effect).toBe('allow')
})

test('a link is judged by what it leads to', () => {
  const tree = makeTree(specs)
  symlinkSync('/etc', join(tree, 'src/etc'))
  expect(
    JSON.parse(oos(['explain', 'file:src/etc/new:write', '--json'], { cwd: tree }).stdout).data.effect,
  ).toBe('deny')
})

test('--agent asks as that agent, and a name that no definition has is an error', () => {
  const ask = (...words: string[]) => oos(['explain', 'env:API_BASE', '--exit-code', ...words], { cwd })
  expect(ask().code).toBe(3)
  expect(ask('--agent', 'reader').code).toBe(0)
  expect(ask('--agent', 'raeder')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no agent `raeder`'),
  })
})

test.each(['.agent-os', '.'])('--spec takes specs that lie elsewhere: %s', (folder) => {
  const other = makeTree({})
  const { code, stdout } = oos(['explain', '--spec', join(cwd, folder), 'shell:npm test', '--json'], {
    cwd: other,
  })
  expect({ code, effect: JSON.parse(stdout).data.effect }).toEqual({ code: 0, effect: 'allow' })
})

test.each([
  { name: 'an unknown resource', words: ['flie:src/a.ts:read'], says: '`flie` is not a resource' },
  { name: 'a wildcard', words: ['file:src/*:read'], says: 'wildcard' },
  { name: 'several actions', words: ['file:a:read,write'], says: 'one action' },
  { name: 'nothing at all', words: [], says: 'name one request' },
  { name: 'both ways of asking', words: ['--stdin', 'env:CI'], says: 'name one request' },
  {
    name: 'specs that are not there',
    words: ['--spec', 'nowhere', 'env:CI'],
    says: 'there is no folder `nowhere`',
  },
  { name: 'a folder with an empty name', words: ['--spec', '', 'env:CI'], says: 'there is no folder ``' },
])('$name exits 2 and says so', ({ words, says }) => {
  const { code, stdout, stderr } = oos(['explain', ...words], { cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(says)
})

test.each([
  ['.env', 'file:.env:read'],
  ['git:push', 'git:main:push'],
  ['ls', 'shell:ls'],
  ['npm test', 'shell:npm test'],
  ['.agent-os/AGENT.md', 'file:.agent-os/AGENT.md:read'],
  ['https://example.com/x?q=1', 'http:example.com:request'],
  ['http://example.com', 'http:example.com:80:get'],
  ['https://me@example.com:8443/', 'http:example.com:8443:request'],
  ['http://example.com:8080/x', 'http:example.com:8080/x:get'],
  ['flie:a', 'file:a:read'],
  ['file:src/*', 'file:src/\\*:read'],
  ['file:a:raed', 'file:a:read'],
  ['', 'file:src/index.ts:read'],
  ['http:exam ple.com:get', 'http:api.example.com:request'],
  ['env:', 'env:LC_ALL'],
])('`%s` is no request, and the one that was meant is one', (text, meant) => {
  const { code, stderr } = oos(['explain', text], { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain(`\n     oos explain '${meant}'\n`)
  expect(oos(['explain', meant], { cwd }).code).toBe(0)
})

describe('what is asked over https', () => {
  const web = makeTree({
    '.agent-os/AGENT.md': [
      '- **Allow** `http:api.example.com/v1/*:get`',
      '- **Allow** `http:open.example.com:request`',
      '- **Deny** `http:open.example.com:post`',
      '- **Deny** `http:closed.example.com:request`',
    ].join('\n'),
  })
  const denied = 'and that is denied: no rule allows it'
  test.each([
    {
      request: 'http:api.example.com/v1/x:get',
      says: `\`http:api.example.com:request\` is asked, ${denied}`,
    },
    { request: 'http:other.example.com:get', says: `\`http:other.example.com:request\` is asked, ${denied}` },
    {
      request: 'http:other.example.com:8443/x:request',
      says: `\`http:other.example.com:8443:request\` is asked, ${denied}`,
    },
    { request: 'http:other.example.com:request', says: undefined },
    { request: 'http:api.example.com:80/v1/x:get', says: undefined },
    { request: 'http:open.example.com/x:get', says: 'and that is denied: .agent-os/AGENT.md:3 ' },
    { request: 'http:closed.example.com:get', says: undefined },
    { request: 'shell:curl x', says: undefined },
  ])('$request: $says', ({ request, says }) => {
    const { stdout } = oos(['explain', request], { cwd: web })
    const line = /^https .*$/m.exec(stdout)?.[0]
    const { https } = JSON.parse(oos(['explain', '--json', request], { cwd: web }).stdout).data
    if (says === undefined) expect([line, https]).toEqual([undefined, undefined])
    else expect(line).toContain(says)
    if (says !== undefined) expect(line).toContain(`\`${https.request}\` is asked, and that is denied`)
  })
})

test.each([
  { words: ['git', 'push'], meant: "'shell:git push'" },
  {
    words: ['--agent', 'reader', 'git', 'commit', '-m', 'a b'],
    meant: "'shell:git commit -m '\\''a b'\\'''",
  },
  { words: ['file:a', 'b:read', '--json'], meant: "'file:a b:read'", json: true },
])('`oos explain $words` is one request, and is to be quoted', ({ words, meant, json = false }) => {
  const { code, stdout, stderr } = oos(['explain', ...words], { cwd })
  expect(code).toBe(2)
  const hint = json ? JSON.parse(stdout).error.hint : /^ {5}(.*)$/m.exec(stderr)?.[1]
  expect(hint).toBe(`oos explain ${meant}`)
})

test('--stdin answers line by line, and a bad line costs only itself', () => {
  const input =
    'shell:npm test\n\n{"request":"env:API_BASE","agent":"reader"}\nflie:x\n{"agent":1}\nfile:.env:read\n'
  const { code, stdout } = oos(['explain', '--stdin', '--json'], { cwd, input })
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(code).toBe(2)
  expect(answers.map(({ version, effect, error }) => [version, effect ?? error.code])).toEqual([
    [1, 'allow'],
    [1, 'allow'],
    [1, 'capability-invalid'],
    [1, 'usage'],
    [1, 'deny'],
  ])
})

test.each([
  { what: 'longer than 1 MB', line: `file:${'a'.repeat(1024 * 1024)}:read` },
  { what: 'no UTF-8', line: Buffer.from('file:src/\xff:read', 'latin1') },
  { what: 'JSON with a key that is not known', line: '{"request":"env:API_BASE","agnet":"reader"}' },
  { what: 'two by the ends that a Mac once wrote', line: 'file:src/a:read\rfile:src/b:read' },
])('--stdin decides nothing on a line that is $what', ({ line }) => {
  const input = Buffer.concat([Buffer.from(line), Buffer.from('\r\nfile:src/a:read')])
  const { status, stdout } = spawnSync(process.execPath, [executable, 'explain', '--stdin', '--json'], {
    cwd,
    input,
    encoding: 'utf8',
  })
  const answers = stdout.trim().split('\n')
  expect(answers.map((answer) => JSON.parse(answer).effect)).toEqual([undefined, 'allow'])
  expect(status).toBe(2)
})

test('--stdin keeps what Unicode calls the end of a line within it', () => {
  const input = JSON.stringify({ request: 'shell:npm test \u2028' })
  const { stdout } = oos(['explain', '--stdin'], { cwd, input })
  expect(stdout.trim().split('\n')).toHaveLength(1)
})

test('--stdin answers before the input ends', async () => {
  const child = spawn(process.execPath, [executable, 'explain', '--stdin'], {
    cwd,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  child.stdin.write('shell:npm test\n')
  const [first] = await once(lines, 'line')
  expect(first).toBe('allow  shell:npm test  .agent-os/AGENT.md:3')
  child.stdin.end()
  expect((await once(child, 'close'))[0]).toBe(0)
})

test('every answer to a long list of requests reaches its reader', () => {
  const { stdout } = oos(['explain', '--stdin'], { cwd, input: 'file:src/a:read\n'.repeat(20_000) })
  expect(stdout.split('\n')).toHaveLength(20_001)
})

test('a command that names an https host which stays closed to it is told so', () => {
  const rules = '- **Allow** `shell:*`, `http:x.example:request`\n- **Deny** `http:*.y.example:request`\n'
  const cwd = makeTree({ '.agent-os/AGENT.md': rules })
  const notes = (request: string) =>
    oos(['explain', request], { cwd })
      .stdout.split('\n')
      .filter((line) => line.startsWith('note '))
  expect(notes('shell:curl https://x.example/a -o z.example')).toEqual([])
  expect(
    notes('shell:curl https://a:b@z.example:8443/p https://x.example; wget https://n.y.example'),
  ).toEqual([
    'note   `z.example:8443` stays closed to it: no rule opens it',
    'note   `n.y.example` stays closed to it (.agent-os/AGENT.md:2)',
  ])
})

test('a command that names a file which stays closed to it is told so', () => {
  const rules = '- **Allow** `shell:*`, `file:src/**:read`\n- **Deny** `file:**/{.env,key}:*`\n'
  const cwd = makeTree({ '.agent-os/AGENT.md': rules, '.env': '', 'src/a': '', 'src/sub/key': '', notes: '' })
  const notes = (request: string) =>
    oos(['explain', request], { cwd })
      .stdout.split('\n')
      .filter((line) => line.startsWith('note '))
  expect(notes('shell:cat src/a .env notes | head')).toEqual([
    'note   `.env` stays closed to it (.agent-os/AGENT.md:2)',
    'note   `notes` stays closed to it: no rule opens it',
  ])
  expect(notes('shell:cd src && cat a && cd ./sub; cat key')).toEqual([
    'note   `key` stays closed to it (.agent-os/AGENT.md:2)',
  ])
  expect(notes('shell:cat src/a none')).toEqual([])
})

test.each([
  ['mcp:x/y', 'nothing holds rules about `mcp` yet'],
  ['secret:k{to:example.com}', 'nothing holds rules about `secret` yet'],
  ['run:command', 'a run as a whole is limited, not allowed or denied'],
])('of %s it is said that no rule acts on it', (request, note) => {
  expect(oos(['explain', request], { cwd }).stdout).toContain(`note   ${note}`)
})

test.runIf(process.platform === 'linux')(
  'a file that is closed in a run though the rules allow it is told so',
  () => {
    const rules =
      '- **Allow** `file:**:read,write`\n- **Deny** `file:**/.env:*`, `file:keys:*`\n- **Deny** `file:docs/*:write`\n'
    const cwd = makeTree({
      '.agent-os/AGENT.md': rules,
      'src/a': '',
      b: '',
      'keys/k': '',
      'docs/x/y': '',
      'sub/z': '',
      'more/z': '',
    })
    symlinkSync('../src', join(cwd, 'sub/.env'))
    linkSync(join(cwd, 'b'), join(cwd, 'more/.env'))
    const notes = (request: string) =>
      oos(['explain', request], { cwd })
        .stdout.split('\n')
        .filter((line) => /^(allow|note) /.test(line))
    const place = '.agent-os/AGENT.md'
    expect(notes('file:src/a:read')).toEqual([
      'allow  file:src/a:read',
      'note   in a run it is closed: sub/.env leads to it',
    ])
    expect(notes('file:b:read')).toEqual([
      'allow  file:b:read',
      'note   in a run it is closed: another name of more/.env',
    ])
    expect(notes('file:keys/k:read')).toEqual([
      'allow  file:keys/k:read',
      `note   in a run it is closed: ${place}:2 **Deny** \`file:**/.env:*\`, \`file:keys:*\``,
    ])
    expect(notes('file:docs/x/y:write')).toEqual([
      'allow  file:docs/x/y:write',
      `note   in a run it is only to be read: ${place}:3 **Deny** \`file:docs/*:write\``,
    ])
    expect(notes('file:docs/x/y:read')).toEqual(['allow  file:docs/x/y:read'])
    for (const open of ['file:sub/z:write', 'file:more/z:write'])
      expect(notes(open)).toEqual([`allow  ${open}`])
  },
)
