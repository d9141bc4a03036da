import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { applyInit } from '../../../src/ops/init/apply.ts'
import { lookAt } from '../../../src/ops/init/look.ts'
import { planInit } from '../../../src/ops/init/plan.ts'
import { readTemplates } from '../../../src/ops/init/templates.ts'

export type Tree = Readonly<Record<string, string>>

/** A project in a folder of its own, and a home folder beside it. */
export function makeProject(tree: Tree): { root: string; home: string; env: NodeJS.ProcessEnv } {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'oos-init-')))
  const [root, home] = [join(top, 'shop'), join(top, 'home')]
  mkdirSync(home)
  mkdirSync(root)
  addFiles(root, tree)
  return { root, home, env: { PATH: process.env.PATH, HOME: home } }
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
