import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { executable, makeTree } from '../oos.ts'

const driver = join(import.meta.dirname, '../../sandbox/process/terminal-driver.py')
const file = '.agent-os/AGENT.md'
const text = '- Never edit `a/b`\n'

/** What is seen of these words at a terminal. */
function atTerminal(
  argv: readonly string[],
  cwd: string,
  steps: readonly (readonly string[])[],
  more: Readonly<Record<string, string>> = {},
) {
  const out = execFileSync('python3', [driver, JSON.stringify({ argv, steps })], {
    cwd,
    env: { ...process.env, NODE: process.execPath, OOS: executable, ...more },
    encoding: 'utf8',
  })
  return JSON.parse(out)
}

const asked = ['expect', 'write this rule\\? \\(y/N\\)']

test('Ctrl-Z at a question puts the job away, and fg asks it again, as often as one likes', () => {
  const cwd = makeTree({ [file]: text })
  const away = [asked, ['send', '\x1a'], ['expect', 'Stopped']]
  const seen = atTerminal(['bash', '--norc', '--noprofile', '-i'], cwd, [
    ['send', '"$NODE" "$OOS" spec suggest --no-color\n'],
    ...away,
    ['send', "stty -a; echo MO''DES\n"],
    ['expect', ' icanon [\\s\\S]* echo [\\s\\S]*MODES'],
    ['send', 'fg\n'],
    ...away,
    ['send', 'fg\n'],
    asked,
    ['send', 'y\r'],
    ['expect', 'written'],
    ['send', 'exit\n'],
  ])
  expect(seen.missed, seen.seen).toBeNull()
  expect(readFileSync(join(cwd, file), 'utf8')).toContain('**Deny**')
})

test('where no shell could go on with it the question stays', () => {
  const cwd = makeTree({ [file]: text })
  const argv = [process.execPath, executable, 'spec', 'suggest', '--no-color']
  const steps = [asked, ['send', '\x1a'], asked, ['send', 'y\r'], ['expect', 'written']]
  expect(atTerminal(argv, cwd, steps)).toMatchObject({ missed: null, status: 0, restored: true })
})

test.each(['SIGINT', 'SIGTERM'])('%s at a question leaves the terminal as it was', (signal) => {
  const cwd = makeTree({ [file]: text })
  const argv = [process.execPath, executable, 'spec', 'suggest', '--no-color']
  const seen = atTerminal(argv, cwd, [asked, ['kill', signal], ['expect', 'nothing was agreed to']])
  expect(seen).toMatchObject({ missed: null, status: 130, restored: true })
  expect(readFileSync(join(cwd, file), 'utf8')).toBe(text)
})

describe('on a terminal that can only print lines (TERM=dumb)', () => {
  const dumb = { TERM: 'dumb' }
  const suggest = [process.execPath, executable, 'spec', 'suggest']
  const rules = '- **Allow** `shell:*`, `file:**:read`\n- **Ask** `shell:echo *`\n'

  test.each([
    { keys: 'y', code: 0, rule: true },
    { keys: '', code: 0, rule: false },
    { keys: 'no', code: 0, rule: false },
    { keys: '\x04', code: 130, rule: false },
  ])('a yes or no is a line, and what was typed before is none: "$keys"', ({ keys, code, rule }) => {
    const cwd = makeTree({ [file]: text })
    const steps = [['send', 'y\n'], asked, ['send', `${keys}\n`]]
    const { missed, status, seen } = atTerminal(suggest, cwd, steps, dumb)
    expect({ missed, status }, seen).toEqual({ missed: null, status: code })
    expect(seen).not.toContain('\x1b')
    expect(readFileSync(join(cwd, file), 'utf8').includes('**Deny**')).toBe(rule)
  })

  test.each([
    { keys: '2', code: 0 },
    { keys: 'yes', code: 0 },
    { keys: 'always', code: 0 },
    { keys: '', code: 3 },
    { keys: '1', code: 3 },
    { keys: 'sure', code: 3 },
  ])('an Ask takes the number or the words of an answer: "$keys"', ({ keys, code }) => {
    const cwd = makeTree({ [file]: rules })
    const argv = [process.execPath, executable, 'run', '--trust-specs', '--', 'echo', 'hello']
    const steps = [
      ['expect', '1 no\r\n  2 yes, this once\r\n  3 always[^\n]*\n\\(1\\) '],
      ['send', `${keys}\n`],
    ]
    const { missed, status, seen } = atTerminal(argv, cwd, steps, { ...dumb, HOME: makeTree({}, 'home') })
    expect({ missed, status }, seen).toEqual({ missed: null, status: code })
    expect(seen).not.toContain('\x1b')
  })
})
