import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePushed, pushRequests } from '../../../src/ops/hooks/pushed.ts'

const [none, old, next] = ['0', 'a', 'b'].map((digit) => digit.repeat(40)) as [string, string, string]

/** What one line asks for, where `b` has all that `a` has. */
function asked(local: string, ref: string, remote: string): readonly string[] {
  const pushed = parsePushed(`refs/heads/x ${local} ${ref} ${remote}\n`)
  const requests = pushRequests(pushed, 'origin', (one) => one.local === next && one.remote === old)
  for (const { resource, attributes } of requests)
    expect([resource, attributes]).toEqual(['git', { remote: 'origin' }])
  return requests.map(({ action, target }) => `${action} ${target}`)
}

describe('a push asks to', () => {
  test.each([
    ['make a branch', next, 'refs/heads/x', none, ['push x']],
    ['move one ahead', next, 'refs/heads/a/b', old, ['push a/b']],
    ['move one elsewhere', old, 'refs/heads/x', next, ['push x', 'force-push x']],
    ['delete one', none, 'refs/heads/x', old, ['push x', 'delete x']],
    ['make a tag', next, 'refs/tags/v1', none, ['push v1', 'tag v1']],
    ['move a tag elsewhere', old, 'refs/tags/v1', next, ['push v1', 'force-push v1', 'tag v1']],
    ['delete a tag', none, 'refs/tags/v1', old, ['push v1', 'delete v1']],
    ['make another ref', next, 'refs/notes/x', none, ['push refs/notes/x']],
  ])('%s', (_, local, ref, remote, requests) => {
    expect(asked(local, ref, remote)).toEqual(requests)
  })

  test('push whatever is pushed, and nothing for what is no line of it', () => {
    const id = fc.constantFrom(none, old, next)
    const ref = fc.constantFrom('refs/heads/x', 'refs/tags/v1')
    const line = fc.tuple(ref, id, id, fc.constantFrom('(x)', 'HEAD^{/fix it}'))
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.map(([ref, local, remote, typed]) => `${typed} ${local} ${ref} ${remote}`)
        const requests = pushRequests(
          parsePushed(['', 'x', 'x y', 'x y z', ...text].join('\n')),
          'o',
          () => true,
        )
        expect(requests.filter(({ action }) => action === 'push').map(({ target }) => target)).toEqual(
          lines.map(([ref]) => ref.split('/')[2]),
        )
      }),
    )
  })
})
