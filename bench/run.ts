import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toBubblewrap } from '../src/sandbox/bubblewrap.ts'
import { readFacts } from '../src/sandbox/facts.ts'
import { runSandbox } from '../src/sandbox/run.ts'
import type { Mount, SandboxPlan } from '../src/sandbox/types.ts'
import { bareArgv, installPeers, peerProgram } from './peers.ts'
import { median, type Row } from './row.ts'

const oos = join(import.meta.dirname, '../bin/oos.js')
const benchFolder = join(import.meta.dirname, '../.bench')
const coldRounds = 30
const warmRounds = 200

/** What a sandboxed `true` costs: from a cold start, and from a process that is there already. Builds must be fresh. */
export async function bench(): Promise<readonly Row[]> {
  // Not below the folder for temporary files, where Codex wants no HOME.
  mkdirSync(benchFolder, { recursive: true })
  const folder = mkdtempSync(join(benchFolder, 'run-'))
  try {
    return [...coldRows(folder), ...(await residentRows())]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `node` that spawns one bare bubblewrap: the least that anything written in Node can cost. */
const bareScript = `require('node:child_process').spawn('bwrap', ${JSON.stringify(bareArgv)}, { stdio: 'inherit' }).on('exit', (code) => { process.exitCode = code })`

interface Command {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

function coldRows(folder: string): readonly Row[] {
  const env = { ...process.env, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') }
  const alone = makeProject(join(folder, 'alone'), [])
  const networked = makeProject(join(folder, 'networked'), ['- **Allow** `http:example.com:request`'])
  const run = (cwd: string): Command => ({
    argv: [process.execPath, oos, 'run', '--', 'true'],
    cwd,
    env,
  })
  for (const cwd of [alone, networked])
    runOnce({ argv: [process.execPath, oos, 'run', '--trust-specs', '--', 'true'], cwd, env })
  const cases = {
    bare: { argv: [process.execPath, '-e', bareScript], cwd: alone, env },
    alone: run(alone),
    networked: run(networked),
    ...peerCommands({ cwd: alone, env }),
  }
  const times: Partial<Record<Peer, number>> & Record<'bare' | 'alone' | 'networked', number> = measure(cases)
  const peers = peerNames.flatMap((name) =>
    times[name] === undefined ? [] : [`${name} ${times[name].toFixed(0)} ms`],
  )
  const against = (
    name: 'alone' | 'networked',
    most: number,
    ofPeers: Partial<Record<Peer, number>>,
  ): Row => {
    const ratio = times[name] / times.bare
    const beaten = peerNames.every(
      (peer) => times[peer] === undefined || times[name] <= (ofPeers[peer] ?? 1) * times[peer],
    )
    return {
      what: `\`oos run -- true\`, cold, ${name === 'alone' ? 'no network' : 'with network'}`,
      must: `≤ ${most} × node + bare bubblewrap${Object.entries(ofPeers)
        .map(([peer, part]) => `, ≤ ${part} × ${peer}`)
        .join('')}`,
      measured: `${ratio.toFixed(2)} ×, ${times[name].toFixed(1)} ms`,
      peer: [`${times.bare.toFixed(1)} ms`, ...peers].join(', '),
      holds: ratio <= most && beaten,
    }
  }
  return [against('alone', 1.6, { codex: 0.8, srt: 0.35 }), against('networked', 2.3, { srt: 0.35 })]
}

function makeProject(path: string, more: readonly string[]): string {
  mkdirSync(join(path, '.agent-os'), { recursive: true })
  const rules = ['- **Allow** `file:**:read,write`', '- **Allow** `shell:*`', ...more]
  writeFileSync(join(path, '.agent-os/AGENT.md'), `# Agent\n\n${rules.join('\n')}\n`)
  return path
}

const peerNames = ['codex', 'srt'] as const
type Peer = (typeof peerNames)[number]
const peerPackages = ['@openai/codex@0.169.0', '@anthropic-ai/sandbox-runtime']

/** Other sandboxes, measured where they are installed. */
function peerCommands(place: Pick<Command, 'cwd' | 'env'>): Partial<Record<Peer, Command>> {
  installPeers(peerPackages)
  const lines: Record<Peer, readonly string[]> = { codex: ['sandbox', '--', 'true'], srt: ['true'] }
  const commands = peerNames.map((name): [Peer, Command] => [
    name,
    { ...place, argv: [peerProgram(name), ...lines[name]] },
  ])
  return Object.fromEntries(commands.filter(([, command]) => works(command)))
}

/** Installed, and with all that it needs of the machine. */
function works(command: Command): boolean {
  try {
    runOnce(command)
    return true
  } catch {
    return false
  }
}

/** In turns, so that a busy machine slows all alike; medians in ms, after a first round that fills the caches. */
function measure<Name extends string>(cases: Readonly<Partial<Record<Name, Command>>>): Record<Name, number> {
  const given = Object.entries(cases) as [Name, Command][]
  for (const [, command] of given) runOnce(command)
  const samples = Array.from({ length: coldRounds }, () =>
    given.map(([, command]) => elapsed(() => runOnce(command))),
  )
  return Object.fromEntries(
    given.map(([name], index) => [name, median(samples.map((sample) => sample[index] ?? 0))]),
  ) as Record<Name, number>
}

function runOnce({ argv: [program = '', ...words], cwd, env }: Command): void {
  execFileSync(program, words, { cwd, env, stdio: 'ignore' })
}

function elapsed(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

async function residentRows(): Promise<readonly Row[]> {
  const machine = readFacts(process.env)
  const plan = truePlan(machine.system)
  const line = toBubblewrap(plan, machine)
  const ours = async () => {
    await runSandbox({ plan, ...line }, { machine, stdin: 'ignore' }).ended
  }
  const raw = () =>
    new Promise<void>((resolve) => {
      spawn('bwrap', bareArgv, { stdio: 'ignore' }).once('exit', () => resolve())
    })
  const samples: [number[], number[]] = [[], []]
  for (let round = 0; round < warmRounds; round += 1)
    for (const [index, once] of [raw, ours].entries()) samples[index]?.push(await elapsedAsync(once))
  const [bare, own] = samples.map(median) as [number, number]
  const rate = await rateOfTwo(ours)
  return [
    {
      what: 'the same from a resident process, no network',
      must: 'p50 ≤ 2 × raw bubblewrap, ≥ 150/s with two at a time',
      measured: `${(own / bare).toFixed(2)} ×, ${own.toFixed(1)} ms, ${rate.toFixed(0)}/s`,
      peer: `${bare.toFixed(1)} ms`,
      holds: own <= 2 * bare && rate >= 150,
    },
  ]
}

function truePlan(system: ReturnType<typeof readFacts>['system']): SandboxPlan {
  const mounts: Mount[] = [
    { kind: 'dev', path: '/dev' },
    { kind: 'proc', path: '/proc' },
    { kind: 'tmpfs', path: '/tmp', bytes: 2 ** 20 },
    { kind: 'read', path: '/usr' },
    ...system.map(
      ({ path, kind, target }): Mount =>
        kind === 'link' && target !== undefined
          ? { kind: 'link', path, target }
          : { kind: kind === 'file' ? 'mask-file' : 'read', path },
    ),
  ]
  const nothing = { unpassed: [], limits: [], unheld: [], ghosts: [], placeholders: [], interactive: false }
  const network = { mode: 'none', note: 'nothing to reach' } as const
  return {
    command: ['true'],
    cwd: '/',
    mounts,
    env: [{ name: 'PATH', value: '/usr/bin:/bin' }],
    network,
    ...nothing,
  }
}

async function elapsedAsync(once: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await once()
  return performance.now() - start
}

async function rateOfTwo(once: () => Promise<void>): Promise<number> {
  let left = warmRounds
  const lane = async () => {
    while (left-- > 0) await once()
  }
  const ms = await elapsedAsync(() => Promise.all([lane(), lane()]).then(() => undefined))
  return (warmRounds / ms) * 1000
}
