import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { applyInit } from '../../../src/ops/init/apply.ts'
import { lookAt } from '../../../src/ops/init/look.ts'
import { planInit } from '../../../src/ops/init/plan.ts'
import { readTemplates } from '../../../src/ops/init/templates.ts'

export type Tree = Readonly<Record<string, string>>

/** A project in a folder of its own, a home folder beside it, and package managers that answer from a registry each. */
export function makeProject(tree: Tree, programs: Tree = usualPrograms) {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'oos-init-')))
  const [root, home] = [join(top, 'shop'), join(top, 'home')]
  mkdirSync(home)
  mkdirSync(root)
  addFiles(root, tree)
  addFiles(home, usualCargo)
  addPrograms(join(top, 'bin'), programs)
  symlinkSync(gitProgram, join(top, 'bin/git'))
  return { root, home, env: { PATH: join(top, 'bin'), HOME: home } as NodeJS.ProcessEnv }
}

const gitProgram = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()

const usualPrograms: Tree = {
  npm: 'echo https://registry.example.com/',
  pnpm: 'echo https://pnpm.example.com/',
  yarn: 'test "$3" = registry && echo https://yarn.example.com || echo undefined',
  python3: 'echo https://pip.example.com/simple https://files.example.com',
  go: `echo '{"GOPROXY": "https://go.example.com,direct", "GOSUMDB": "sum.example.com"}'`,
}

const usualCargo: Tree = {
  '.cargo/registry/index/index.example.com-1949cf8c6b5b557f/config.json':
    '{"dl": "https://crates.example.com/crates", "api": "https://example.com"}',
}

/** Shell scripts, by name; they find no other program than what the shell has itself. */
export function addPrograms(folder: string, programs: Tree): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
}

export function addFiles(root: string, tree: Tree): void {
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

export function trackAll(root: string): void {
  execFileSync('git', ['init', '-q'], { cwd: root })
  execFileSync('git', ['add', '-A', '-f'], { cwd: root })
}

export async function planFor({ root, env }: { root: string; env: NodeJS.ProcessEnv }, user = true) {
  return planInit(await lookAt({ cwd: root, env }), { templates: readTemplates(), user })
}

export async function initAt(project: { root: string; env: NodeJS.ProcessEnv }, user = true) {
  return applyInit(await planFor(project, user))
}

export function readIn(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

export const nodeProject: Tree = {
  'package.json': '{"name":"shop","scripts":{"test":"node --test"}}',
  'package-lock.json': '{}',
}
