import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../.bench/peers')

/** Below `.bench/`, and only with `--peers`: nothing is fetched that nobody asked for. */
export function installPeers(packages: readonly string[]): void {
  const missing = packages.filter(
    (name) => !existsSync(join(folder, 'node_modules', name.replace(/(?<=.)@.*$/, ''))),
  )
  if (!process.argv.includes('--peers') || missing.length === 0) return
  execFileSync('npm', ['install', '--no-save', '--ignore-scripts', '--prefix', folder, ...packages], {
    stdio: 'inherit',
  })
}

export function peerProgram(name: string): string {
  return join(folder, 'node_modules/.bin', name)
}

/** Where a package keeps its program for this machine, without the script that looks for it. */
export function nativeProgram(name: string): string {
  return join(folder, 'node_modules', `${name}-${process.platform}-${process.arch}`, 'bin', name)
}

/** What bare bubblewrap is given: everything as it is, in namespaces of its own. */
export const bareArgv = [
  '--unshare-all',
  '--die-with-parent',
  '--ro-bind',
  '/',
  '/',
  '--dev',
  '/dev',
  '--proc',
  '/proc',
  '--',
  'true',
]
