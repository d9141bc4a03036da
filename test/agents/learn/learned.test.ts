import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { commandRequest } from '../../../src/agents/command-request.ts'
import { learnedEvents } from '../../../src/agents/learn/learned.ts'
import { learningPolicy } from '../../../src/agents/learn/learning.ts'
import { openProject } from '../../../src/ops/project/project.ts'
import type { CountedTouch } from '../../../src/sandbox/trace/collect.ts'
import type { Mount } from '../../../src/sandbox/types.ts'

let home: string
let root: string
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'oos-home-')))
  root = join(home, 'shop')
  mkdirSync(join(root, '.agent-os'), { recursive: true })
  mkdirSync(join(root, 'src'))
  for (const name of ['src/a', '.env']) writeFileSync(join(root, name), '')
  writeFileSync(join(root, '.agent-os/AGENT.md'), '')
})

const touch = (act: CountedTouch['act'], path: string, more: Partial<CountedTouch> = {}): CountedTouch => ({
  ...{ act, path: join(root, path), outcome: 'done', count: 1 },
  ...more,
})

interface Around {
  readonly mounts?: readonly Mount[]
  readonly ghosts?: readonly string[]
}

async function saidOf(touches: readonly CountedTouch[], { mounts = [], ghosts = [] }: Around = {}) {
  const project = await openProject({ cwd: root, env: { HOME: home } })
  const base = project.policy
  const policy = learningPolicy(project, { base, asked: commandRequest('command', ['true'], root) })
  const whole: Mount = { path: root, kind: 'write' }
  const events = learnedEvents({
    ...{ trace: { touches, lost: 0, complete: true }, base, policy, agent: 'command', since: 0 },
    plan: { mounts: [whole, ...mounts], env: [], ghosts },
  })
  return events.flatMap((event) =>
    event.type === 'learn.access' ? [`${event.outcome} ${event.action} ${event.target}`] : [],
  )
}

it('what was used is told by where it led', async () => {
  symlinkSync('src/a', join(root, 'link'))
  const read = touch('read', 'link', { real: join(root, 'src/a') })
  expect(await saidOf([read])).toEqual(['let read link', 'let read src/a'])
})

it('what only the run itself has is nothing that a rule opens', async () => {
  const touches = [touch('make', 'own/a'), touch('read', 'ghost'), touch('read', 'src/a')]
  const mounts: readonly Mount[] = [{ path: join(root, 'own'), kind: 'tmpfs' }]
  expect(await saidOf(touches, { mounts, ghosts: [join(root, 'ghost')] })).toEqual(['let read src/a'])
})

it('what a rule closes is refused, whatever it was called', async () => {
  symlinkSync('.env', join(root, 'plain'))
  const touches = [
    touch('read', 'plain', { outcome: 'refused' }),
    touch('read', '.env', { outcome: 'absent' }),
  ]
  expect(await saidOf(touches)).toEqual(['refused read .env'])
})

it('what is looked for and is not there is nothing', async () => {
  expect(await saidOf([touch('read', 'nothing', { outcome: 'absent' })])).toEqual([])
  writeFileSync(join(home, '.toolrc'), '')
  expect(await saidOf([touch('read', '../.toolrc', { outcome: 'absent' })])).toEqual([
    `wanted read ${home}/.toolrc`,
  ])
})
