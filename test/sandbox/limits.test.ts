import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { readCgroup } from '../../src/sandbox/cgroup-facts.ts'
import { limitHolders } from '../../src/sandbox/limits.ts'
import type { EndedBy } from '../../src/sandbox/process/end.ts'
import { runSandbox } from '../../src/sandbox/run.ts'
import type { LimitName, LimitPlan } from '../../src/sandbox/types.ts'
import { bareLaunch } from './process/bare.ts'
import type { Job } from './process/runner.ts'
import { startRun, users } from './process/runs.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const node = (script: string) => [process.execPath, '-e', script]
const shell = (script: string) => ['sh', '-c', script]

interface Bomb {
  readonly name: string
  readonly limit: readonly [LimitName, number]
  readonly command: readonly string[]
  readonly endedBy?: EndedBy
  readonly exitCode?: number
}

const bombs: readonly Bomb[] = [
  {
    name: 'the memory of one process',
    limit: ['memory', 150e6],
    command: node('const held = []; for (;;) held.push(Buffer.alloc(1e6, 1))'),
  },
  {
    name: 'the memory of the whole tree',
    limit: ['memory', 150e6],
    command: shell(
      `for i in 1 2 3 4; do ${node('').slice(0, 1)} -e 'held = Buffer.alloc(5e7, 1); setInterval(() => {}, 1000)' & done; wait`,
    ),
  },
  {
    name: 'processes',
    limit: ['processes', 40],
    // Bounded, so that a failing test does no harm.
    command: shell("sh -c 'i=0; while [ $i -lt 200 ]; do sleep 1000 & i=$((i+1)); done'; sleep 1000"),
  },
  {
    name: 'threads',
    limit: ['processes', 40],
    command: node(
      // Goes on where it is refused one: it must not end by itself.
      'setInterval(() => {}, 1000); for (let i = 0; i < 60; i++) try { new (require("worker_threads").Worker)("setInterval(() => {}, 1000)", { eval: true }).on("error", () => {}) } catch {}',
    ),
  },
  {
    name: 'the size of one file',
    limit: ['disk', 1e6],
    command: ['dd', 'if=/dev/zero', `of=big`, 'bs=1M', 'count=50', 'status=none'],
  },
  {
    name: 'the size of many files',
    limit: ['disk', 4e6],
    command: shell(
      `i=0; while :; do i=$((i+1)); head -c 500000 /dev/zero > small-$i; [ $i -lt 40 ] || sleep 1; done`,
    ),
  },
  { name: 'output', limit: ['output', 100_000], command: ['yes'] },
  { name: 'the processor time of one process', limit: ['cpu', 300], command: shell('while :; do :; done') },
  {
    name: 'the processor time of short-lived processes',
    limit: ['cpu', 300],
    command: shell('while :; do sh -c "i=0; while [ \\$i -lt 9999 ]; do i=\\$((i+1)); done"; done'),
  },
  {
    name: 'time, of a command that ends when asked to',
    limit: ['timeout', 200],
    command: ['sleep', '1000'],
    exitCode: 124,
  },
  {
    name: 'time, of a command that ignores TERM and leaves its output to a daemon',
    limit: ['timeout', 200],
    command: shell('trap "" TERM; setsid sleep 1000 & while :; do sleep 1000; done'),
    exitCode: 124,
  },
]

describe.each(users)('as $user', ({ as }) => {
  it.each(bombs)('a bomb ends at its limit: $name', async ({ limit, command, exitCode }) => {
    const limits = [limitPlan(limit, as.uid ?? process.getuid?.() ?? 0)]
    const folder = openFolder()
    const { finished } = startRun({ command, bare: { limits, folder }, options: { folder } }, as)
    const { end, stdout } = await finished
    expect(end).toMatchObject({ endedBy: limit[0], exitCode: exitCode ?? 137 })
    if (limit[0] === 'output') expect(stdout.length).toBe(100_000)
  })

  it('a command may have as many processes as its limit says', async () => {
    const limits = [limitPlan(['processes', 3], as.uid ?? 0)]
    const command = shell('sleep 0.1 & sleep 0.1 & wait')
    const { end } = await startRun({ command, bare: { limits } }, as).finished
    expect(end).toMatchObject({ endedBy: 'exit', code: 0 })
  })

  it('a command that crashes leaves no image of its memory on a limited disk', async () => {
    const core = (most: string) => spawnSync('/usr/bin/prlimit', [`--pid=${process.pid}`, `--core=${most}:`])
    core('unlimited')
    try {
      const limits = [limitPlan(['disk', 1e6], as.uid ?? 0)]
      const { stdout } = await startRun({ command: shell('ulimit -c'), bare: { limits } }, as).finished
      expect(stdout).toBe('0\n')
    } finally {
      core('0')
    }
  })

  it('a command with a limit of its own keeps little of its memory from being swapped out', async () => {
    const limits = [limitPlan(['disk', 1e6], as.uid ?? 0)]
    const { stdout } = await startRun({ command: shell('ulimit -l; ulimit -Hl'), bare: { limits } }, as)
      .finished
    expect(stdout).toBe('64\n64\n')
  })

  it('a command whose time is over is asked to end', async () => {
    const limits = [limitPlan(['timeout', 300], as.uid ?? 0)]
    const command = shell('trap "echo asked; exit 9" TERM; while :; do sleep 0.01; done')
    const { end, stdout } = await startRun({ command, bare: { limits } }, as).finished
    expect([end, stdout]).toMatchObject([{ endedBy: 'timeout', code: 9, exitCode: 124 }, 'asked\n'])
  })

  it('a command whose output is counted can open it by its name', async () => {
    const limits = [limitPlan(['output', 1e6], as.uid ?? 0)]
    const command = shell('echo one > /dev/stdout; echo two > /dev/stderr; echo three > /dev/stderr')
    const { end, stdout, stderr } = await startRun({ command, bare: { limits } }, as).finished
    expect({ code: end?.code, stdout, stderr }).toEqual({ code: 0, stdout: 'one\n', stderr: 'two\nthree\n' })
  })

  it('a command within all its limits ends as it would without', async () => {
    const names: readonly (readonly [LimitName, number])[] = [
      ['timeout', 60_000],
      ['memory', 1e9],
      ['processes', 100],
      ['output', 1e6],
      ['disk', 1e9],
      ['cpu', 60_000],
    ]
    const limits = names.map((limit) => limitPlan(limit, as.uid ?? 0))
    const { finished } = startRun(
      { command: node('console.log("done"); process.exit(7)'), bare: { limits } },
      as,
    )
    expect(await finished).toMatchObject({
      end: { endedBy: 'exit', code: 7, exitCode: 7 },
      stdout: 'done\n',
      code: 7,
    })
  })
})

/** Where the ordinary user, too, may write. */
function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'oos-limits-'))
  chmodSync(folder, 0o777)
  folders.push(folder)
  return folder
}

describe('by prlimit alone, as an ordinary user', () => {
  const as = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const rows: readonly { limit: LimitPlan; command: readonly string[]; end: object }[] = [
    {
      limit: { name: 'cpu', value: 100, heldBy: ['prlimit'] },
      command: shell('while :; do :; done'),
      end: { endedBy: 'cpu', signal: 'SIGXCPU' },
    },
    {
      limit: { name: 'disk', value: 1e6, heldBy: ['prlimit'] },
      command: shell('exec head -c 2M /dev/zero > big'),
      end: { endedBy: 'disk', signal: 'SIGXFSZ' },
    },
    {
      limit: { name: 'processes', value: 5, heldBy: ['prlimit'] },
      command: shell('for i in 1 2 3 4 5 6 7 8 9; do sleep 9 & done'),
      end: { endedBy: 'exit', code: 2 },
    },
    {
      limit: { name: 'memory', value: 100e6, heldBy: ['prlimit'] },
      command: ['python3', '-c', 'try: bytearray(2**30 + 200_000_000)\nexcept MemoryError: exit(7)'],
      end: { endedBy: 'exit', code: 7 },
    },
  ]
  it.each(rows)('$limit.name: held', async ({ limit, command, end }) => {
    const folder = openFolder()
    const { finished } = startRun({ command, bare: { limits: [limit], folder } }, as)
    expect((await finished).end).toMatchObject(end)
  })
})

const cgroup = readCgroup()

describe.runIf(cgroup?.folders.memory !== undefined && cgroup.folders.pids !== undefined)(
  'with control groups',
  () => {
    it.each(bombs.filter(({ limit: [name] }) => name === 'memory' || name === 'processes'))(
      'a bomb ends at its limit: $name',
      async ({ limit: [name, value], command }) => {
        const limits: LimitPlan[] = [{ name, value, heldBy: ['cgroup'] }]
        const { finished } = startRun({
          command,
          bare: { limits },
          options: { machine: cgroup === undefined ? {} : { cgroup } },
        })
        expect((await finished).end).toMatchObject({ endedBy: name, exitCode: 137 })
      },
    )

    it('nothing of the group is left, though oos was killed', async () => {
      const parent = cgroup?.folders.pids ?? ''
      const groups = () => readdirSync(parent).filter((name) => name.startsWith('oos-'))
      const job: Job = {
        command: ['sh', '-c', 'echo up; exec sleep 1000'],
        bare: { limits: [{ name: 'processes', value: 10, heldBy: ['cgroup'] }] },
        options: { machine: cgroup === undefined ? {} : { cgroup } },
      }
      const killed = startRun(job)
      await once(killed.child.stdout as Readable, 'data')
      expect(groups()).toContain(`oos-${killed.child.pid}-1`)
      killed.child.kill('SIGKILL')
      await killed.finished
      const next = startRun({ ...job, command: ['true'] })
      await next.finished
      const pids = [killed, next].map(({ child }) => `-${child.pid}-`)
      expect(groups().filter((name) => pids.some((pid) => name.includes(pid)))).toEqual([])
    })

    it('a command may have as many processes as its limit says', async () => {
      const { end } = await startRun({
        command: shell('sleep 0.1 & sleep 0.1 & wait'),
        bare: { limits: [{ name: 'processes', value: 3, heldBy: ['cgroup'] }] },
        options: { machine: cgroup === undefined ? {} : { cgroup } },
      }).finished
      expect(end).toMatchObject({ endedBy: 'exit', code: 0 })
    })

    it('two runs of one oos have a group each, and the empty one of another is left alone', async () => {
      const parent = cgroup?.folders.pids ?? ''
      const others = join(parent, `oos-${process.ppid}-1`)
      mkdirSync(others)
      try {
        const limits: LimitPlan[] = [{ name: 'processes', value: 10, heldBy: ['cgroup'] }]
        const options = { machine: cgroup === undefined ? {} : { cgroup }, stdin: 'ignore' } as const
        const runs = [1, 2].map(() => runSandbox(bareLaunch(['true'], { limits }), options).ended)
        for (const end of await Promise.all(runs)) expect(end).toMatchObject({ exitCode: 0 })
        expect(existsSync(others)).toBe(true)
      } finally {
        rmdirSync(others)
      }
    })

    it('what cannot join its group does not begin', async () => {
      const group = join(cgroup?.folders.pids ?? '', `oos-${process.pid}-1`)
      const limits: LimitPlan[] = [{ name: 'processes', value: 10, heldBy: ['cgroup'] }]
      const options = { machine: cgroup === undefined ? {} : { cgroup }, stdin: 'ignore' } as const
      // It may have joined before it was taken away.
      for (let isGone = false; !isGone; ) {
        const { ended } = runSandbox(bareLaunch(['true'], { limits }), options)
        isGone = spawnSync('rmdir', [group]).status === 0
        const end = ended.catch(({ code }) => code)
        if (isGone) expect(await end).toBe('sandbox-failed')
        await end
      }
    })

    // Sooner than anything looks at the tree.
    it('a limit that ends a command at once is named, and what it used is known', async () => {
      const limits: LimitPlan[] = [
        { name: 'processes', value: 3, heldBy: ['cgroup'] },
        { name: 'memory', value: 150e6, heldBy: ['cgroup'] },
      ]
      const { end } = await startRun({
        command: shell('for i in 1 2 3 4 5 6; do sleep 9 & done'),
        bare: { limits },
        options: { machine: cgroup === undefined ? {} : { cgroup } },
      }).finished
      expect(end).toMatchObject({ endedBy: 'processes', exitCode: 137 })
      expect(end.peakMemory).toBeGreaterThan(0)
    })
  },
)

function limitPlan([name, value]: readonly [LimitName, number], uid: number): LimitPlan {
  return { name, value, heldBy: limitHolders({ uid, prlimit: '/usr/bin/prlimit' })[name] }
}
