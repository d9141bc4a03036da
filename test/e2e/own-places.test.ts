import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { makeTree, oos } from '../cli/oos.ts'

const rules = '- **Allow** `file:src/**:read,write`, `file:*:read`, `shell:*`\n'
/** Of the host, and no run's own: a rule opens it. */
const shared = mkdtempSync(join(realpathSync('/tmp'), 'oos-own-'))

afterAll(() => rmSync(shared, { recursive: true }))

let place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> }
beforeEach(() => {
  const cwd = makeTree({ '.agent-os/AGENT.md': rules, 'src/a': 'a\n' })
  const HOME = mkdtempSync(join(realpathSync(tmpdir()), 'oos-own-home-'))
  place = { cwd, env: { HOME, XDG_STATE_HOME: '', XDG_CACHE_HOME: '' } }
  return () => rmSync(HOME, { recursive: true })
})

function run(line: string, more = '') {
  writeFileSync(join(place.cwd, '.agent-os/AGENT.md'), rules + more)
  return oos(['run', '--trust-specs', '--', 'sh', '-c', line], place)
}
const explain = (request: string) => oos(['explain', request], place).stdout

describe('a redirection in the command of a run', () => {
  test.each(['/tmp/zz', '/var/tmp/zz', '/dev/shm/zz', '/run/zz', '~/zz', '~/.cache/zz'])(
    'may use what the run has for itself: %s',
    (path) => {
      const { code, stdout, stderr } = run(`echo x > ${path}; cat < ${path}`)
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'x\n', stderr: '' })
    },
  )

  test.each(['/dev/null', '/dev/stdout', '/dev/stderr', '/dev/full'])('may use a device: %s', (path) => {
    expect(run(`: > ${path}; head -c 1 < /dev/urandom > /dev/null`).code).toBe(0)
  })

  test.each([
    { path: '/tmp/zz', more: '- **Deny** `file:/tmp/z*:write`\n', why: /is not allowed/ },
    { path: '/tmp/zz', more: '- **Ask** `file:/tmp/z*:write`\n', why: /needs a person's yes/ },
    // A rule opens it for reading: it is the host's, and a run cannot write there.
    { path: `${shared}/zz`, more: `- **Allow** \`file:${shared}/**:read\`\n`, why: /no rule allows/ },
    { path: 'out', more: '', why: /no rule allows `file:out:write`/ },
    { path: '/etc/zz', more: '', why: /no rule allows `file:\/etc\/zz:write`/ },
    { path: '/zz', more: '', why: /no rule allows `file:\/zz:write`/ },
    { path: '~/.bashrc', more: '', why: /is not allowed/ },
  ])('may not use $path with $more', ({ path, more, why }) => {
    const { code, stderr } = run(`echo x > ${path}`, more)
    expect([code, stderr]).toEqual([3, expect.stringMatching(why)])
    expect(existsSync('/tmp/zz')).toBe(false)
  })

  test('is answered by the rules alone, with what a run does', () => {
    expect(explain('shell:echo x > /tmp/zz')).toMatch(
      /^deny .*note {3}`oos run` starts it all the same: a run has a `\/tmp` of its own, gone when it ends\n/s,
    )
    expect(explain('file:/tmp/zz:write')).toContain('a run has a `/tmp` of its own')
    expect(explain('shell:echo x > /tmp/zz > /etc/zz')).not.toContain('of its own')
    expect(explain('shell:echo x > out')).not.toContain('of its own')
  })

  test('teaches no rule', () => {
    run('echo x > /tmp/zz')
    const learning = oos(['run', '--learn', '--trust-specs', '--', 'sh', '-c', 'echo x > /tmp/zz'], place)
    // Where this machine has no strace a run cannot learn.
    if (learning.code === 4) return
    const learnt = oos(['learn', '--dry-run'], place)
    expect([learnt.code, learnt.stdout]).toEqual([0, expect.not.stringContaining('/tmp/zz')])
    writeFileSync(join(place.cwd, '.agent-os/AGENT.md'), `${rules}- **Deny** \`env:X\`\n`)
    expect(JSON.parse(oos(['spec', 'backtest', '--json'], place).stdout).data.changes).toEqual([])
  })
})
