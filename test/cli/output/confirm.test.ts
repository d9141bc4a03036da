import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { executable, makeTree } from '../oos.ts'

const driver = join(import.meta.dirname, '../../sandbox/process/terminal-driver.py')
const file = '.agent-os/AGENT.md'
const text = '- Never edit `a/b`\n'

/** What is seen of these words at a terminal. */
function atTerminal(argv: readonly string[], cwd: string, steps: readonly (readonly string[])[]) {
  const out = execFileSync('python3', [driver, JSON.stringify({ argv, steps })], {
    cwd,
    env: { ...process.env, NODE: process.execPath, OOS: executable, PS1: '> ' },
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
