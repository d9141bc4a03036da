import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCapability, printCapability } from '../../../src/policy/capability/capability.ts'
import { resources } from '../../../src/policy/resources.ts'
import { capability } from '../random-rules.ts'

function problem(text: string) {
  const parsed = parseCapability(text)
  if (parsed.ok) throw new Error(`${text} was understood as ${printCapability(parsed.value)}`)
  return parsed.problems[0]
}

test.each([
  ['file:/home/user/data/*:read', 'capability://file/home/user/data/*?action=read'],
  ['file:/Users/data/*:read', 'capability://file/Users/data/*?action=read'],
  ['file:src/**:read,write', 'capability://file/./src/**?action=*'],
  ['file:~/.ssh/**:read', 'capability://file/~/.ssh/**?action=read'],
  ['http:api.example.com:*', 'capability://http/api.example.com?action=request'],
  [
    'http:api.anthropic.com/*:request{rate:100/min}',
    'capability://http/api.anthropic.com/*?action=request&rate=100/min',
  ],
  ['shell:*:execute{timeout:30s}', 'capability://shell?action=execute&constraint=timeout:30s'],
  [
    'shell:*{timeout:30s,allowlist:ls,cat,grep}',
    'capability://shell?action=execute&timeout=30s&allowlist=ls,cat,grep',
  ],
  ['agent:spawn{max:3}', 'capability://agent?action=spawn&max=3'],
  ['agent:*:message,spawn', 'capability://agent?action=*'],
  ['shell:git push *', 'capability://shell/git%20push%20*?action=execute'],
  ['run:*{timeout:30m}', 'capability://run/*?timeout=30m'],
  ['env:A?B', 'capability://env/A%3FB?action=read'],
])('`%s` and `%s` are the same', (short, uri) => {
  expect(capability(uri)).toEqual(capability(short))
})

describe('a capability has one text', () => {
  test.each([
    ['file:./src/./a:read', 'file:src/a:read'],
    ['file:/.:read', 'file:/:read'],
    ['file:a/\\.:read', 'file:a:read'],
    ['file:./~/a:read', 'file:\\~/a:read'],
    ['file:src/**:create,change,delete', 'file:src/**:write'],
    ['file:src/**:*', 'file:src/**:read,write'],
    ['http:API.Example.COM.:get', 'http:api.example.com:get'],
    ['http:Bücher.example:request', 'http:xn--bcher-kva.example:request'],
    ['http:0x7f.1:get', 'http:127.0.0.1:get'],
    ['http:2130706433:get', 'http:127.0.0.1:get'],
    ['http:0177.0.0.1:080:get', 'http:127.0.0.1:80:get'],
    ['http:x.com:{080,8080}:get', 'http:x.com:{80,8080}:get'],
    ['http:x.com:{8,9}000:get', 'http:x.com:{8,9}000:get'],
    ['http:x.com:8{080,443}:get', 'http:x.com:8{080,443}:get'],
    ['http:[::FFFF:127.0.0.1]:8080:get', 'http:127.0.0.1:8080:get'],
    ['http:[0:0:0:0:0:0:0:1]:get', 'http:[::1]:get'],
    ['shell:npm  run   build', 'shell:npm run build'],
    ['shell:git:execute', 'shell:git'],
    ['shell:npm run test:*:execute', 'shell:npm run test:*:execute'],
    ['env:FOO:*', 'env:FOO'],
    ['model:ollama/llama3:8b', 'model:ollama/llama3:8b'],
    ['agent:*:spawn', 'agent:spawn'],
    ['run:*{processes:5,memory:4000MB}', 'run:*{memory:4GB,processes:5}'],
    ['file:a\\b:read', 'file:ab:read'],
    ['file:a\\*:read', 'file:a\\*:read'],
    ['file:a\\ b:read', 'file:a b:read'],
    ['file:./\\ a:read', 'file:\\ a:read'],
    ['file:a/\\ :read', 'file:a/\\ :read'],
    ['shell:echo "a;b"', 'shell:echo "a;b"'],
    ['capability://shell/x{everywhere}?action=execute', 'shell:x{everywhere}:execute'],
    ['capability://shell/max:5execute', 'shell:max:5execute:execute'],
    ['capability://shell/a:?timeout=3s', 'shell:a::execute{timeout:3s}'],
    ['env:A:', 'env:A:'],
    ['secret:key{to:API.example.com}', 'secret:key{to:api.example.com}'],
    ['file:x:read{expires:2027-01-31T01:00:00+01:00}', 'file:x:read{expires:2027-01-31T00:00:00Z}'],
    ['shell:npm run {build:js,build:css}', 'shell:npm run {build:js,build:css}'],
    ['shell:make {max=3}', 'shell:make {max=3}'],
  ])('`%s` is printed as `%s`', (text, printed) => {
    expect(printCapability(capability(text))).toBe(printed)
  })
})

describe('everything else is an error with its column and a fix', () => {
  test.each([
    ['fiel:src:read', 'unknown-resource', 1, 'file:src:read'],
    ['nonsense', 'unknown-resource', 1, undefined],
    ['file', 'missing', 5, 'file:src/**:read,write'],
    ['file:src/**', 'missing-action', 12, 'file:src/**:read'],
    ['file:src/**:reed', 'unknown-action', 13, 'file:src/**:read'],
    ['file:src/**:fly', 'unknown-action', 13, undefined],
    ['file:src/**:', 'empty', 13, 'file:src/**:read'],
    ['file:src/**:read,,write', 'empty', 18, 'file:src/**:read,write'],
    ['file:src/**:read,read', 'repeated', 18, 'file:src/**:read'],
    ['file:src/**:write,create', 'repeated', 19, 'file:src/**:write'],
    ['file::read', 'empty', 6, 'file:src/**:read,write'],
    ['file:src/:read', 'pattern', 9, 'file:src/**:read'],
    ['file:a//b:read', 'pattern', 7, 'file:a/b:read'],
    ['file:../a:read', 'pattern', 6, undefined],
    ['file:a/\\.\\./b:read', 'pattern', 6, undefined],
    ['file:src/**.ts:read', 'pattern', 10, 'file:src/**/*.ts:read'],
    ['file:a[b:read', 'pattern', 7, 'file:a\\[b:read'],
    ['file:a/*.{js,ts:read', 'pattern', 10, 'file:a/*.{js,ts}:read'],
    ['file: a/**: read', 'pattern', 6, 'file:a/**:read'],
    ['file:a/** :read', 'pattern', 6, 'file:a/**:read'],
    ['env: FOO', 'pattern', 5, 'env:FOO'],
    ['file:a/**:read|write', 'unknown-action', 11, 'file:a/**:read,write'],
    ['file:a/**:read write', 'unknown-action', 11, 'file:a/**:read,write'],
    ['file:a%2Fb:read', 'encoded', 7, undefined],
    ['capability://file/a%2fb?action=read', 'encoded', 20, undefined],
    ['capability://file/a%zz?action=read', 'encoded', 20, undefined],
    ['capability://file/a', 'missing-action', 20, 'capability://file/a?action=read'],
    ['capability://file/a?action=read&action=write', 'repeated', 33, undefined],
    ['capability://shell?action=execute&timeout=30s&timeout=40s', 'repeated', 47, undefined],
    [
      'capability://shell?action=execute&timout=30s',
      'unknown-constraint',
      35,
      'capability://shell?action=execute&timeout=30s',
    ],
    ['shell:npm run test:*', 'ambiguous', 20, 'shell:npm run test:*:execute'],
    ['env:FOO:raed', 'unknown-action', 9, 'env:FOO:read'],
    ['shell:ls | wc', 'pattern', 10, 'shell:ls'],
    ['shell:ls; rm', 'pattern', 9, 'shell:ls'],
    ['shell:ls > x', 'pattern', 10, 'shell:ls'],
    ['shell:echo $(ls)', 'pattern', 12, 'shell:echo'],
    ['shell:echo "a', 'pattern', 12, undefined],
    ['run:*{timeout:30}', 'constraint', 15, 'run:*{timeout:30s}'],
    ['run:*{memory:4}', 'constraint', 14, 'run:*{memory:4MB}'],
    ['run:*{memory:4gb}', 'constraint', 14, 'run:*{memory:4GB}'],
    ['run:*{timeout:30 s}', 'constraint', 15, 'run:*{timeout:30s}'],
    ['run:*{timeout:0s}', 'constraint', 15, undefined],
    ['run:*{timeout:-5s}', 'constraint', 15, undefined],
    ['run:*{mem:4GB}', 'unknown-constraint', 7, 'run:*{memory:4GB}'],
    ['run:*{mem:4 GB}', 'unknown-constraint', 7, 'run:*{memory:4GB}'],
    ['run:*{proc:5,timeout: 5 min}', 'unknown-constraint', 7, 'run:*{processes:5,timeout:5m}'],
    ['run:*{ram:4GB}', 'unknown-constraint', 7, 'run:*{memory:4GB}'],
    ['run:*{duration:3 min,threads:5}', 'unknown-constraint', 7, 'run:*{timeout:3m,processes:5}'],
    ['shell:npm test{duration:3m}', 'unknown-constraint', 16, 'shell:npm test{timeout:3m}'],
    ['shell:*{allowlist:npm|node}', 'constraint', 19, 'shell:*{allowlist:npm,node}'],
    ['shell:*{allowlist:[npm, node]}', 'constraint', 19, 'shell:*{allowlist:npm,node}'],
    ['shell:*{allowlist:npm,}', 'constraint', 19, 'shell:*{allowlist:npm}'],
    ['shell:*{allowlist:npm,$X}', 'constraint', 19, undefined],
    ['run:*{colour:2}', 'unknown-constraint', 7, undefined],
    ['run:*{timeout:half an hour}', 'constraint', 15, undefined],
    ['run:*{timeout:5 fortnights}', 'constraint', 15, undefined],
    ['http:x.com:get{rate:100 per minute}', 'constraint', 21, 'http:x.com:get{rate:100/min}'],
    ['http:x.com:get{rate:100/month}', 'constraint', 21, undefined],
    ['run:*{memory:99999999TB}', 'constraint', 14, undefined],
    ['run:*{timeout:}', 'empty', 15, undefined],
    ['run:*{timeout:3s,timeout:4s}', 'repeated', 18, undefined],
    ['run:*{timout:3s}', 'unknown-constraint', 7, 'run:*{timeout:3s}'],
    ['run:*{timeout=5m,memory=2GB}', 'constraint', 7, 'run:*{timeout:5m,memory:2GB}'],
    ['run:*{timeout 5m, memory: 2GB}', 'constraint', 7, 'run:*{timeout:5m,memory:2GB}'],
    ['run:*{timout=5m}', 'constraint', 7, 'run:*{timeout:5m}'],
    ['shell:npm test{timeout=3s}', 'constraint', 16, 'shell:npm test{timeout:3s}'],
    ['http:x.com:get{rate=3}', 'constraint', 16, 'http:x.com:get{rate:3/min}'],
    ['run:*:{timeout:3m}', 'unknown-action', 6, 'run:*{timeout:3m}'],
    ['run:coder:execute{timeout:3m}', 'unknown-action', 10, 'run:coder{timeout:3m}'],
    ['shell:rm *:{everywhere}', 'empty', 12, 'shell:rm *{everywhere}'],
    ['shell:curl *{everywere}', 'unknown-constraint', 14, 'shell:curl *{everywhere}'],
    ['mcp:a/b:{max:3}', 'empty', 9, 'mcp:a/b{max:3}'],
    ['capability://run/*:?timeout=3m', 'pattern', 19, undefined],
    ['run{timeout:3m}', 'missing', 4, 'run:*{timeout:3m}'],
    ['run{timeout:3m}:*', 'constraint', 4, 'run:*{timeout:3m}'],
    ['run:{timeout:3m}', 'constraint', 5, 'run:*{timeout:3m}'],
    ['run:coder:timeout:3m', 'constraint', 11, 'run:coder{timeout:3m}'],
    ['run:*(timeout:3m)', 'constraint', 6, 'run:*{timeout:3m}'],
    ['run:*{timeout:3m', 'constraint', 6, 'run:*{timeout:3m}'],
    ['run:*{timeout:3m}}', 'constraint', 6, 'run:*{timeout:3m}'],
    ['run:*{mem:4G; "timeout": "3m"}', 'constraint', 6, 'run:*{memory:4GB,timeout:3m}'],
    ['run:*{timeout:3m}, {memory:4GB}', 'constraint', 6, 'run:*{timeout:3m,memory:4GB}'],
    ['http:x.com{rate:3/s}:get', 'constraint', 11, 'http:x.com:get{rate:3/s}'],
    ['file:a/**{expires:2027-01-31}:read', 'constraint', 10, 'file:a/**:read{expires:2027-01-31T00:00:00Z}'],
    ['file:big/**:write{size:3MB}', 'unknown-constraint', 19, undefined],
    ['http:x.com/a?max=3:gett', 'constraint', 14, 'http:x.com/a:get{max:3}'],
    ['shell:make max=3{timeout:3}', 'constraint', 26, 'shell:make max=3{timeout:3s}'],
    ['shell:make rate=3/s {timeot:3m}', 'unknown-constraint', 22, 'shell:make rate=3/s {timeout:3m}'],
    ['file:src/exp:3/x:raed', 'unknown-action', 18, 'file:src/exp:3/x:read'],
    ['file:big/**{size:3MB}:write', 'unknown-constraint', 12, undefined],
    ['file:big/**:write,{size:3MB}', 'unknown-constraint', 19, undefined],
    ['git:main:push{a,b}', 'unknown-constraint', 15, undefined],
    ['file:a/**:*{}', 'empty', 13, undefined],
    ['file:x:read{timeout:3s}', 'constraint-not-taken', 13, undefined],
    ['http:x.com:get{rate:5}', 'constraint', 21, 'http:x.com:get{rate:5/min}'],
    ['http:x.com:get{rate:5/minute}', 'constraint', 21, 'http:x.com:get{rate:5/min}'],
    ['file:x:read{expires:2027-02-31}', 'constraint', 21, undefined],
    [
      'file:x:read{expires:2027-01-31T25:00:00Z}',
      'constraint',
      21,
      'file:x:read{expires:2027-01-31T00:00:00Z}',
    ],
    ['file:x:read{expires:2027-02-31T00:00:00Z}', 'constraint', 21, undefined],
    [
      'file:x:read{expires:2027-01-31T00:00:00}',
      'constraint',
      21,
      'file:x:read{expires:2027-01-31T00:00:00Z}',
    ],
    ['shell:*{allowlist:ls,cat,ls}', 'constraint', 19, 'shell:*{allowlist:ls,cat}'],
    ['shell:*{allowlist:l;s}', 'constraint', 19, undefined],
    ['run:*{timeout:30,memory:4,disk:5,output:6,cpu:7,processes:x}', 'constraint', 15, undefined],
    ['shell:*{everywhere:no}', 'constraint', 20, 'shell:*{everywhere:true}'],
    ['git:main:push{remote:a b}', 'constraint', 22, 'git:main:push{remote:origin}'],
    ['secret:k{to:x.com/a}', 'constraint', 13, 'secret:k{to:x.com}'],
    ['env:\\ A', 'pattern', 5, 'env:A'],
    ['capability://env/%20A?action=read', 'pattern', 18, undefined],
    ['http:localhost:3000', 'missing-action', 20, 'http:localhost:3000:request'],
    ['http:a_b.com:get', 'pattern', 7, undefined],
    ['http:user@x.com:get', 'pattern', 10, undefined],
    ['http:10.0.0.*:get', 'pattern', 6, undefined],
    ['http:1.2.3.256:get', 'pattern', 6, undefined],
    ['http:a..b:get', 'pattern', 6, 'http:a.b:get'],
    ['http:.example.com:get', 'pattern', 6, 'http:*.example.com:get'],
    ['http:**.x.com:get', 'pattern', 6, 'http:*.x.com:get'],
    ['http:x.com/%61:get', 'encoded', 12, undefined],
    ['http:x.com:99999:get', 'pattern', 12, undefined],
    ['http:x.com:{80,99999}:get', 'pattern', 12, undefined],
    ['file:a\u0000b:read', 'hidden-character', 7, 'file:ab:read'],
    ['file:a\u202eb:read', 'hidden-character', 7, 'file:ab:read'],
    ['file:a\u200bb:read', 'hidden-character', 7, 'file:ab:read'],
    ['file:a\u00a0b:read', 'hidden-character', 7, 'file:a b:read'],
    ['file:s\u0440c/**:read', 'look-alike', 7, 'file:spc/**:read'],
    ['file:a\u2215b:read', 'look-alike', 7, 'file:a/b:read'],
    ['file\uff1aa:read', 'look-alike', 5, 'file:a:read'],
    ['coder', 'unknown-resource', 1, undefined],
    ['env:A{expires:tomorrow}', 'constraint', 15, undefined],
    ['modle:x', 'unknown-resource', 1, 'model:x'],
    ['capability://file/a%E2%80%AEb?action=read', 'hidden-character', 18, undefined],
    [`file:${'{a,b}'.repeat(12)}:read`, 'pattern', 1, undefined],
    [`file:${'a'.repeat(5000)}:read`, 'too-long', 4097, undefined],
  ])('`%s`: %s in column %i', (text, code, column, fix) => {
    const found = problem(text)
    expect({ code: found?.code, column: found?.column, fix: found?.fix }).toEqual({
      code: `capability/${code}`,
      column,
      fix,
    })
    if (found?.fix !== undefined) expect(parseCapability(found.fix).ok).toBe(true)
  })

  test.each([
    ['file:secret/**', 'file:secret/**:read', 'file:secret/**:*'],
    ['file:secret/**:', 'file:secret/**:read', 'file:secret/**:*'],
    ['capability://file/a', 'capability://file/a?action=read', 'capability://file/a?action=*'],
    ['http:x.com', 'http:x.com:request', 'http:x.com:*'],
    ['git:main', 'git:main:commit', 'git:main:*'],
    ['git:push', 'git:*:push', 'git:*:push'],
    ['git:commit,push', 'git:*:commit,push', 'git:*:commit,push'],
    ['git:push:main', 'git:main:push', 'git:main:push'],
    ['git:push:force', 'git:*:force-push', 'git:*:force-push'],
    ['file:src/**,lib/**:read', 'file:{src/**,lib/**}:read', 'file:{src/**,lib/**}:read'],
    ['read:.env', 'file:.env:read', 'file:.env:read'],
    ['Edit src/', 'file:src/**:write', 'file:src/**:write'],
    ['localhost:3000', 'http:localhost:3000:request', 'http:localhost:3000:*'],
    ['127.0.0.1/x', 'http:127.0.0.1/x:request', 'http:127.0.0.1/x:*'],
    ['http:get', 'http:*:get', 'http:*:get'],
    ['file:write', 'file:**:write', 'file:**:write'],
    ['file:read:src/**', 'file:src/**:read', 'file:src/**:read'],
    ['git', 'git:main:push', 'git:*:*'],
    ['env', 'env:LC_*', 'env:*'],
    ['http:https://x.com/v1:get', 'http:x.com/v1:get', 'http:x.com/v1:get'],
    ['http:http://x.com/v1:get', 'http:x.com:80/v1:get', 'http:x.com:80/v1:get'],
    ['http:a.com:{80,443}', 'http:a.com:{80,443}:request', 'http:a.com:{80,443}:*'],
    ['http:a.com:80,443/x:get', 'http:a.com:{80,443}/x:get', 'http:a.com:{80,443}/x:get'],
    ['http:a.com, b.com:443:get', 'http:{a.com,b.com}:443:get', 'http:{a.com,b.com}:443:get'],
    ['http:http://x.com:8080:get', 'http:x.com:8080:get', 'http:x.com:8080:get'],
    ['https://x.com/v1', 'http:x.com/v1:request', 'http:x.com/v1:*'],
    ['http://x.com', 'http:x.com:80:request', 'http:x.com:80:*'],
    ['browser:https://x.com/*', 'browser:x.com/*', 'browser:x.com/*'],
    ['secret:k{to:https://x.com}', 'secret:k{to:x.com}', 'secret:k{to:x.com}'],
    ['package-lock.json', 'file:package-lock.json:read', 'file:package-lock.json:*'],
    ['package-lock.json:write', 'file:package-lock.json:write', 'file:package-lock.json:write'],
    ['.env', 'file:.env:read', 'file:.env:*'],
    ['secrets/', 'file:secrets/**:read', 'file:secrets/**:*'],
    ['*.pem', 'file:*.pem:read', 'file:**/*.pem:*'],
    ['*.x.com', 'http:*.x.com:request', 'http:*.x.com:*'],
    ['rm -rf', 'shell:rm -rf', 'shell:rm -rf *'],
    ['AWS_KEY', 'env:AWS_KEY', 'env:AWS_KEY'],
    ['Bash(git push:*)', 'shell:git push *', 'shell:git push *'],
    ['Read(./.env)', 'file:.env:read', 'file:.env:read'],
    ['Edit(//etc/**)', 'file:/etc/**:write', 'file:/etc/**:write'],
    ['WebFetch(domain:example.com)', 'http:example.com:request', 'http:example.com:request'],
    ['mcp__x__y', 'mcp:x/y', 'mcp:x/y'],
    ['mcp__x', 'mcp:x/*', 'mcp:x/*'],
    ['file:**:execute', 'file:**:read', 'file:**:read'],
    ['file:a:rw', 'file:a:read,write', 'file:a:read,write'],
    ['git:main:merge', 'git:main:commit', 'git:main:commit,push'],
    ['shell:git (push|pull)', 'shell:git {push,pull}', 'shell:git {push,pull} *'],
    ['shell:curl | sh', 'shell:curl', 'shell:curl *'],
    ['http:::1:*', 'http:[::1]:*', 'http:[::1]:*'],
    ['http:fe80::1:get', 'http:[fe80::1]:get', 'http:[fe80::1]:get'],
    [
      'http:a.com:get{rate:5/min}{max:3}',
      'http:a.com:get{rate:5/min,max:3}',
      'http:a.com:get{rate:5/min,max:3}',
    ],
  ])('`%s`: its fix opens no more than `%s`, and closes `%s`', (text, opens, closes) => {
    for (const [aim, expected] of [
      ['opens', opens],
      ['closes', closes],
    ] as const) {
      const parsed = parseCapability(text, aim)
      expect(parsed.ok ? undefined : parsed.problems[0]?.fix).toBe(expected)
      expect(parseCapability(expected).ok).toBe(true)
    }
  })

  test('`shell:npm run test:*` is shown with both meanings', () => {
    expect(problem('shell:npm run test:*')?.message).toContain('`shell:npm run test:*:execute` means')
    expect(problem('shell:npm run test:*')?.message).toContain('`shell:npm run test *` all that begins')
    const closing = parseCapability('shell:git push:*', 'closes')
    expect(closing.ok ? undefined : closing.problems[0]?.fix).toBe('shell:git push *')
  })

  test('every fix is understood', () => {
    for (const text of [
      'fiel:a:read',
      'file:a',
      'shell:a b:*',
      'run:*{timeout:5}',
      'http:x.com:80',
      'file:src/:read',
    ]) {
      const fix = problem(text)?.fix ?? ''
      expect(parseCapability(fix).ok, fix).toBe(true)
    }
  })
})

test('names in other alphabets are names', () => {
  for (const text of [
    'file:docs/日本語/**:read',
    'file:отчёт.md:read',
    'file:naïve café.txt:read',
    'env:ΔELTA*'.replace('Δ', 'D'),
  ])
    expect(parseCapability(text).ok, text).toBe(true)
})

test('a capability cannot be changed', () => {
  const parsed = capability('run:*{timeout:5s}')
  expect(
    Object.isFrozen(parsed) && Object.isFrozen(parsed.actions) && Object.isFrozen(parsed.constraints),
  ).toBe(true)
})

test('the example of every resource is canonical', () => {
  for (const { example } of Object.values(resources))
    expect(printCapability(capability(example))).toBe(example)
})

describe('parse(print(c)) is c, in both spellings', () => {
  const piece = fc.constantFrom(
    ...[
      'file',
      'http',
      'shell',
      'run',
      'env',
      'git',
      'agent',
      'model',
      'secret',
      'capability://',
      ':',
      ':',
      ':',
      '/',
      '/',
      '*',
      '**',
      '{',
      '}',
      ',',
      '[',
      ']',
      '[ab]',
      '\\',
      '?',
      '=',
      '&',
      '%',
      '%20',
      ' ',
      '.',
      '..',
      '~',
      '"',
      '-',
    ],
    ...[
      'read',
      'write',
      'request',
      'get',
      'execute',
      'spawn',
      'push',
      'use',
      'src',
      'a',
      'B',
      'é',
      'x.com',
      '127.0.0.1',
      '[::1]',
      '8080',
      'timeout:30s',
      'max:5',
      'timeout=30s',
      'action=',
      '{a,b}',
      'everywhere',
      'allowlist:a,b',
      '1',
    ],
  )
  const resource = fc.constantFrom(
    ...Object.keys(resources),
    'capability://file',
    'capability://shell',
    'capability://env',
  )
  const end = fc.constantFrom(
    '',
    ':read',
    ':*',
    ':get',
    ':execute',
    '?action=read',
    '?action=execute&timeout=5s',
    '{max:5}',
    ':spawn{max:2}',
    '{timeout:5s}',
  )
  const text = fc
    .tuple(resource, fc.constantFrom(':', '/'), fc.array(piece, { maxLength: 6 }), end)
    .map(([name, separator, pieces, tail]) => name + separator + pieces.join('') + tail)

  test('for whatever is understood, and nothing throws', () => {
    let understood = 0
    fc.assert(
      fc.property(text, (written) => {
        const parsed = parseCapability(written)
        if (!parsed.ok) return
        understood++
        for (const spelling of ['short', 'uri'] as const)
          expect(
            parseCapability(printCapability(parsed.value, spelling)),
            `${written} as ${printCapability(parsed.value, spelling)}`,
          ).toEqual(parsed)
      }),
      { numRuns: Number(process.env.OOS_CASES ?? 10_000) },
    )
    expect(understood).toBeGreaterThan(100)
  })

  test('any bytes end in a capability or a problem, never in an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (written) => void parseCapability(written)),
      { numRuns: 2_000 },
    )
  })
})
