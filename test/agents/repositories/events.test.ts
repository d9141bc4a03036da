import { expect, test } from 'vitest'
import { tellRepository } from '../../../src/agents/repositories/events.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'

test('of more commits than are listed, the refused ones and the names are', () => {
  const policy = compilePolicy({ rules: [], root: '/work', home: '/home/a', now: 0 })
  const decision = { effect: 'deny', reasons: [], constraints: {} } as const
  const commits = Array.from({ length: 5000 }, (_, index) => ({ id: `${index}` }))
  const refusal = { decision, commit: 'bad', written: { path: 'x', action: 'create' } } as const
  const name = { name: 'refs/heads/main', from: '1', to: 'bad', refusal, value: '1' }
  const events = tellRepository(
    {
      commits: [...commits, { id: 'bad', refusal }],
      refs: [name],
      unstaged: [],
      removed: [],
      restored: [],
      problems: [],
      finished: true,
    },
    { project: { root: '/work' }, top: '/work', policy },
  )
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'git.commit', commit: 'bad', effect: 'deny' }),
  )
  expect(events).toContainEqual(expect.objectContaining({ type: 'git.ref', ref: 'refs/heads/main' }))
  expect(events.at(-1)).toMatchObject({ text: '4002 more commits and names are not listed' })
})
