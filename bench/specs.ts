import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleScript } from '../scripts/hot.ts'
import { median, type Row } from './row.ts'

/** Beside those of oos, which take what they need rarely from there. Builds must be fresh. */
const script = join(import.meta.dirname, '../dist/cli/hot/bench.js')

const rounds = 20
const most = 3

/**
 * From the folder to a policy that decides, in a fresh process that keeps what was compiled, as those of oos do: specs that
 * are known, and the same ones when they are new.
 */
export async function bench(): Promise<readonly Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'oos-bench-specs-'))
  try {
    writeFileSync(script, (await bundleScript('src/ops/project/project.ts')).text)
    const project = makeProject(home)
    const fresh = Array.from({ length: 3 }, () => ready({ home, project }, true))
    const known = Array.from({ length: rounds }, () => ready({ home, project }, false))
    return [
      {
        what: 'specs that have not changed: policy ready',
        must: `≤ ${most} ms, parses nothing`,
        measured: `${median(known).toFixed(2)} ms`,
        peer: `${median(fresh).toFixed(0)} ms when they are parsed`,
        holds: median(known) <= most,
      },
    ]
  } finally {
    rmSync(home, { recursive: true, force: true })
    rmSync(script, { force: true })
  }
}

function makeProject(home: string): string {
  const specs = join(home, 'project/.agent-os')
  mkdirSync(specs, { recursive: true })
  const rules = Array.from(
    { length: 60 },
    (_, index) => `- **Allow** \`file:src/part-${index}/**:read,write\` — part ${index}`,
  )
  writeFileSync(
    join(specs, 'AGENT.md'),
    `---\nextends: [oos:node, oos:secrets]\n---\n# Agent\n\n${rules.join('\n')}\n`,
  )
  return join(home, 'project')
}

interface Place {
  readonly home: string
  readonly project: string
}

function ready({ home, project }: Place, forget: boolean): number {
  if (forget) rmSync(join(home, 'cache'), { recursive: true, force: true })
  const program = `
    const { runCompiled } = await import(${JSON.stringify(join(import.meta.dirname, '../src/cli/compiled-script.ts'))})
    const { exports, keep } = runCompiled(${JSON.stringify(script)}, ${JSON.stringify(home)})
    const start = performance.now()
    await exports.openProject({ cwd: process.cwd(), env: process.env })
    console.log(performance.now() - start)
    keep()`
  const env = { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache') }
  return Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: project,
      env,
      encoding: 'utf8',
    }),
  )
}
