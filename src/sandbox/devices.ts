import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, closeSync, lstatSync, openSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { openCacheFolder } from '../shared/cache-folder.ts'
import { fileNameOf } from '../shared/file-name.ts'
import { makeFolders } from '../shared/make-folders.ts'
import type { Mount } from './types.ts'

/** What bubblewrap puts into a `/dev`. */
const names = ['full', 'null', 'random', 'tty', 'urandom', 'zero'] as const

/**
 * A folder of device nodes for the runs of a project. bubblewrap shows the machine's own, which their owner can change
 * (`chmod`, `touch`), root for everybody on the machine; and what it mounts read-only is no device any more. Nothing where
 * that is somebody else's, or where no nodes can be made.
 */
export function readDevices(
  root: string,
  { env, uid }: { readonly env: NodeJS.ProcessEnv; readonly uid: number },
): string | undefined {
  if (statSync('/dev/null', { throwIfNoEntry: false })?.uid !== uid) return undefined
  const all = openCacheFolder('devices', env)
  if (all === undefined) return undefined
  const folder = join(all, fileNameOf(root))
  try {
    makeNodes(folder)
    for (const name of names) putRight(join(folder, name), statSync(join('/dev', name)))
    // On a disk that is mounted without devices they are none.
    closeSync(openSync(join(folder, 'null'), 'r'))
    return folder
  } catch {
    return undefined
  }
}

export function deviceMounts(devices: string | undefined): Mount[] {
  if (devices === undefined) return []
  const note = "of the project's runs alone"
  return names.map((name) => ({
    kind: 'device',
    path: join('/dev', name),
    source: join(devices, name),
    note,
  }))
}

/** Node cannot make one, and cp makes all of them at once. */
function makeNodes(folder: string): void {
  const missing = names.filter(
    (name) => lstatSync(join(folder, name), { throwIfNoEntry: false }) === undefined,
  )
  if (missing.length === 0) return
  makeFolders(folder)
  const sources = missing.map((name) => join('/dev', name))
  spawnSync('/bin/cp', ['-a', '--no-clobber', ...sources, folder], { stdio: 'ignore', env: {} })
}

/** An earlier run may have changed it. */
function putRight(path: string, meant: Stats): void {
  const { rdev, mode, uid, gid } = lstatSync(path)
  if (rdev !== meant.rdev) throw new Error(`not the device of its name: ${path}`)
  if (uid !== meant.uid || gid !== meant.gid) chownSync(path, meant.uid, meant.gid)
  if (mode !== meant.mode) chmodSync(path, meant.mode & 0o777)
}
