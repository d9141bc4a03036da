import { describe, expect, it } from 'vitest'
import { compileCommandPattern, type PatternMode } from '../../../src/policy/shell/command-pattern.ts'
import { parseCommands } from '../../../src/policy/shell/reading.ts'

const matches = (mode: PatternMode, pattern: string, text: string) => {
  const compiled = compileCommandPattern(pattern, mode)
  return parseCommands(text).commands.some(({ words }) => compiled.matches(words))
}

describe('an exact pattern', () => {
  it.each([
    ['ls', 'ls'],
    ['ls *', 'ls'],
    ['ls *', 'ls a b'],
    ['npm run lint:*', 'npm run lint:fix'],
    ['npm run *', 'npm run $x'],
    ['cp * /tmp', 'cp a /tmp'],
    ['cp * /tmp', 'cp "$x" /tmp'],
    ['a ** b', 'a b'],
    ['a ** b', 'a c d b'],
    ['** b', 'a b'],
    ['* test', 'npm test'],
    ['{npm,pnpm} {test,run {lint,build} *}', 'pnpm run build x'],
    ['./x', './x'],
    ['/usr/bin/*', '/usr/bin/ls'],
    ["git commit -m 'a b'", 'git commit -m "a b"'],
    ['echo a\\ b', "echo 'a b'"],
    ['echo \\*', "echo '*'"],
    ["echo '*'", "echo '*'"],
    ['*', 'anything "$x" at all'],
    ['**', './anything'],
  ])('%s matches %s', (pattern, text) => {
    expect(matches('exact', pattern, text)).toBe(true)
  })

  it.each([
    ['ls', './ls'],
    ['ls', '/tmp/ls'],
    ['ls', 'ls -l'],
    ['ls', 'LS'],
    ['ls*', 'ls/../../tmp/x'],
    ['./x', 'x'],
    ['./x', '/tmp/x'],
    ['./x', 'cd /tmp && ./x'],
    ['/usr/bin/*', '/usr/bin/../../tmp/x'],
    ['npm run lint', 'npm run $x'],
    ['npm run lint', 'npm run "$x"'],
    ['npm * lint', 'npm $x lint'],
    ['cat *.md', 'cat $x.md'],
    ['cat a', 'cat *'],
    ['git push', 'git -C . push'],
    ['a * b', 'a b'],
    ['** b', 'a c'],
    ['echo \\*', 'echo x'],
    ["echo '*'", 'echo x'],
    ['npm test', 'npm test --script-shell=x'],
  ])('%s does not match %s', (pattern, text) => {
    expect(matches('exact', pattern, text)).toBe(false)
  })
})

describe('a pattern that matches anywhere', () => {
  it.each([
    ['git push *', 'git -C . push origin'],
    ['git push *', 'git --git-dir=x push'],
    ['git push *', '/usr/bin/git -c a=b --no-pager push -u origin main'],
    ['git push', 'git push -f'],
    ['git push --force *', 'git push origin main --force'],
    ['git push --force *', 'git push --forc origin main'],
    ['git push -f *', 'git push -uf origin main'],
    ['git push *', 'git $x'],
    ['git push *', 'git "$x" origin'],
    ['git push *', 'git p$x'],
    ['git push *', 'git $opts push'],
    ['git push origin main', 'git push origin {main,x}'],
    ['curl', '/usr/bin/curl'],
    ['/usr/bin/curl *', 'curl x'],
    ['./deploy.sh *', 'sh -c "/srv/deploy.sh now"'],
    ['rm -rf *', 'rm -r -f x'],
    ['rm -rf *', 'rm -vfr x'],
    ['rm -rf *', 'rm x -rf'],
    ['rm -rf *', 'rm $x y'],
    ['rm *', 'sudo rm x'],
    ['docker run --network host *', 'docker run --network=host img'],
    ['docker run --network=host *', 'docker run --network host img'],
    ['find * -delete', 'find . -name x -delete'],
    ['cat *.env', 'cat "$d"/.env'],
    ['cat .env', 'cat .*'],
    ['*', 'x'],
  ])('%s matches %s', (pattern, text) => {
    expect(matches('anywhere', pattern, text)).toBe(true)
  })

  it.each([
    ['git push *', 'git add push.md'],
    ['git push *', 'git commit -m "git push x"'],
    ['git push *', 'git log origin push'],
    ['git push --force *', 'git push origin main'],
    ['git push *', 'gitpush x'],
    ['rm -rf *', 'rm -r x'],
    ['curl *', 'echo curl x'],
    ['cat a.env', 'cat "$x".md'],
    ['npm publish', 'npm run publish'],
    ['git push origin', 'git push origin main'],
  ])('%s does not match %s', (pattern, text) => {
    expect(matches('anywhere', pattern, text)).toBe(false)
  })
})

describe('a pattern says which programs it can match', () => {
  it.each([
    ['git push *', ['git']],
    ['/usr/bin/{curl,wget} *', ['curl', 'wget']],
    ['{npm,./x} *', ['npm', 'x']],
    ['* x', undefined],
    ['npm* x', undefined],
    ['{npm,p*} x', undefined],
  ])('%s: %j', (pattern, programs) => {
    expect(compileCommandPattern(pattern, 'exact').programs).toEqual(programs)
  })

  it.each([
    ['*', true],
    ['**', true],
    ['* *', false],
    ['ls *', false],
  ])('%s matches everything: %s', (pattern, everything) => {
    expect(compileCommandPattern(pattern, 'anywhere').everything).toBe(everything)
  })
})

it('a pattern of many stars takes a time that grows with the length of the command', () => {
  const pattern = compileCommandPattern('a ** b ** c ** d*e*f*g ** h', 'anywhere')
  const words = ['a', ...Array.from({ length: 20_000 }, () => 'bcd'.repeat(5)), 'x']
  expect(pattern.matches(words)).toBe(false)
})

it('refuses a pattern of more than thirty words', () => {
  expect(() => compileCommandPattern('a '.repeat(31), 'exact')).toThrow(/more than 30 words/)
})
