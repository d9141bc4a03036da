import { existsSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageRoot } from '../../shared/package.ts'
import { findRepository } from '../commits/find-repository.ts'

/** Beside the memory of what was installed, in git's own folder of hooks: no run may write there. */
export const stampName = 'oos/checked'
/** A file's time may lie a tick of the kernel's clock before the change. */
const tickMs = 1000

/**
 * Says to the next hook that these specs are sound and require nothing before a commit: while nothing of them is newer, it
 * need not start Node. `readAt` is when they were read. Another oos, home or work tree asks for itself.
 */
export function stampSound(cwd: string, env: NodeJS.ProcessEnv, readAt: number): void {
  const at = new Date(readAt - tickMs)
  try {
    const { top, common } = findRepository(cwd)
    const stamp = join(common, 'hooks', stampName)
    if (!existsSync(dirname(stamp))) return
    writeFileSync(stamp, `${join(packageRoot, 'dist/cli')}\n${env.HOME ?? ''}\n${top}\n`)
    utimesSync(stamp, at, at)
  } catch {
    // Its repository is known by `GIT_DIR` alone, not ours to write, or on a full disk: the next hook asks again.
  }
}
