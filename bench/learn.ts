import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { median, type Row } from './row.ts'

const oos = join(import.meta.dirname, '../bin/oos.js')
const rounds = 5
const testFiles = 24
const modules = 40

/** What it costs to watch a test suite from outside. Builds must be fresh. */
export function bench(): readonly Row[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'oos-bench-learn-')))
  try {
    const suite = makeSuite(join(folder, 'suite'))
    const env = { PATH: '/usr/bin:/bin', HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') }
    const run = (...options: readonly string[]) =>
      timed([process.execPath, oos, 'run', ...options, '--', ...suite.command], suite.cwd, env)
    const traced = () =>
      timed(['/usr/bin/strace', '-f', '-y', '-o', '/dev/null', ...suite.command], suite.cwd, env)
    run('--trust-specs')
    const times = { plain: [] as number[], learning: [] as number[], all: [] as number[] }
    for (let round = 0; round < rounds; round += 1) {
      times.plain.push(run())
      times.learning.push(run('--learn'))
      times.all.push(traced())
    }
    const plain = median(times.plain)
    const factor = median(times.learning) / plain
    return [
      {
        what: `\`oos run --learn\`, a suite of ${testFiles} test files`,
        must: '≤ 1.3 × `oos run`',
        measured: `${factor.toFixed(2)} × (${(plain / 1000).toFixed(1)} s)`,
        peer: `strace -f, every call: ${(median(times.all) / plain).toFixed(1)} ×`,
        holds: factor <= 1.3,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Suite {
  readonly cwd: string
  readonly command: readonly string[]
}

/** As packages have them: each file loads what it tests, asserts, and writes a little. */
function makeSuite(cwd: string): Suite {
  for (const name of ['.agent-os', 'lib', 'test', 'out']) mkdirSync(join(cwd, name), { recursive: true })
  const put = (path: string, text: string) => writeFileSync(join(cwd, path), text)
  const node = dirname(realpathSync(process.execPath))
  put(
    '.agent-os/AGENT.md',
    [
      '- **Allow** `file:**:read,write` — the project',
      `- **Allow** \`file:${node}/**:read\` — Node`,
      '- **Allow** `shell:*` — any',
      // Both have a way out: `NODE_USE_ENV_PROXY`, which comes with it, costs each start of Node some 60 ms.
      '- **Allow** `http:example.com:request` — a host',
      '',
    ].join('\n'),
  )
  for (let index = 0; index < modules; index += 1) {
    put(
      `lib/${index}.js`,
      `exports.add = (a, b) => a + b + ${index}\n${'// a line of a module\n'.repeat(50)}`,
    )
  }
  const load = `for (let index = 0; index < ${modules}; index += 1) require('../lib/' + index + '.js').add(1, 2)`
  const work = 'let sum = 0; for (let index = 0; index < 1e8; index += 1) sum += index % 7'
  for (let index = 0; index < testFiles; index += 1) {
    put(
      `test/${index}.test.js`,
      `require('node:test')('works', () => { ${load}; ${work}; require('fs').writeFileSync('out/${index}.txt', String(sum)) })\n`,
    )
  }
  return { cwd, command: [realpathSync(process.execPath), '--test', 'test/*.test.js'] }
}

function timed([program = '', ...words]: readonly string[], cwd: string, env: NodeJS.ProcessEnv): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(program, words, { cwd, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`\`${words.join(' ')}\` ended with ${status}: ${stderr}`)
  return performance.now() - start
}
