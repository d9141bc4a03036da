import { lstatSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { prefix, socketName } from './socket-folder.ts'

// Between its making and its first answer, a folder of a run that is just starting looks abandoned.
const startingMs = 10_000

/** Removes what a run that was killed has left: a folder of this user's whose socket nobody answers. */
export async function sweepStale(base: string): Promise<void> {
  const names = (await readdir(base)).filter((name) => name.startsWith(prefix))
  const found = names.map((name) => join(base, name)).filter(isOldFolder)
  await Promise.all(
    found.map(async (path) => {
      if (await isRefused(join(path, socketName))) rmSync(path, { recursive: true, force: true })
    }),
  )
}

function isOldFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found?.isDirectory() || found.uid !== process.getuid?.()) return false
  return Date.now() - found.mtimeMs > startingMs
}

// Killed while it listened, or before: such a run can still be starting, but not for longer than `startingMs`.
const gone = new Set<string | undefined>(['ECONNREFUSED', 'ENOENT'])

// Not by process id: another oos may live in another PID namespace, with the same folder for temporary files.
function isRefused(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socketPath)
    probe.once('connect', () => {
      probe.destroy()
      resolve(false)
    })
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(gone.has(error.code)))
  })
}
