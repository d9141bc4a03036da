import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { removeAbandoned } from '../../../src/sandbox/abandoned.ts'
import type { RunOptions } from '../../../src/sandbox/process/launch.ts'
import { readProcess, readProcessTree } from '../../../src/sandbox/process/processes.ts'
import { runSandbox } from '../../../src/sandbox/run.ts'
import type { LimitPlan } from '../../../src/sandbox/types.ts'
import { bareLaunch } from './bare.ts'
import type { Job } from './runner.ts'
import { runner, startRun, users } from './runs.ts'

const shell = (script: string) => ['sh', '-c', script]

/** For every user. */
const traces = mkdtempSync(join(tmpdir(), 'oos-traces-'))
chmodSync(traces, 0o777)

const nobody = `/run/nobody-answers-${process.pid}`

/** Without a network there is one bubblewrap; with one there are two, and the forwarder beside the inner one. */
const networks: readonly { stage: string; run: Pick<Job, 'bare' | 'options'> }[] = [
  { stage: 'one bubblewrap', run: {} },
  {
    stage: 'two bubblewraps',
    run: { bare: { network: { mode: 'proxy', rules: [] } }, options: { proxySocket: nobody } },
  },
]
const stages: readonly { stage: string; run: Pick<Job, 'bare' | 'options' | 'traced'> }[] = [
  ...networks,
  ...networks.map(({ stage, run }) => ({ stage: `${stage} and traced`, run: { ...run, traced: traces } })),
]
const ways = users.flatMap((user) => stages.map((stage) => ({ ...user, ...stage })))

describe.each(ways)('as $user, through $stage', ({ as, run }) => {
  it.each([
    { name: 'an exit code', script: 'exit 3', end: { endedBy: 'exit', code: 3, exitCode: 3 } },
    {
      name: 'a signal',
      script: 'kill -SEGV $$',
      end: { endedBy: 'signal', signal: 'SIGSEGV', exitCode: 139 },
    },
  ])('the command ends with its own $name', async ({ script, end }) => {
    const ended = await startRun({ command: shell(script), ...run }, as).finished
    expect(ended).toMatchObject({ end, trace: { complete: run.traced !== undefined } })
  })

  // Its standard output is at its end only when nobody inside holds it any more.
  it('the files that are handed over are there', async () => {
    const { finished } = startRun({ command: ['cat', '/tmp/note'], ...run }, as)
    expect((await finished).stdout).toBe('a small file')
  })

  it('what a command leaves behind is gone when it has ended', async () => {
    const { finished } = startRun(
      { ...run, command: shell('setsid sh -c "trap \\"\\" TERM HUP; sleep 1000" & echo up') },
      as,
    )
    expect(await finished).toMatchObject({ end: { endedBy: 'exit', exitCode: 0 }, stdout: 'up\n' })
  })

  it.each([
    { signal: 'SIGTERM', exitCode: 143 },
    { signal: 'SIGINT', exitCode: 130 },
    { signal: 'SIGHUP', exitCode: 129 },
  ] as const)('everything inside is asked to end when oos gets $signal', async ({ signal, exitCode }) => {
    const command = shell('trap "echo asked; exit 9" TERM INT HUP; echo up; while :; do sleep 0.01; done')
    const { child, finished } = startRun({ command, ...run }, as)
    await once(child.stdout as Readable, 'data')
    child.kill(signal)
    expect(await finished).toMatchObject({
      end: { endedBy: 'interrupted', exitCode },
      stdout: 'up\nasked\n',
      code: exitCode,
    })
  })

  it('nothing inside outlives oos, killed in the middle of a run', async () => {
    const mark = `1000.${process.pid}`
    const command = shell(
      `trap "" TERM HUP INT; (setsid sh -c "trap '' TERM HUP; sleep ${mark}" &); echo up; sleep ${mark}`,
    )
    const { child, finished } = startRun({ command, ...run }, as)
    await once(child.stdout as Readable, 'data')
    child.kill('SIGKILL')
    expect(await finished).toMatchObject({ signal: 'SIGKILL', stdout: 'up\n' })
    expect(commandLines().filter((line) => line.includes(mark))).toEqual([])
    // The forwarder holds nothing of the run, and ends when it sees that oos is gone.
    const forwarders = () => commandLines().filter((line) => line.includes(nobody))
    await expect.poll(forwarders, { timeout: 3000 }).toEqual([])
    expect(readdirSync(traces).filter((name) => name.includes(`${child.pid}`))).toEqual([])
  })
})

it.each([
  { which: '', run: {} },
  { which: ', traced', run: { traced: traces } },
])('nothing inside outlives oos, killed at any moment of the start$which', async ({ run }) => {
  const mark = `2000.${process.pid}`
  for (let delay = 60; delay < 160; delay += 5) {
    const { child } = startRun({ command: ['sleep', mark], ...run })
    setTimeout(() => child.kill('SIGKILL'), delay)
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  }
  // A strace that was just about to open its pipe waits, with nothing begun, until the next run.
  removeAbandoned(traces, readdirSync(traces))
  const left = () => commandLines().filter((line) => line.includes(mark))
  await expect.poll(left, { timeout: 3000 }).toEqual([])
})

it.each([
  { which: '', stops: 1, network: { mode: 'none', note: 'no rule' } as const },
  { which: ', stopped twice', stops: 2, network: { mode: 'none', note: 'no rule' } as const },
  { which: ', through two bubblewraps', stops: 1, network: { mode: 'proxy', rules: [] } as const },
])('a run that is stopped at any moment of its start ends, and leaves nothing$which', async (row) => {
  const { network, stops } = row
  const mark = `3000.${process.pid}`
  const [most, step] = network.mode === 'none' ? [4000, stops === 1 ? 40 : 200] : [60_000, 1500]
  for (let moment = 0; moment < most; moment += step) {
    const options = { machine: {}, stdin: 'ignore', proxySocket: '/nowhere/p.sock' } as const
    const sandbox = runSandbox(bareLaunch(['sleep', mark], { network }), options)
    const since = process.hrtime.bigint()
    while (Number(process.hrtime.bigint() - since) < moment * 1000) await new Promise(setImmediate)
    for (let stop = 0; stop < stops; stop += 1) sandbox.stop('stopped', 'SIGKILL')
    expect(await sandbox.ended).toMatchObject({ endedBy: 'stopped' })
  }
  const left = () => commandLines().filter((line) => line.includes(mark))
  await expect.poll(left, { timeout: 3000 }).toEqual([])
})

/** What takes bubblewrap's place. */
function openStub(script: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'oos-stub-')), 'bwrap')
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return path
}
const startStub = (bubblewrap: string, options: Partial<RunOptions> = {}) =>
  runSandbox(bareLaunch(['true'], { bubblewrap }), {
    ...{ machine: {}, stdin: 'ignore', sink: () => undefined },
    ...options,
  })

describe('a sandbox that is not set up', () => {
  const startsWith = (words: string) => commandLines().filter((line) => line.startsWith(words))

  it('and never will be leaves nothing when it is stopped', async () => {
    const mark = `4000.${process.pid}`
    const sandbox = startStub(openStub(`sleep ${mark} & wait`))
    await expect.poll(() => startsWith(`sleep\0${mark}`)).toHaveLength(1)
    sandbox.stop('stopped')
    expect(await sandbox.ended).toMatchObject({ endedBy: 'stopped' })
    await expect.poll(() => startsWith(`sleep\0${mark}`)).toEqual([])
  })

  it('because bubblewrap fails is told, however much it has not read', async () => {
    const { files, ...launch } = bareLaunch(['true'], { bubblewrap: openStub('exit 1') })
    const large = files.map(({ fd }) => ({ fd, bytes: new Uint8Array(10_000_000) }))
    const { ended } = runSandbox({ ...launch, files: large }, { machine: {}, stdin: 'ignore' })
    await expect(ended).rejects.toMatchObject({ code: 'sandbox-failed' })
  })

  it('because there is no bubblewrap is told', async () => {
    await expect(startStub('/nowhere/bwrap').ended).rejects.toMatchObject({ code: 'sandbox-missing' })
  })

  it('because too many files are open is told', () => {
    const source = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)
    const script = `
      import { closeSync, openSync } from 'node:fs'
      import { runSandbox } from ${source('../../../src/sandbox/run.ts')}
      import { bareLaunch } from ${source('./bare.ts')}
      const launch = bareLaunch(['true'])
      const open = []
      try {
        for (;;) open.push(openSync('/dev/null'))
      } catch {
        for (const fd of open.slice(-4)) closeSync(fd)
      }
      try {
        runSandbox(launch, { machine: {}, stdin: 'ignore' })
      } catch ({ code, message, hint }) {
        for (const fd of open.slice(0, -4)) closeSync(fd)
        console.log(code, message, hint)
      }`
    const node = [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '-e',
      script,
    ]
    const { stdout } = spawnSync('sh', ['-c', 'ulimit -n 100; exec "$@"', 'sh', ...node], {
      encoding: 'utf8',
    })
    expect(stdout).toMatch(
      /^sandbox-missing `\S*bwrap` could not be started: too many files are open ulimit -n\n$/,
    )
  })

  it('is no inner bubblewrap that dies with the outer one before it has bound itself', async () => {
    const asked = `import ctypes; signal = ctypes.c_int(); ctypes.CDLL(None).prctl(2, ctypes.byref(signal)); print(signal.value)`
    const stub = openStub(
      `case "$*" in *--unshare-net*) exec bwrap "$@";; *) exec python3 -c '${asked}';; esac`,
    )
    const { stdout } = await startRun({
      command: ['true'],
      bare: { network: { mode: 'proxy', rules: [] }, bubblewrap: stub },
      options: { proxySocket: nobody },
    }).finished
    expect(stdout).toBe('0\n')
  })

  it('is told when a half of bubblewrap that was still at work has ended, too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oos-half-'))
    const half = `while kill -0 $$; do :; done; for each in $(seq 50000); do :; done; mkdir ${folder}/late`
    await expect(startStub(openStub(`{ ${half}; } > /dev/null 2>&1 & exit 1`)).ended).rejects.toMatchObject({
      code: 'sandbox-failed',
    })
    expect(readdirSync(folder)).toEqual(['late'])
  })

  it('is not waited for where a half of bubblewrap is left', async () => {
    const mark = `5000.${process.pid}`
    const { end } = await startRun({
      command: ['true'],
      bare: { bubblewrap: openStub(`sleep ${mark} > /dev/null 2>&1 & exit 1`) },
    }).finished
    for (const pid of pidsOf(`sleep\0${mark}`)) process.kill(pid)
    expect(end).toMatchObject({ code: 'sandbox-failed' })
  })

  it('because the run was stopped is that of a run that was stopped', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oos-stub-'))
    const sandbox = startStub(openStub(`until [ -e ${folder}/stopped ]; do sleep 0.01; done; exit 1`))
    sandbox.stop('interrupted', 'SIGINT')
    // It is the first who is told of.
    sandbox.stop('stopped')
    writeFileSync(join(folder, 'stopped'), '')
    expect(await sandbox.ended).toMatchObject({ endedBy: 'interrupted', exitCode: 130 })
  })
})

describe('when a run is over', () => {
  // Its memory is given back before it is gone, which takes longer than bubblewrap takes to tell of the end.
  const daemon = `python3 -c 'import time; x = b"x" * 400_000_000; print("up", flush=True); time.sleep(99)'`
  const folder = mkdtempSync(join(tmpdir(), 'oos-over-'))
  async function startDaemon(script: string, options: Partial<RunOptions> = {}) {
    const up = Promise.withResolvers<void>()
    const run = runSandbox(bareLaunch(shell(script), { folder }), {
      ...{ machine: {}, stdin: 'ignore', sink: () => up.resolve() },
      ...options,
    })
    await up.promise
    const inside = readProcessTree(run.pid ?? 0)
    const left = () => inside.filter(({ pid, started }) => isRunning(pid, started))
    return { run, left }
  }
  const isRunning = (pid: number, started: number) => {
    const now = readProcess(pid)
    return now?.started === started && now.state !== 'Z'
  }

  it('no timer holds up oos', async () => {
    const command = shell('trap "exit 9" TERM; echo up; while :; do sleep 0.01; done')
    const limits: LimitPlan[] = [{ name: 'timeout', value: 60_000, heldBy: ['timer'] }]
    const { child, finished } = startRun({ command, bare: { limits } })
    await once(child.stdout as Readable, 'data')
    child.kill('SIGTERM')
    expect((await finished).end).toMatchObject({ endedBy: 'interrupted', timers: 0 })
  })

  it('to stop it does nothing more', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const { ended, stop } = runSandbox(bareLaunch(['true']), { machine: {}, stdin: 'ignore' })
    await ended
    const before = timers()
    stop('stopped')
    expect(timers()).toBe(before)
  })

  // As in a container whose first process is oos.
  it.runIf(process.getuid?.() === 0)('that is seen where nobody else waits for what is left of it', () => {
    const limits: LimitPlan[] = [{ name: 'timeout', value: 200, heldBy: ['timer'] }]
    const job: Job = { command: ['sleep', '1000'], bare: { limits } }
    const words = [process.execPath, '--disable-warning=ExperimentalWarning', runner, JSON.stringify(job)]
    const { status } = spawnSync('/usr/bin/unshare', ['-pf', '--kill-child', '--mount-proc', ...words], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      timeout: 20_000,
      killSignal: 'SIGKILL',
    })
    expect(status).toBe(124)
  })

  it('nothing inside is dying still', async () => {
    const { run, left } = await startDaemon(`${daemon} & until [ -e over ]; do sleep 0.01; done`)
    expect(left().length).toBeGreaterThan(2)
    writeFileSync(join(folder, 'over'), '')
    await run.ended
    expect(left()).toEqual([])
  })

  it('because it broke off, nothing inside is dying still', async () => {
    const broken = Promise.withResolvers<never>()
    const tracer = { words: [], begin: () => {}, broken: broken.promise }
    const { run, left } = await startDaemon(`${daemon} & wait`, { tracer })
    broken.reject(new Error('no tracer'))
    await expect(run.ended).rejects.toThrow('no tracer')
    expect(left()).toEqual([])
  })
})

it('a command that was asked to end and asked again is not asked twice', async () => {
  let said = ''
  const sink = (_name: string, chunk: Buffer) => {
    said += chunk
    stop('stopped')
  }
  const command = shell('trap "echo asked" TERM; echo up; while :; do :; done')
  const { ended, stop } = runSandbox(bareLaunch(command), { machine: {}, stdin: 'ignore', sink })
  expect(await ended).toMatchObject({ endedBy: 'stopped', signal: 'SIGKILL' })
  expect(said).toBe('up\nasked\n')
})

it('a run whose bubblewrap is held ends all the same when it is stopped', async () => {
  const up = Promise.withResolvers<void>()
  const command = shell('echo up; exec sleep 1000')
  const sink = () => up.resolve()
  const { pid = 0, ended, stop } = runSandbox(bareLaunch(command), { machine: {}, stdin: 'ignore', sink })
  await up.promise
  process.kill(pid, 'SIGSTOP')
  stop('stopped')
  stop('stopped')
  expect(await ended).toMatchObject({ endedBy: 'stopped' })
})

it('a command that cannot be found ends as it does in a shell', async () => {
  const { end } = await startRun({ command: ['no-such-program'] }).finished
  expect(end).toMatchObject({ endedBy: 'exit', exitCode: 127 })
})

const commandLines = (): string[] => commands().map(({ line }) => line)

const pidsOf = (words: string): number[] =>
  commands().flatMap(({ pid, line }) => (line.startsWith(words) ? Number(pid) : []))

function commands(): { readonly pid: string; readonly line: string }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map((pid) => {
    try {
      return { pid, line: readFileSync(`/proc/${pid}/cmdline`, 'latin1') }
    } catch {
      return { pid, line: '' }
    }
  })
}
