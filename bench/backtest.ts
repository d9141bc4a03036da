import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { compilePolicy } from '../src/policy/compile.ts'
import { decide } from '../src/policy/decide.ts'
import type { Request } from '../src/policy/types.ts'
import { reverse } from '../src/store/row.ts'
import { openStore } from '../src/store/store.ts'
import { makeRequests, makeRules } from './decisions.ts'
import { median, type Row } from './row.ts'

const oos = join(import.meta.dirname, '../bin/oos.js')
const recorded = 100_000
const perRun = 70
const rounds = 5
const mostMs = 2_000
const mostMemory = 200

/** The whole command in a fresh process, against the decisions alone. Builds must be fresh. */
export function bench(): readonly Row[] {
  const home = mkdtempSync(join(tmpdir(), 'oos-bench-backtest-'))
  try {
    const project = makeProject(home)
    const requests = makeRecorded(project)
    fillRecord(project, requests)
    const env = { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache') }
    const place = { cwd: project, env }
    const found = JSON.parse(
      execFileSync(process.execPath, [oos, 'spec', 'backtest', '--json'], { ...place, encoding: 'utf8' }),
    )
    const counts: number[] = Object.values(found.data.requests)
    const compared = counts.reduce((total, count) => total + count, 0)
    const times = Array.from({ length: rounds }, () => timed(() => run(place)))
    const memory = peakMemory(place)
    const alone = median(Array.from({ length: rounds }, () => decisionsAlone(project, requests)))
    return [
      {
        what: `\`oos spec backtest\`: ${compared.toLocaleString('en')} recorded requests, 200 rules`,
        must: `≤ ${mostMs} ms, ≤ ${mostMemory} MiB`,
        measured: `${median(times).toFixed(0)} ms, ${memory.toFixed(0)} MiB`,
        peer: `${alone.toFixed(0)} ms, the decisions alone`,
        holds: compared === recorded && median(times) <= mostMs && memory <= mostMemory,
      },
    ]
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

interface Place {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

function makeProject(home: string): string {
  const project = join(home, 'project')
  mkdirSync(join(project, '.agent-os'), { recursive: true })
  const lines = makeRules(200).map(
    ({ source }) => `- ${source.text.replace(/[a-z]/, (first) => first.toUpperCase())}`,
  )
  writeFileSync(join(project, '.agent-os/AGENT.md'), `# Agent\n\n${lines.join('\n')}\n`)
  return project
}

/** Files, commands and hosts as an agent asks for them, below this project; every tenth path is one of its own. */
function makeRecorded(project: string): readonly Request[] {
  const usual = makeRequests().filter(({ resource }) => ['file', 'shell', 'http'].includes(resource))
  return Array.from({ length: recorded }, (_, index) => {
    const request = usual[index % usual.length] ?? { resource: 'env', action: 'read', target: 'X' }
    const target = request.target.replace('/home/ada/shop', project)
    if (request.resource !== 'file') return { ...request, target }
    return { ...request, action: 'change', target: index % 10 === 0 ? `${target}.${index}` : target }
  })
}

/** Rows as a run leaves them, in one transaction: 100,000 events appended one by one would take the time of all benchmarks. */
function fillRecord(project: string, requests: readonly Request[]): void {
  const path = join(project, '.oos/data/atlas.db')
  const store = openStore(path, { now: Date.now, env: {} })
  store.createRun({ agent: 'command', command: ['npm', 'test'], cwd: project, policy: 'f'.repeat(64) })
  store.close()
  const db = new Database(path)
  const row = db.prepare('select * from runs').get() as Record<string, unknown>
  const insertRun = db.prepare(
    `insert into runs values (${Object.keys(row)
      .map((name) => `@${name}`)
      .join(', ')})`,
  )
  const insertEvent = db.prepare('insert into events values (?, ?, ?, ?)')
  db.transaction(() => {
    for (let first = 0; first < requests.length; first += perRun) {
      const id = `01M8${String(first).padStart(22, '0')}`
      insertRun.run({ ...row, id, reversed: reverse(id), ended_at: Date.now(), ended_by: 'exit' })
      requests.slice(first, first + perRun).forEach((request, index) => {
        const body = JSON.stringify({ seq: index + 1, at: Date.now(), ...eventOf(request, project) })
        insertEvent.run(id, index + 1, body, 'a'.repeat(64))
      })
    }
  })()
  db.close()
}

function eventOf({ resource, action, target }: Request, project: string) {
  const rule = { file: '.agent-os/AGENT.md', line: 12, column: 1, text: '**Allow** `file:src/**:read,write`' }
  if (resource === 'file') {
    const path = target.startsWith(`${project}/`) ? target.slice(project.length + 1) : target
    return { type: 'file.changed', path, change: 'changed', bytes: 1234 }
  }
  if (resource === 'shell') return { type: 'decision', resource, action, target, effect: 'allow', rule }
  const [, host, port, path] = /^([^:]*):(\d+)(.*)$/.exec(target) ?? []
  const more = action === 'get' ? { method: 'GET', path } : {}
  return {
    type: 'network.request',
    host,
    port: Number(port),
    ...more,
    effect: 'allow',
    rule,
    sent: 1,
    received: 1,
  }
}

function run({ cwd, env }: Place): void {
  execFileSync(process.execPath, [oos, 'spec', 'backtest'], { cwd, env, stdio: 'ignore' })
}

function timed(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

/** Peak, in MiB, as the kernel counted it for that one process. */
function peakMemory({ cwd, env }: Place): number {
  const script = `process.on('exit', () => process.stderr.write('RSS=' + process.resourceUsage().maxRSS))`
  const preload = `--import=data:text/javascript,${encodeURIComponent(script)}`
  const words = [preload, oos, 'spec', 'backtest']
  const { stderr } = spawnSync(process.execPath, words, { cwd, env, encoding: 'utf8' })
  return Number(/RSS=(\d+)/.exec(stderr)?.[1]) / 1024
}

/** In ms: nothing but the requests, read already, and the rules. */
function decisionsAlone(root: string, requests: readonly Request[]): number {
  const policy = compilePolicy({ rules: makeRules(200), root, home: join(root, '..'), now: 0 })
  return timed(() => {
    for (const request of requests) decide(policy, request)
  })
}
