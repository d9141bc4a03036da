import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { checkSpecs } from '../../../src/ops/check/check-specs.ts'
import { readProject } from '../../../src/ops/project/project.ts'

async function found(...lines: readonly string[]) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'oos-check-')))
  const [cwd, home] = [join(base, 'project'), join(base, 'home')]
  for (const folder of [home, join(cwd, '.agent-os'), join(cwd, 'data')])
    mkdirSync(folder, { recursive: true })
  writeFileSync(join(cwd, '.agent-os/AGENT.md'), lines.map((line) => `- ${line}\n`).join(''))
  const project = await readProject({ cwd, env: { HOME: home, XDG_CACHE_HOME: join(home, 'cache') } })
  return (await checkSpecs(project)).map(({ code, fix }) => [code, fix])
}

test('what goes round a pattern that was hardly meant is not told beside it', async () => {
  const everything = '**Allow** `shell:*`, `git:*:*`'
  expect(await found(everything, '**Deny** `shell:"git push"`')).toEqual([
    ['rule/unlikely', 'shell:git push'],
  ])
  expect((await found(everything, '**Deny** `shell:git push`')).map(([code]) => code)).toEqual([
    'analysis/way-round',
  ])
})

test('a file that looks like a spec and is not read is told, whatever else is wrong', async () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'oos-check-')))
  const [cwd, home] = [join(base, 'project'), join(base, 'home')]
  const rule = '- **Deny** `env:A`\n'
  for (const [path, text] of Object.entries({
    'project/.agent-os/AGENT.md': '- **Dney** `env:A`\n',
    'project/.agent-os/x.markdown': '',
    'project/.agent-os/rules.txt': rule,
    'project/.agent-os/notes.txt': 'Not a rule: **Deny** is a word.\n',
    'project/.agent-os/AGENT.md~': rule,
    'project/.agent-os/other/x.markdown': rule,
    'project/.agent-os/rules/TEAM': rule,
    'home/.agent-os/agents/me.mdc': '',
  })) {
    mkdirSync(dirname(join(base, path)), { recursive: true })
    writeFileSync(join(base, path), text)
  }
  const project = await readProject({ cwd, env: { HOME: home, XDG_CACHE_HOME: join(home, 'cache') } })
  const told = (await checkSpecs(project)).map(({ code, place }) => [code, place.file])
  expect(told).toEqual([
    ['rule/near-miss', '.agent-os/AGENT.md'],
    ['source/unread', '.agent-os/rules.txt'],
    ['source/unread', '.agent-os/rules/TEAM'],
    ['source/unread', '.agent-os/x.markdown'],
    ['source/unread', '~/.agent-os/agents/me.mdc'],
  ])
})

test('what is hardly meant on this disk is told with the rest', async () => {
  expect(await found('**Deny** `file:data:write`')).toEqual([['rule/unlikely', 'file:data/**:write']])
})
