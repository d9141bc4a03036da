import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkSpecs } from '../../src/ops/check-specs.ts'
import { readProject } from '../../src/ops/project.ts'

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

test('what is hardly meant on this disk is told with the rest', async () => {
  expect(await found('**Deny** `file:data:write`')).toEqual([['rule/unlikely', 'file:data/**:write']])
})
