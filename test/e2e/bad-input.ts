import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import { executable, makeTree, type Outcome, oos } from '../cli/oos.ts'

export const rules = `# A project

- **Allow** \`file:**:read,write\`, \`shell:*\` — the sandbox is the boundary
- **Deny** \`file:**/.env:*\` — secrets
- **Limit** \`run:*{timeout:20s,processes:200}\`
`

export interface Project {
  readonly cwd: string
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  readonly database: string
}

/** A git repository with rules and a home folder of its own. */
export function makeProject(files: Readonly<Record<string, string>> = {}, name = 'project'): Project {
  const cwd = makeTree({ '.agent-os/AGENT.md': rules, '.env': 'SECRET=s3cret', ...files }, name)
  return { ...placeOf(cwd), cwd }
}

function placeOf(cwd: string): Project {
  const home = join(mkdtempSync(join(realpathSync(tmpdir()), 'oos-home-')), 'home')
  mkdirSync(home)
  spawnSync('git', ['init', '-q'], { cwd })
  const database = join(cwd, '.oos/data/atlas.db')
  return { cwd, home, database, env: { HOME: home, XDG_STATE_HOME: '', XDG_CACHE_HOME: '' } }
}

export const command = (...words: readonly string[]) => ['run', '--trust-specs', '--', ...words]

/** The program on a machine whose disks are laid out otherwise: bubblewrap's options, then the words of oos. */
export function oosWith(mounts: readonly string[], words: readonly string[], { cwd, env }: Project): Outcome {
  return runWith(mounts, [process.execPath, executable, ...words], { cwd, env })
}

export function runWith(
  mounts: readonly string[],
  words: readonly string[],
  { cwd, env }: Pick<Project, 'cwd' | 'env'>,
): Outcome {
  const options = ['--dev-bind', '/', '/', ...mounts, '--chdir', cwd, '--']
  const { status, stdout, stderr } = spawnSync('bwrap', [...options, ...words], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { code: status, stdout, stderr }
}

/** One message with the next thing to type, in words of the person who reads it. */
export function expectOneMessage(outcome: Outcome, { code, says, hint }: Message): void {
  const lines = outcome.stderr.trimEnd().split('\n')
  expect(outcome.stderr).toContain(says)
  expect(lines.filter((line) => line.startsWith('oos: '))).toHaveLength(1)
  expect(lines.slice(1).join('\n')).toMatch(hint)
  expectPlainWords(outcome)
  expect(outcome.code).toBe(code)
}

export interface Message {
  readonly code: number
  readonly says: string
  readonly hint: RegExp
}

/** No stack, no name that only we and the kernel know. The letters of a temporary folder are drawn, and can be `EIUVYS`. */
export function expectPlainWords({ stderr }: Outcome): void {
  const said = stderr.replaceAll(/(?<=\/oos-(?:\w+-)?)\w{6}(?=\/)/g, '')
  expect(said).not.toMatch(/^\s+at |\b[A-Z]\w*Error\b|\bE[A-Z]{3,}\b|SQLITE|undefined|\[object|OOS_DEBUG/m)
}

/** What git sees, what it does not want to see too, and what lies in its own folder besides what git writes. */
export function status({ cwd }: Project): string {
  const { stdout } = spawnSync('git', ['status', '--porcelain', '--ignored'], { cwd, encoding: 'utf8' })
  const own = spawnSync('ls', ['-A', '.git'], { cwd, encoding: 'utf8' })
  return stdout + own.stdout
}

export interface RunRow {
  readonly id: string
  readonly state: string
  readonly endedBy?: string
}

export function listRuns(project: Project): readonly RunRow[] {
  return JSON.parse(oos(['runs', '--json'], project).stdout).data
}

/** Opened by hand: the database is sound, and every run in it is what was recorded. */
export function expectSound(project: Project): void {
  const database = new Database(project.database, { readonly: true })
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  database.close()
  for (const { id } of listRuns(project)) expect(oos(['runs', 'verify', id], project).code).toBe(0)
}
