import { lstatSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OosError } from '../../shared/errors.ts'

const prefix = 'oos-net-'
const socketName = 'p.sock'
// Between its making and its first answer, a folder of a run that is just starting looks abandoned.
const startingMs = 10_000

export interface SocketFolder {
  readonly socketPath: string
  readonly remove: () => void
}

/** A folder that nobody else can enter, under a random name: what connects to the socket is let out as this user's run. */
export function makeSocketFolder(base = socketBase()): SocketFolder {
  const path = mkdtempSync(join(base, prefix)) // 0700
  sweepStale(base).catch(() => undefined) // what cannot be swept is in nobody's way
  return { socketPath: join(path, socketName), remove: () => rmSync(path, { recursive: true, force: true }) }
}

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

/** Folders that the socket could lie in, resolved, the best first. */
export function socketBases(env: NodeJS.ProcessEnv): readonly string[] {
  return [env.XDG_RUNTIME_DIR, tmpdir(), '/tmp'].flatMap((base) =>
    base !== undefined && isUsable(base) ? [realpathSync(base)] : [],
  )
}

// A path longer than 107 bytes is no address of a Unix socket.
function socketBase(): string {
  const [base] = socketBases(process.env)
  if (base !== undefined) return base
  throw new OosError('sandbox-failed', 'there is no folder for the socket of the network proxy', {
    hint: 'set XDG_RUNTIME_DIR to a folder of yours with a short path',
  })
}

function isUsable(base: string): boolean {
  if (!base.startsWith('/') || Buffer.byteLength(join(base, `${prefix}XXXXXX`, socketName)) > 107)
    return false
  return statSync(base, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function isOldFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found?.isDirectory() || found.uid !== process.getuid?.()) return false
  return Date.now() - found.mtimeMs > startingMs
}

// Not by process id: another oos may live in another PID namespace, with the same folder for temporary files.
function isRefused(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socketPath)
    probe.once('connect', () => {
      probe.destroy()
      resolve(false)
    })
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  })
}
