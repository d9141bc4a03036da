import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { executable, oos } from '../cli/oos.ts'
import {
  command,
  expectSound,
  listRuns,
  makeProject,
  oosWith,
  type Project,
  rules,
  status,
} from './bad-input.ts'

let project: Project
let clean: string
let started: ChildProcess[] = []
beforeEach(() => {
  project = makeProject()
  oos(command('true'), project)
  clean = status(project)
})
afterEach(() => {
  for (const child of started) child.kill('SIGKILL')
  started = []
})

/** A run that goes on until it reads a line. */
async function startRun(script = 'echo up; read go; cat .env; echo done', { cwd, env } = project) {
  const child = spawn(process.execPath, [executable, ...command('sh', '-c', script)], {
    cwd,
    env: { ...process.env, ...env },
    stdio: 'pipe',
  })
  child.stderr.setEncoding('utf8')
  started.push(child)
  await once(child.stdout, 'data')
  return child
}

/** What runs below a process, itself first. */
function tree(pid: number): readonly number[] {
  const read = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return existsSync(`/proc/${pid}`) ? [pid, ...read().flatMap((child) => tree(Number(child)))] : []
}

const isCommand = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sh\0-c\0setsid')

/** The death of one may have taken the next along. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const isAlive = (pid: number) => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('two runs at once', () => {
  test('both work, both are recorded, and the last one takes the traces away', async () => {
    const [first, second] = [await startRun(), await startRun()]
    const during = status(project)
    expect(during).not.toBe(clean)
    for (const [child, after] of [
      [first, during],
      [second, clean],
    ] as const) {
      const rest = once(child.stdout as NodeJS.ReadableStream, 'data')
      child.stdin?.end('go\n')
      expect(await once(child, 'exit')).toEqual([0, null])
      expect(String(await rest)).toBe('done\n')
      expect(status(project)).toBe(after)
    }
    expect(listRuns(project).map(({ state }) => state)).toEqual(['completed', 'completed', 'completed'])
    expectSound(project)
  })

  test('are not told of what oos puts into a folder that it has made for the other', async () => {
    project = makeProject({
      '.agent-os/AGENT.md': `${rules}- **Deny** \`file:**/.settings/on-start:write\` — it is run\n`,
    })
    oos(command('true'), project)
    const before = status(project)
    const first = await startRun('echo up; read go')
    const second = await startRun('echo up; read go')
    expect(readdirSync(join(project.cwd, '.settings'))).toEqual(['on-start'])
    const said = first.stderr.toArray()
    for (const child of [first, second]) {
      child.stdin.end('go\n')
      expect(await once(child, 'exit')).toEqual([0, null])
    }
    expect((await said).join('')).toBe('')
    expect(status(project)).toBe(before)
  })

  test('work where there is no repository, and neither can make one', async () => {
    rmSync(join(project.cwd, '.git'), { recursive: true })
    const first = await startRun()
    const second = oos(['run', '--', 'sh', '-c', 'git init -q || touch .git/HEAD || echo held'], project)
    expect([second.code, second.stdout]).toEqual([0, 'held\n'])
    expect(second.stderr).not.toContain('came to be')
    first.stdin?.end('go\n')
    expect(await once(first, 'exit')).toEqual([0, null])
    expect(readdirSync(project.cwd).sort()).toEqual(['.agent-os', '.env', '.oos'])
  })

  test('are not told of what oos puts into a folder for the other', async () => {
    project = makeProject({ 'sub/.agent-os/AGENT.md': rules })
    const outer = await startRun('echo up; read go')
    const inner = await startRun('echo up; read go', { ...project, cwd: join(project.cwd, 'sub') })
    expect(existsSync(join(project.cwd, 'sub/.claude'))).toBe(true)
    const said = outer.stderr.toArray()
    for (const child of [outer, inner]) {
      child.stdin.end('go\n')
      expect(await once(child, 'exit')).toEqual([0, null])
    }
    expect((await said).join('')).not.toContain('came to be')
  })

  test('that begin at the same moment in a project that has no record yet both make it', async () => {
    project = makeProject()
    oos(['run', '--dry-run', '--', 'true'], project)
    const runs = Array.from({ length: 3 }, () =>
      spawn(process.execPath, [executable, ...command('sh', '-c', 'cat .env; exit 5')], {
        cwd: project.cwd,
        env: { ...process.env, ...project.env },
        stdio: 'ignore',
      }),
    )
    started.push(...runs)
    for (const [code] of await Promise.all(runs.map((run) => once(run, 'exit')))) expect(code).toBe(5)
    expect(listRuns(project)).toHaveLength(3)
    expectSound(project)
    expect(status(project)).toBe(clean)
  })
})

describe('kill -9', () => {
  const victims = {
    oos: (all: readonly number[]) => all.slice(0, 1),
    'the command': (all: readonly number[]) => all.filter(isCommand),
    both: (all: readonly number[]) => [...all.filter(isCommand), ...all.slice(0, 1)],
    everything: (all: readonly number[]) => all,
  }
  const rounds = Object.keys(victims) as (keyof typeof victims)[]

  test.each(rounds)('of %s leaves nothing alive, loses nothing, and the next run cleans up', async (who) => {
    const run = await startRun('setsid sleep 300 & echo up; sleep 300')
    const all = tree(run.pid ?? 0)
    expect(all.length).toBeGreaterThan(3)
    for (const pid of victims[who](all)) kill(pid)
    await once(run, 'exit')
    await expect.poll(() => all.filter(isAlive), { timeout: 3000, interval: 20 }).toEqual([])
    const [newest] = listRuns(project)
    expect(newest).toMatchObject(
      who === 'the command' ? { endedBy: 'signal', exitCode: 137 } : { state: 'failed', endedBy: 'lost' },
    )
    expectSound(project)
    expect(oos(['run', '--', 'true'], project).code).toBe(0)
    expect(status(project)).toBe(clean)
    expect(ghosts()).toEqual([])
  })

  test('leaves nothing for ever although the next run finds the project read-only', async () => {
    const run = await startRun('echo up; sleep 300')
    run.kill('SIGKILL')
    await once(run, 'exit')
    const readOnly = ['--ro-bind', project.cwd, project.cwd]
    expect(oosWith(readOnly, ['run', '--', 'true'], project)).toMatchObject({ code: 1 })
    expect(oos(['run', '--', 'true'], project).code).toBe(0)
    expect(status(project)).toBe(clean)
    expect(ghosts()).toEqual([])
  })

  test('at ten moments of a run’s life always leaves a record that opens', async () => {
    for (const moment of [20, 60, 90, 110, 130, 150, 170, 190, 220, 260]) {
      const run = spawn(process.execPath, [executable, 'run', '--', 'sh', '-c', 'cat .env; sleep 0.03'], {
        cwd: project.cwd,
        env: { ...process.env, ...project.env },
        stdio: 'ignore',
      })
      const ended = once(run, 'exit')
      setTimeout(() => run.kill('SIGKILL'), moment)
      await ended
    }
    for (const { state } of listRuns(project)) expect(state).toMatch(/^(completed|failed)$/)
    expectSound(project)
    expect(oos(['run', '--', 'true'], project).code).toBe(0)
    expect(status(project)).toBe(clean)
    expect(ghosts()).toEqual([])
  })

  test('while a run writes down what it makes leaves nothing', () => {
    expect(oos(['run', '--', 'true'], project).code).toBe(0)
    const states = join(project.home, '.local/state/oos/ghosts')
    const [folder = ''] = readdirSync(states)
    const over = spawnSync('true').pid
    for (const pid of [over, process.pid]) writeFileSync(join(states, folder, `${pid}-1.json.new`), '{"pid":')
    expect(oos(['run', '--', 'true'], project).code).toBe(0)
    expect(ghosts()).toEqual([`${process.pid}-1.json.new`])
    rmSync(join(states, folder, `${process.pid}-1.json.new`))
  })

  function ghosts(): readonly string[] {
    const folder = join(project.home, '.local/state/oos/ghosts')
    return readdirSync(folder).flatMap((name) => readdirSync(join(folder, name)))
  }
})

describe('oos runs verify', () => {
  const edit = (sql: string) => {
    const database = new Database(project.database)
    database.pragma('foreign_keys = off')
    for (const { name } of database
      .prepare(`select name from sqlite_schema where type = 'trigger'`)
      .all() as { name: string }[])
      database.exec(`drop trigger "${name}"`)
    database.exec(sql)
    database.close()
  }
  test.each([
    {
      an: 'a changed event',
      sql: `update events set body = replace(body, '"allow"', '"deny"') where seq = 2`,
    },
    { an: 'a missing event', sql: 'delete from events where seq = 2' },
    { an: 'a missing last event', sql: 'delete from events where seq = (select max(seq) from events)' },
    {
      an: 'two events in the other order',
      sql: 'update events set seq = 9 where seq = 2; update events set seq = 2 where seq = 3; update events set seq = 3 where seq = 9',
    },
    { an: 'no events at all', sql: 'delete from events' },
  ])('finds $an', ({ sql }) => {
    const [{ id } = { id: '' }] = listRuns(project)
    expect(oos(['runs', 'verify', id], project)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('intact'),
    })
    edit(sql)
    const found = oos(['runs', 'verify', id], project)
    expect(found).toMatchObject({ code: 1, stdout: expect.stringContaining('broken') })
    expect(oos(['runs'], project).code).toBe(0)
  })
})
