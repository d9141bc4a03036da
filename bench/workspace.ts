import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compilePolicy } from '../src/policy/compile.ts'
import { toBubblewrap } from '../src/sandbox/bubblewrap.ts'
import { readFacts } from '../src/sandbox/facts.ts'
import { type Ghosts, openGhosts } from '../src/sandbox/ghosts.ts'
import { makeCacheHome, makeCachePoints } from '../src/sandbox/home.ts'
import { planSandbox } from '../src/sandbox/plan.ts'
import { findProgram } from '../src/sandbox/program.ts'
import { runSandbox } from '../src/sandbox/run.ts'
import { standIns } from '../src/sandbox/stand-ins.ts'
import { treeGlobs } from '../src/sandbox/tree/read.ts'
import { watchTree } from '../src/sandbox/tree/watch.ts'
import type { MachineFacts, TreeFacts } from '../src/sandbox/types.ts'
import { packageRoot } from '../src/shared/package.ts'
import { parseSources } from '../src/spec/parse.ts'
import { readSources } from '../src/spec/read.ts'
import { bareArgv } from './peers.ts'
import { median, type Row } from './row.ts'

const folders = 1_000
const filesEach = 100
const coldRounds = 9
const warmRounds = 60

/** What a large workspace costs: a cold look at all of it, and a run from a process that watches it. */
export async function bench(): Promise<readonly Row[]> {
  const top = mkdtempSync(join(tmpdir(), 'oos-bench-workspace-'))
  try {
    const [large, small] = [makeWorkspace(join(top, 'large'), folders), makeWorkspace(join(top, 'small'), 10)]
    return [sweepRow(large), await residentRow(large, small, join(top, 'cookies'))]
  } finally {
    rmSync(top, { recursive: true, force: true })
  }
}

const secrets = [
  '**/.env{,.*}',
  '**/.envrc',
  '**/*.pem',
  '**/*.key',
  '**/id_rsa',
  '**/.netrc',
  '**/.npmrc',
  '**/credentials.json',
  '**/*.tfstate',
  '**/secrets/**',
]

function makeWorkspace(root: string, count: number): string {
  for (let folder = 0; folder < count; folder += 1) {
    const path = join(root, `packages/p${folder % 50}/src/f${folder}`)
    mkdirSync(path, { recursive: true })
    for (let file = 0; file < filesEach; file += 1) writeFileSync(join(path, `module-${file}.ts`), '')
    if (folder % 100 === 0) writeFileSync(join(path, '.env'), '')
  }
  mkdirSync(join(root, '.agent-os'))
  const rules = [
    '- **Allow** `file:**:read,write`',
    ...secrets.map((glob) => `- **Deny** \`file:${glob}:*\``),
  ]
  writeFileSync(join(root, '.agent-os/AGENT.md'), rules.join('\n'))
  return root
}

function policyOf(root: string) {
  const home = process.env.HOME ?? '/root'
  const { sources } = readSources({ root, home: join(root, '..'), packs: join(packageRoot, 'specs') })
  return compilePolicy({ rules: parseSources(sources).rules, root, home, now: Date.now() })
}

/** Each sweep in a process of its own, which has parsed the specs but looked at nothing yet. */
function sweepRow(root: string): Row {
  const sweeps: number[] = []
  const lists: number[] = []
  for (let round = 0; round < coldRounds; round += 1) {
    const words = ['--disable-warning=ExperimentalWarning', import.meta.filename, root]
    sweeps.push(Number(execFileSync(process.execPath, words, { encoding: 'utf8' })))
    const start = performance.now()
    execFileSync('rg', ['--files'], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 })
    lists.push(performance.now() - start)
  }
  const ratio = median(sweeps) / median(lists)
  return {
    what: `the look at ${folders * filesEach} files with ${secrets.length} secret globs, cold`,
    must: '≤ 2 × one `rg --files`',
    measured: `${ratio.toFixed(2)} ×, ${median(sweeps).toFixed(0)} ms`,
    peer: `${median(lists).toFixed(0)} ms`,
    holds: ratio <= 2,
  }
}

async function residentRow(large: string, small: string, cookies: string): Promise<Row> {
  const machine = readFacts(process.env, { root: large })
  const places = [large, small].map((root) => ({
    root,
    policy: policyOf(root),
    watch: watchOf(root, cookies),
    ghosts: openGhosts(join(cookies, `ghosts${root.replaceAll('/', '+')}`), join(root, '..', 'stand-ins')),
  }))
  try {
    for (const { root } of places) makeCacheHome(join(root, '..', 'cache'))
    const raw = () => timed(rawRun)
    const ours = places.map((place) => () => timed(() => watchedRun(place, machine)))
    for (const run of [...ours, ...ours]) await run()
    const samples: number[][] = [[], [], []]
    for (let round = 0; round < warmRounds; round += 1)
      for (const [index, run] of [raw, ...ours].entries()) samples[index]?.push(await run())
    const [bare = 0, inLarge = 0, inSmall = 0] = samples.map(median)
    const growth = inLarge / inSmall
    return {
      what: 'the same from a resident process that watches it',
      must: '≤ 3 × raw bubblewrap, no growth with the number of files',
      measured: `${(inLarge / bare).toFixed(2)} ×, ${inLarge.toFixed(1)} ms, ${growth.toFixed(2)} × that of ${10 * filesEach} files`,
      peer: `${bare.toFixed(1)} ms`,
      holds: inLarge <= 3 * bare && growth <= 1.25,
    }
  } finally {
    for (const { watch, ghosts } of places) {
      watch.close()
      ghosts.leave()
    }
  }
}

interface Watched {
  readonly root: string
  readonly policy: ReturnType<typeof policyOf>
  readonly watch: ReturnType<typeof watchTree>
  /** One for all runs: what protects the project stays while the process does. */
  readonly ghosts: Ghosts
}

function watchOf(root: string, cookies: string): Watched['watch'] {
  return watchTree(treeGlobs(policyOf(root), 'command'), {
    root,
    cookies: join(cookies, root.replaceAll('/', '+')),
  })
}

async function watchedRun({ root, policy, watch, ghosts }: Watched, machine: MachineFacts): Promise<void> {
  const plan = planOf(root, policy, machine, await watch.facts())
  makeCachePoints(join(root, '..', 'cache'), plan.mounts)
  ghosts.remember(plan)
  await runSandbox({ plan, ...toBubblewrap(plan, machine) }, { machine, stdin: 'ignore' }).ended
}

function planOf(root: string, policy: Watched['policy'], machine: MachineFacts, tree: TreeFacts) {
  return planSandbox({
    policy,
    agent: 'command',
    command: ['true'],
    cwd: root,
    root,
    machine,
    tree,
    program: findProgram('true', { root, cwd: root, path: '/usr/bin:/bin' }),
    standIns: standIns(join(root, '..', 'stand-ins')),
    cacheHome: join(root, '..', 'cache'),
    interactive: false,
  })
}

function rawRun(): Promise<void> {
  return new Promise((resolve) => {
    spawn('bwrap', bareArgv, { stdio: 'ignore' }).once('exit', () => resolve())
  })
}

async function timed(run: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

/** Run by itself: sweeps the folder that it is given, and prints the ms. */
if (process.argv[1] === import.meta.filename) {
  const { readTree } = await import('../src/sandbox/tree/read.ts')
  const policy = policyOf(process.argv[2] ?? '')
  const start = performance.now()
  await readTree(policy, 'command')
  process.stdout.write(String(performance.now() - start))
}
