import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import { requireStrace } from '../../../src/sandbox/trace/strace.ts'
import { startRun, users } from '../process/runs.ts'

const shell = (script: string) => ['sh', '-c', script]

let traces: string
let folder: string
beforeEach(() => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'oos-tracer-')))
  traces = mkdtempSync(join(base, 'traces-'))
  folder = mkdtempSync(join(base, 'folder-'))
  for (const each of [base, traces, folder]) chmodSync(each, 0o777)
})

describe.each(users)('as $user', ({ as }) => {
  it('what a command does with files is seen, each with what became of it', async () => {
    writeFileSync(join(folder, 'old'), '')
    const script = `cat old; mkdir -p made; (cd made; echo x > 'a "b" <c>'; mv 'a "b" <c>' d)
      rm made/d; rmdir made; ls; cat nothing; mkdir /usr/x; : > mine; chmod 600 mine; ln -s old link; cat link`
    const { trace } = await startRun({ command: shell(script), bare: { folder }, traced: traces }, as)
      .finished
    const own = trace.touches.filter(({ path }) => path.startsWith(folder) || path === '/usr/x')
    const short = (path: string) => path.replace(folder, '.')
    const said = own.map(
      ({ act, path, outcome, real }) =>
        `${outcome} ${act} ${short(path)}${real === undefined ? '' : ` → ${short(real)}`}`,
    )
    expect(said.sort()).toEqual([
      'absent read ./nothing',
      'done change ./mine',
      'done create ./link',
      'done create ./made',
      'done create ./made/d',
      'done delete ./made',
      'done delete ./made/a "b" <c>',
      'done delete ./made/d',
      'done make ./made/a "b" <c>',
      'done make ./mine',
      'done read .',
      'done read ./link → ./old',
      'done read ./old',
      'refused create /usr/x',
    ])
  })

  it('the tracer can be neither seen nor ended from inside', async () => {
    const script = `grep TracerPid /proc/self/status; ls -d /proc/[0-9]* | wc -l
      for pid in $(seq 2 400); do [ $pid = $$ ] || kill -9 $pid 2> /dev/null; done; ls /proc/self/fd | wc -l; cat kept`
    writeFileSync(join(folder, 'kept'), 'kept')
    const { stdout, trace } = await startRun({ command: shell(script), bare: { folder }, traced: traces }, as)
      .finished
    expect(stdout).toMatch(/^TracerPid:\t0\n[1-6]\n4\nkept$/)
    expect(trace.touches.some(({ path }) => path.endsWith('/kept'))).toBe(true)
  })

  it('nothing inside can trace in its turn', async () => {
    const { stdout } = await startRun({ command: shell('strace true 2>&1 | head -1'), traced: traces }, as)
      .finished
    expect(stdout).toMatch(/not permitted/)
  })

  it('no line that the command writes is taken for a call', async () => {
    const forged = '1 openat(AT_FDCWD</>, "/forged", O_RDONLY) = 3</forged>'
    const { trace } = await startRun({ command: ['echo', forged], traced: traces }, as).finished
    expect(trace.touches.filter(({ path }) => path.includes('forged'))).toEqual([])
  })
})

it('a run whose tracer is gone is stopped', async () => {
  const { child, finished } = startRun({ command: shell('echo up; while :; do :; done'), traced: traces })
  await once(child.stdout as Readable, 'data')
  for (const pid of tracersOf(traces)) process.kill(pid, 'SIGKILL')
  expect((await finished).end).toMatchObject({
    code: 'sandbox-failed',
    message: expect.stringContaining('strace'),
  })
})

it('nothing of a trace is left on the disk', async () => {
  await startRun({ command: ['true'], traced: traces }).finished
  expect(readdirSync(traces)).toEqual([])
})

it.each([
  { name: 'missing', strace: undefined, says: 'not installed' },
  ...['5.10', '4.26'].map((version) => ({
    name: `too old (${version})`,
    strace: { path: '/usr/bin/strace', version },
    says: `${version} is too old`,
  })),
])('a strace that is $name is said to be, with what to type', ({ strace, says }) => {
  expect(() => requireStrace(strace)).toThrow(
    expect.objectContaining({
      code: 'tracer-missing',
      message: expect.stringContaining(says),
      hint: 'sudo apt install strace',
    }),
  )
})

it.each(['5.15', '6.1'])('strace %s will do', (version) => {
  const strace = { path: '/usr/bin/strace', version }
  expect(requireStrace(strace)).toBe(strace)
})

/** The processes of strace that write there. */
function tracersOf(where: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(`/usr/bin/strace\0`) &&
          readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(where)
        )
      } catch {
        return false
      }
    })
    .map(Number)
}
