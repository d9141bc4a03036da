import { statOf } from '../../sandbox/look.ts'
import type { Mount } from '../../sandbox/types.ts'

/**
 * Which of these mounts have lost their place since: where a program outside puts something else there, as editors and
 * git do when they save a file, the kernel takes the mount away inside.
 */
export function watchReplaced(closed: readonly Mount[]): () => readonly Mount[] {
  const before = new Map(closed.map((mount) => [mount, identityOf(mount.path)]))
  return () =>
    closed.filter((mount) => {
      const [was, now] = [before.get(mount), identityOf(mount.path)]
      return was !== undefined && now !== undefined && now !== was
    })
}

function identityOf(path: string): string | undefined {
  const stats = statOf(path)
  return stats && `${stats.dev}:${stats.ino}`
}
