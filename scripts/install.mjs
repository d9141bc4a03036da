// Runs under any Node from 18 on, before anything is installed: no packages, no TypeScript.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** The Node that the project brings itself. */
export const node = join(root, 'node_modules/.bin/node')

/** Installs the packages unless every one of them is there in the version that the lock file names. */
export function ensureInstalled() {
  if (isInstalled()) return
  say('installing packages (npm ci)')
  // npm runs on the machine's own Node, and warns of packages that only the project's Node runs. Errors are still said.
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

export function ensureBuilt() {
  say('building')
  run(node, ['scripts/build.ts'])
}

/** Runs a step whose failure ends everything. Its output goes to stderr: stdout is for results. */
export function run(command, args) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: ['inherit', 2, 2] })
  if (status === 0) return
  say(`\`${[command, ...args].join(' ')}\` failed (${error?.message ?? signal ?? `exit ${status}`})`)
  process.exit(1)
}

export function say(text) {
  process.stderr.write(`- ${text}\n`)
}

function isInstalled() {
  const installed = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(installed) || !existsSync(node)) return false
  const there = readPackages(installed)
  return Object.entries(readPackages(join(root, 'package-lock.json'))).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' ||
      there[path]?.version === version ||
      (there[path] === undefined && (optional || devOptional)),
  )
}

function readPackages(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages
}
