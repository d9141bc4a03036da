import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, type Row } from './row.ts'

const rounds = 5
const executable = join(import.meta.dirname, '../bin/oos.js')

/** What rules say in vain or leave open, and what an edit of them means, in fresh processes. */
export function bench(): readonly Row[] {
  const home = mkdtempSync(join(tmpdir(), 'oos-bench-analysis-'))
  try {
    const alone = [200, 2_000].map((count) => repeated(() => analyse(home, count)))
    const project = join(home, 'project')
    mkdirSync(join(project, '.agent-os'), { recursive: true })
    git(project, 'init', '-q')
    const sides = [rulesOf(0), rulesOf(20), rulesOf(200)]
    for (const rules of sides) {
      writeFileSync(join(project, '.agent-os/AGENT.md'), specOf(rules))
      git(project, 'add', '-A')
      git(project, 'commit', '-q', '-m', 'rules')
    }
    const few = times(() => oos(home, project, ['spec', 'diff', 'HEAD~2..HEAD~1']))
    const all = times(() => oos(home, project, ['spec', 'diff', 'HEAD~1..HEAD']))
    const check = times(() => oos(home, project, ['spec', 'check']))
    const diff = 'oos spec diff of two revisions with 200 rules each'
    return [
      row('oos spec check of 200 rules, with analysis', check, 1_000),
      row('the analysis of 200 rules alone, cold', alone[0] ?? [], 200),
      row('the analysis of 2,000 rules alone, cold', alone[1] ?? [], 2_000),
      row(`${diff}: 20 lines edited`, few, 1_000),
      row(`${diff}: all lines edited`, all, 1_000),
    ]
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function specOf(rules: readonly string[]): string {
  return `---\nextends: [oos:secrets]\n---\n${rules.join('\n')}\n`
}

/** Every kind of rule; the first `edited` ones say something else. */
function rulesOf(edited: number, count = 200): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `${index < edited ? 'new' : 'old'}-${index}`
    return (
      [
        `- **Allow** \`file:src/${name}/**:read,write\``,
        `- **Deny** \`file:**/${name}.*:write\` except \`file:test/**:write\``,
        `- **Allow** \`http:${name}.example.com/v1/*:get\``,
        `- **Ask** \`shell:deploy ${name} --force *\``,
        `- **Allow** \`shell:npm run ${name} *\``,
      ][index % 5] ?? ''
    )
  })
}

function row(what: string, measured: readonly number[], most: number): Row {
  return {
    what,
    must: `≤ ${most} ms`,
    measured: `${median(measured).toFixed(0)} ms`,
    peer: '',
    holds: median(measured) <= most,
  }
}

function times(run: () => void): readonly number[] {
  return repeated(() => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
}

function repeated(measure: () => number): readonly number[] {
  return Array.from({ length: rounds }, measure)
}

/** Once, in a process that has read the specs and nothing else. */
function analyse(home: string, count: number): number {
  const cwd = join(home, `alone-${count}`)
  mkdirSync(join(cwd, '.agent-os'), { recursive: true })
  writeFileSync(join(cwd, '.agent-os/AGENT.md'), specOf(rulesOf(0, count)))
  const [project, findings] = ['project', 'findings'].map((name) =>
    JSON.stringify(join(import.meta.dirname, `../src/ops/${name}.ts`)),
  )
  const script = `
    const { readProject } = await import(${project})
    const { readFindings } = await import(${findings})
    const project = await readProject({ cwd: process.cwd(), env: process.env })
    const start = performance.now()
    readFindings(project)
    console.log(performance.now() - start)`
  const env = { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache') }
  const words = ['--input-type=module', '-e', script]
  return Number(execFileSync(process.execPath, words, { cwd, env, encoding: 'utf8' }))
}

function git(cwd: string, ...words: readonly string[]): void {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  execFileSync('git', [...who, ...words], { cwd, stdio: 'ignore' })
}

function oos(home: string, cwd: string, words: readonly string[]): void {
  const env = { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache') }
  execFileSync(process.execPath, [executable, ...words], { cwd, env, stdio: 'ignore' })
}
