import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, type Row } from './row.ts'

const rounds = 20
const most = 3

/** From the folder to a policy that decides, in a fresh process: specs that are known, and the same ones when they are new. */
export function bench(): readonly Row[] {
  const home = mkdtempSync(join(tmpdir(), 'oos-bench-specs-'))
  try {
    const project = makeProject(home)
    const fresh = Array.from({ length: 3 }, () => ready(home, project, true))
    const known = Array.from({ length: rounds }, () => ready(home, project, false))
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

function ready(home: string, cwd: string, forget: boolean): number {
  if (forget) rmSync(join(home, 'cache'), { recursive: true, force: true })
  const script = `
    const { openProject } = await import(${JSON.stringify(join(import.meta.dirname, '../src/ops/project.ts'))})
    const start = performance.now()
    await openProject({ cwd: process.cwd(), env: process.env })
    console.log(performance.now() - start)`
  const env = { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache') }
  return Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd, env, encoding: 'utf8' }),
  )
}
