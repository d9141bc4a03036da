import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, type Row } from './row.ts'

const oos = join(import.meta.dirname, '../bin/oos.js')
const rounds = 40
const mostTimes = 1.6
const mostMemory = 60

/** What a command costs before it does anything, against the same Node that does nothing. Builds must be fresh. */
export function bench(): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'oos-bench-startup-'))
  try {
    const place = {
      cwd: makeProject(folder),
      env: { ...process.env, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') },
    }
    const cases = {
      bare: ['-e', '0'],
      version: [oos, '--version'],
      explain: [oos, 'explain', 'shell:git push origin main'],
    }
    const times = measure(cases, place)
    return [
      row('`oos --version`', cases.version, times.version),
      row('`oos explain` of a command, policy cached', cases.explain, times.explain),
    ]

    function row(what: string, argv: readonly string[], time: number): Row {
      const ratio = time / times.bare
      const memory = residentMemory(argv, place)
      return {
        what,
        must: `≤ ${mostTimes} × \`node -e 0\`, ≤ ${mostMemory} MiB`,
        measured: `${ratio.toFixed(2)} ×, ${time.toFixed(1)} ms, ${memory.toFixed(0)} MiB`,
        peer: `${times.bare.toFixed(1)} ms`,
        holds: ratio <= mostTimes && memory <= mostMemory,
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Place {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

function makeProject(folder: string): string {
  const specs = join(folder, 'project/.agent-os')
  mkdirSync(specs, { recursive: true })
  const rules = [
    '- **Allow** `file:src/**:read,write`',
    '- **Allow** `shell:npm test`',
    '- **Ask** `shell:git push *`',
  ]
  writeFileSync(join(specs, 'AGENT.md'), `# Agent\n\n${rules.join('\n')}\n`)
  return join(folder, 'project')
}

/** In turns, so that a busy machine slows all alike; medians in ms, after a first round that fills the caches. */
function measure<Name extends string>(
  cases: Readonly<Record<Name, readonly string[]>>,
  place: Place,
): Record<Name, number> {
  const names = Object.keys(cases) as Name[]
  for (const name of names) runNode(cases[name], place)
  const samples = Array.from({ length: rounds }, () =>
    names.map((name) => elapsed(() => runNode(cases[name], place))),
  )
  return Object.fromEntries(
    names.map((name, index) => [name, median(samples.map((sample) => sample[index] ?? 0))]),
  ) as Record<Name, number>
}

function runNode(argv: readonly string[], { cwd, env }: Place): void {
  execFileSync(process.execPath, [...argv], { cwd, env, stdio: 'ignore' })
}

function elapsed(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

/** Peak, in MiB, as the kernel counted it for that one process. */
function residentMemory(argv: readonly string[], { cwd, env }: Place): number {
  // Not `resourceUsage`: a process inherits that of the one that it was forked from, which is this.
  const status = `process.getBuiltinModule('fs').readFileSync('/proc/self/status', 'utf8')`
  const script = `process.on('exit', () => process.stderr.write('RSS=' + /VmHWM:\\s*(\\d+)/.exec(${status})[1]))`
  const preload = `--import=data:text/javascript,${encodeURIComponent(script)}`
  const { stderr } = spawnSync(process.execPath, [preload, ...argv], { cwd, env, encoding: 'utf8' })
  return Number(/RSS=(\d+)/.exec(stderr)?.[1]) / 1024
}
