import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseCommands } from '../../../src/policy/shell/reading.ts'
import { tricky } from './tricky.ts'

/** Runs the texts one after the other, each in a folder of its own, and notes which of them ran `factor`. */
const driver = `
cd /tmp/oracle/texts || exit 1
for text in *; do
  mkdir -p "/tmp/texts/$text" && cd "/tmp/texts/$text" || exit 1
  rm -f /tmp/oracle/mark/ran
  output=$(HOME=/tmp/texts/$text timeout -k 1 10 bash -c "$(cat "/tmp/oracle/texts/$text")" 2>&1 </dev/null)
  if [ -e /tmp/oracle/mark/ran ]; then echo "$text" >> /tmp/oracle/mark/list; fi
  printf '%s\\n' "$output" > "/tmp/oracle/mark/$text.out"
done
`

const variables = {
  PATH: '/usr/bin:/bin',
  GIT_AUTHOR_NAME: 'x',
  GIT_AUTHOR_EMAIL: 'x@example.com',
  GIT_COMMITTER_NAME: 'x',
  GIT_COMMITTER_EMAIL: 'x@example.com',
}

function runAll(texts: readonly string[]): ReadonlySet<number> {
  const work = mkdtempSync(join(tmpdir(), 'oos-oracle-'))
  for (const folder of ['texts', 'mark']) mkdirSync(join(work, folder))
  texts.forEach((text, index) => {
    writeFileSync(join(work, 'texts', String(index)), text)
  })
  writeFileSync(
    join(work, 'factor'),
    '#!/bin/sh\n: > /tmp/oracle/mark/ran\nexec cat >/dev/null 2>&1 </dev/null\n',
  )
  chmodSync(join(work, 'factor'), 0o755)
  writeFileSync(join(work, 'mark', 'list'), '')
  const around =
    '--ro-bind / / --dev /dev --proc /proc --tmpfs /tmp --unshare-all --die-with-parent --new-session'
  const mounts = ['--bind', work, '/tmp/oracle', '--ro-bind', join(work, 'factor'), '/usr/bin/factor']
  const environment = [
    '--clearenv',
    ...Object.entries(variables).flatMap(([name, value]) => ['--setenv', name, value]),
  ]
  execFileSync('bwrap', [...around.split(' '), ...mounts, ...environment, 'bash', '-c', driver], {
    timeout: 110_000,
  })
  return new Set(
    readFileSync(join(work, 'mark', 'list'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map(Number),
  )
}

describe('the real bash', () => {
  let ran: ReadonlySet<number> = new Set()
  beforeAll(() => {
    ran = runAll(tricky.map(({ text }) => text))
  }, 120_000)

  it.each(tricky.map((row, index) => ({ ...row, index })))(
    'agrees about $text',
    ({ text, reading, index }) => {
      const { commands, undecidable } = parseCommands(text)
      const named = commands.some(({ words }) => words[0]?.replace(/^.*\//s, '') === 'factor')
      if (ran.has(index)) expect(named || undecidable !== undefined).toBe(true)
      if (reading === 'inert') expect(ran.has(index)).toBe(false)
    },
  )

  it('runs nearly all texts that are meant to run the program, so the comparison means something', () => {
    const meant = tricky.flatMap(({ reading }, index) => (reading === 'inert' ? [] : [index]))
    expect(meant.filter((index) => ran.has(index)).length).toBeGreaterThan(meant.length * 0.95)
  })
})
