import { mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OosError } from '../../shared/errors.ts'

export const prefix = 'oos-net-'
export const socketName = 'p.sock'

export interface SocketFolder {
  readonly socketPath: string
  readonly remove: () => void
}

/** A folder that nobody else can enter, under a random name: what connects to the socket is let out as this user's run. */
export function makeSocketFolder(base = socketBase()): SocketFolder {
  const path = mkdtempSync(join(base, prefix)) // 0700
  return { socketPath: join(path, socketName), remove: () => rmSync(path, { recursive: true, force: true }) }
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
