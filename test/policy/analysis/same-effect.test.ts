import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { sameEffects, sameOptions } from '../../../src/policy/analysis/same-effect.ts'
import { fillTemplate, parseTemplate, templatePattern } from '../../../src/policy/analysis/template.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import { home, makeRule, root } from '../random-rules.ts'

// A program that reads code from its input is not read itself: these get a file.
const unsaid = { names: {}, rest: ['x'], options: [] }

/** Whether a Deny of the pattern denies the command where everything else is allowed. */
function isDenied(words: readonly string[], ...patterns: readonly string[]): boolean {
  const rules = [
    makeRule({ effect: 'allow', capabilities: ['shell:*', 'git:*:*', 'file:/**:*'] }),
    makeRule({ effect: 'deny', capabilities: patterns.map((pattern) => `shell:${pattern}`) }),
  ]
  const policy = compilePolicy({ rules, root, home, now: 0 })
  const request = { resource: 'shell', action: 'execute', target: words.join(' '), words } as const
  return decide(policy, request).effect === 'deny'
}

const words = (way: string) => fillTemplate(parseTemplate(way), unsaid)
const pattern = (way: string) => templatePattern(parseTemplate(way), { ...unsaid, rest: [] })

describe('each row of the table', () => {
  const rows = sameEffects.map((row) => ({ ...row, name: row.ways[0] ?? '' }))

  test.for(rows)('has ways that a rule about one of them does not stop: $name', ({ ways, also = [] }) => {
    for (const way of ways) {
      expect([way, isDenied(words(way), pattern(way))]).toEqual([way, true])
      for (const other of [...ways, ...also].filter((each) => each !== way))
        expect([way, other, isDenied(words(other), pattern(way))]).toEqual([way, other, false])
    }
  })

  test.for(rows)('has patterns that stop all of them: $name', (row) => {
    const all = [...row.ways, ...(row.also ?? [])]
    const patterns = row.pattern === undefined ? all.map(pattern) : [row.pattern]
    for (const way of all) expect([way, isDenied(words(way), ...patterns)]).toEqual([way, true])
  })
})

test.for(Object.entries(sameOptions))(
  'a rule about one option of `%s` does not stop its other names',
  ([lead, groups]) => {
    for (const group of groups.map((each) => each.split(' ')))
      for (const option of group) {
        expect([option, isDenied([...lead.split(' '), option, 'x'], `${lead} ${option} *`)]).toEqual([
          option,
          true,
        ])
        for (const other of group.filter((each) => each !== option))
          expect([option, other, isDenied([...lead.split(' '), other, 'x'], `${lead} ${option} *`)]).toEqual([
            option,
            other,
            false,
          ])
      }
  },
)

describe('git does the same', () => {
  const run = (cwd: string, line: string) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...line.split(' ')], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    })

  /** A clone with one commit pushed; what is written after it is `after`. */
  function clone(after: readonly string[]): string {
    const folder = mkdtempSync(join(tmpdir(), 'oos-same-'))
    const work = join(folder, 'work')
    run(folder, 'init -q --bare remote.git')
    run(folder, 'clone -q remote.git work')
    mkdirSync(join(work, 'src'))
    writeFileSync(join(work, 'src/a'), 'old')
    for (const line of ['checkout -q -b main', 'add -A', 'commit -q -m one', 'push -q origin main', ...after])
      run(work, line)
    return work
  }

  /** Branches and tags here and there, and what is in the files. */
  function state(work: string): string {
    const refs = ['show-ref', 'ls-remote --heads --tags origin'].map((line) =>
      run(work, line).replace(/^.*remotes.*$/gm, ''),
    )
    const files = readdirSync(join(work, 'src')).map((name) =>
      execFileSync('cat', [join(work, 'src', name)], { encoding: 'utf8' }),
    )
    return JSON.stringify([...refs, files, run(work, 'status --short')]).replace(/[0-9a-f]{40}/g, (hash) => {
      const subject = run(work, `log -1 --format=%s ${hash}`)
      return subject.trim()
    })
  }

  const amended = ['commit -q --amend --allow-empty -m two']
  const cases: readonly { name: string; after: readonly string[]; ways: readonly string[]; edits?: true }[] =
    [
      {
        name: 'pushes by force',
        after: amended,
        ways: [
          'push --force origin main',
          'push -f origin main',
          'push origin +main',
          'push --mirror origin',
        ],
      },
      {
        name: 'deletes a branch there',
        after: ['push -q origin main:x'],
        ways: ['push --delete origin x', 'push -d origin x', 'push origin :x'],
      },
      {
        name: 'pushes',
        after: ['commit -q --allow-empty -m two'],
        ways: ['push origin main', 'send-pack ../remote.git main'],
      },
      {
        name: 'deletes a branch here',
        after: ['branch x'],
        ways: [
          'branch -D x',
          'branch -d --force x',
          'branch --delete --force x',
          'update-ref -d refs/heads/x',
        ],
      },
      { name: 'tags', after: [], ways: ['tag v1', 'update-ref refs/tags/v1 HEAD'] },
      {
        name: 'deletes a tag',
        after: ['tag v1'],
        ways: ['tag -d v1', 'tag --delete v1', 'update-ref -d refs/tags/v1'],
      },
      { name: 'adds', after: [], edits: true, ways: ['add src', 'stage src'] },
      {
        name: 'merges',
        after: ['checkout -q -b x', 'commit -q --allow-empty -m two', 'checkout -q main'],
        ways: ['merge -q x', 'pull -q . x'],
      },
      {
        name: 'throws away all changes',
        after: [],
        edits: true,
        ways: [
          'reset --hard',
          'restore --staged --worktree :/',
          'read-tree --reset -u HEAD',
          'checkout --force',
          'checkout -f',
        ],
      },
      {
        name: 'throws away the changes of files',
        after: [],
        edits: true,
        ways: ['checkout -- src', 'checkout src', 'restore src', 'checkout-index -f src/a'],
      },
      { name: 'cleans', after: [], edits: true, ways: ['clean -q -f', 'clean -q --force'] },
      {
        name: 'makes a branch',
        after: [],
        ways: ['checkout -q -b x', 'switch -q -c x', 'switch -q --create x'],
      },
    ]

  test.for(cases)('$name', ({ after, ways, edits }) => {
    const states = ways.map((way) => {
      const work = clone(after)
      if (edits) for (const name of ['a', 'b']) writeFileSync(join(work, 'src', name), 'new')
      const before = state(work)
      run(work, way)
      const now = state(work)
      expect([way, now === before]).toEqual([way, false])
      return now
    })
    expect(new Set(states).size, states.join('\n')).toBe(1)
  })

  test('leaves its hooks out', () => {
    for (const way of ['commit --allow-empty --no-verify -m x', 'commit --allow-empty -n -m x']) {
      const work = clone([])
      writeFileSync(join(work, '.git/hooks/pre-commit'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
      expect(() => run(work, 'commit --allow-empty -m x')).toThrow()
      expect(run(work, way)).toContain('x')
    }
  })
})

test('rm does the same by other names of its options', () => {
  for (const options of ['-rf', '-r -f', '-R --force', '--recursive -f', '--recursive --force']) {
    const folder = mkdtempSync(join(tmpdir(), 'oos-same-'))
    mkdirSync(join(folder, 'src'))
    writeFileSync(join(folder, 'src/a'), '', { mode: 0o444 })
    execFileSync('rm', [...options.split(' '), join(folder, 'src')], { stdio: 'ignore' })
    expect([options, existsSync(join(folder, 'src'))]).toEqual([options, false])
  }
})

test('npm knows its commands by these names', async () => {
  const help = async (way: string) => {
    const { stdout } = await promisify(execFile)('npm', [...way.split(' ').slice(1, 2), '--help'])
    return stdout.split('\n')[0]
  }
  const rows = sameEffects.map(({ ways, also = [] }) =>
    [...ways, ...also].filter((way) => /^npm \S+ …/.test(way)),
  )
  for (const row of rows.filter(({ length }) => length > 1)) {
    const lines = await Promise.all(row.map(help))
    expect([row, new Set(lines).size]).toEqual([row, 1])
  }
})
