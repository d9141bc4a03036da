import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rulesOf } from '../sources.ts'

const told = (line: string) => {
  const { rules, diagnostics } = rulesOf(`- ${line}\n`)
  expect(rules).toHaveLength(1)
  expect(diagnostics.every(({ code }) => code === 'rule/unlikely')).toBe(true)
  return diagnostics.map(({ severity, fix }) => [severity, fix?.replace(/^write what is meant.*/, '')])
}

describe('a pattern that is right and hardly meant', () => {
  test.each([
    ['git:push:*', 'git:*:push'],
    ['git:main,master:push', 'git:{main,master}:push'],
    ['agent:coder, tester:spawn', 'agent:{coder,tester}:spawn'],
    ['git:push:push', 'git:*:push'],
    ['shell:curl{everywhere} *', ''],
    ['git:*{remote:origin}:push', 'git:*:push{remote:origin}'],
    ['file:src/a{expires:2030-01-01}:read', 'file:src/a:read{expires:2030-01-01T00:00:00Z}'],
    ['http:x.com/{rate:5/min}:get', 'http:x.com/:get{rate:5/min}'],
    ['git:push:commit', ''],
    ['shell:npm test{foo:3}', ''],
    ['env:X{since:2030-01-01}', ''],
    ['git:refs/heads/main:push', 'git:main:push'],
    ['git:origin/main:push', 'git:main:push{remote:origin}'],
    ['env:$HOME', 'env:HOME'],
    [`env:\${HOME}`, 'env:HOME'],
    ['env:HOME=/root', 'env:HOME'],
    ['env:%PATH%', 'env:PATH'],
    ['secret:$API_KEY', 'secret:API_KEY'],
    ['file:!src/**:write', ''],
    ['file:$HOME/.ssh/**:read', 'file:~/.ssh/**:read'],
    [`file:\${HOME}/.ssh/**:read`, 'file:~/.ssh/**:read'],
    ['file:$TMPDIR/x:read', ''],
    ['file:~root/x:read', ''],
    ['file:(src|lib)/**:write', 'file:{src,lib}/**:write'],
    ['file:src,lib:write', 'file:{src,lib}:write'],
    ['file:src\\lib:write', ''],
    ['shell:"git push"', 'shell:git push'],
    ['shell:"git push" *', 'shell:git push *'],
    ['shell:execute:rm *', 'shell:rm *'],
    ['shell:rm:*', 'shell:rm *'],
    ['shell:rm:* x', ''],
    ['http:10.0.0.0/8:*', ''],
    ['http:evil.com/p?x=1:get', 'http:evil.com/p:get'],
    ['file:src\\**:*', ''],
    ['shell:^git push', 'shell:git push'],
    ['shell:^git push.*$', 'shell:git push *'],
    ['shell:/git push/', 'shell:git push'],
    ['shell:Bash(git push:*)', 'shell:git push *'],
    ['shell:python*', 'shell:python* *'],
    ['shell:DEBUG=1 npm *', 'shell:npm *'],
    ['shell:$ git push', 'shell:git push'],
    ['shell:git push ...', 'shell:git push *'],
    ['shell:git push [args]', 'shell:git push *'],
    ['shell:git push, git pull', ''],
    ['shell:git push or git pull', ''],
    ['env:FOO,BAR', 'env:{FOO,BAR}'],
    ['env:"FOO"', 'env:FOO'],
    ['env:FOO:write', 'env:FOO'],
    ['env:FOO_*:read,write', 'env:FOO_*'],
    ['env:!PATH', ''],
    ['file:^secrets/**:read', 'file:secrets/**:read'],
    ['file:{secrets, src}/**:read', 'file:{secrets,src}/**:read'],
    ['file:"src/a.ts":read', 'file:src/a.ts:read'],
    ['file:.*/secrets/**:read', 'file:**/secrets/**:read'],
    ['file:secrets/...:read', 'file:secrets/**:read'],
    ['mcp:github', 'mcp:github/*'],
    ['mcp:mcp__github__create_issue', 'mcp:github/create_issue'],
    ['mcp:github:create_issue', 'mcp:github/create_issue'],
  ])('%s is told', (capability, fix) => {
    expect(told(`**Deny** \`${capability}\``)).toEqual([['warning', fix]])
  })

  test('is told without a wider one where something is opened', () => {
    expect(told('**Allow** `shell:python*`')).toEqual([['warning', '']])
    expect(told('**Allow** `shell:rm:*`')).toEqual([['warning', '']])
    expect(told('**Deny** `mcp:*` except `mcp:github`')).toEqual([['warning', '']])
    expect(told('**Allow** `env:$HOME`')).toEqual([['warning', 'env:HOME']])
  })

  test('is told behind `except`, too', () => {
    expect(told('**Deny** `git:*:push` except `git:origin/main:push`')).toEqual([
      ['warning', 'git:main:push{remote:origin}'],
    ])
  })

  test.each([
    'git:*:push',
    'git:feature/x:push',
    'git:{push,main}:push',
    'env:AWS_*',
    'env:{A,B}',
    'file:{a,b}/x:write',
    'file:[a,b]/x:write',
    'file:{a,{,.}b}:read',
    'file:{src/{a,b}.ts,lib/{c,{d,e}}}:write',
    'env:{A{B,C},D}',
    'file:src/\\(app\\)/**:write',
    'file:\\!x:write',
    'file:a\\*b:write',
    'file:~/x:write',
    'shell:git commit -m "a b"',
    'shell:/usr/bin/git push',
    'shell:rm .*',
    'shell:go test ./...',
    'shell:cat log[12]',
    'file:~/.*:read',
    'file:src/.*:read',
    'file:src/.*/**:read',
    'shell:python* *',
    'shell:*',
    'shell:docker',
    'file:[...slug]/x:write',
    'file:a...b:write',
    'shell:grep ^x *',
    'shell:rm * ',
    'shell:npm run a:b',
    'shell:git reset HEAD@{1}',
    'shell:npm run {a:1}',
    'shell:find . -exec rm {} +',
    'http:10.0.0.1:*',
    'http:a.com/?:get',
    'http:a.com/8:get',
    'file:a\\*b:write',
    'mcp:*',
    'mcp:github/*',
  ])('%s is meant', (capability) => {
    expect(told(`**Deny** \`${capability}\``)).toEqual([])
  })

  test('whatever stands in groups, however deep they nest, is meant', () => {
    const { nested } = fc.letrec<{ nested: string }>((tie) => ({
      nested: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('src', 'a.ts', '.env', ''),
        fc.array(tie('nested'), { minLength: 2, maxLength: 3 }).map((each) => `{${each.join(',')}}`),
      ),
    }))
    fc.assert(
      fc.property(nested, (pattern) => {
        expect(told(`**Deny** \`file:x${pattern}:read\``)).toEqual([])
      }),
      { numRuns: 50 },
    )
  })
})
