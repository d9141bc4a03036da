import { readFileSync, realpathSync } from 'node:fs'
import { OosError } from '../../shared/errors.ts'
import type { Mount } from '../types.ts'

/**
 * bubblewrap is given paths and follows links in them, so a run under way in the same project could put a link in a
 * folder's place after the tree was looked at. While the command still waits, each mount is compared with what was meant.
 *
 * @throws OosError `sandbox-failed`
 */
export function requireLanded(mounts: readonly Mount[], pid: number): void {
  const ours = parseMounts(readFileSync('/proc/self/mountinfo', 'latin1'))
  const theirs = parseMounts(readFileSync(`/proc/${pid}/mountinfo`, 'latin1'))
  const stray = findStray(mounts, { ours, theirs })
  if (stray === undefined) return
  throw new OosError('sandbox-failed', `\`${stray.path}\` was replaced while the sandbox was being set up`, {
    hint: 'end the other runs of this project, then start it again',
  })
}

/** A line of `/proc/PID/mountinfo`: what of which file system is seen where. */
export interface SeenMount {
  readonly device: string
  readonly shown: string
  readonly point: string
  readonly type: string
}

export interface MountTables {
  readonly ours: readonly SeenMount[]
  readonly theirs: readonly SeenMount[]
}

/** The first mount that is not where the plan has it, or shows something else. */
export function findStray(mounts: readonly Mount[], { ours, theirs }: MountTables): Mount | undefined {
  const byPoint = Map.groupBy(theirs, ({ point }) => point)
  return mounts.find((mount) => {
    if (mount.kind === 'link' || mount.kind === 'copy') return false
    return !byPoint.get(mount.path)?.some((seen) => isMeant(mount, seen, ours))
  })
}

function isMeant({ kind, path, source }: Mount, seen: SeenMount, ours: readonly SeenMount[]): boolean {
  switch (kind) {
    case 'read':
    case 'write':
    case 'pin':
    case 'stand-in':
    case 'device':
      // What has another source lies where no agent writes: only there a link is followed.
      return isSame(source === undefined ? path : realpathSync.native(source), seen, ours)
    case 'mask-file':
      return isSame(source === undefined ? '/dev/null' : realpathSync.native(source), seen, ours)
    case 'proc':
      return seen.type === 'proc'
    default:
      return seen.type === 'tmpfs'
  }
}

/** Whether a mount shows what the path names here. One of several mounts on the way hides the others; only it can be met. */
function isSame(path: string, { device, shown }: SeenMount, ours: readonly SeenMount[]): boolean {
  return ours.some((mount) => {
    const below = mount.point === '/' ? path : path.slice(mount.point.length)
    if (!path.startsWith(mount.point) || !(below === '' || below.startsWith('/'))) return false
    return mount.device === device && joined(mount.shown, below) === shown
  })
}

const joined = (folder: string, below: string) => (folder === '/' ? below : `${folder}${below}`) || '/'

export function parseMounts(text: string): readonly SeenMount[] {
  return text.split('\n').flatMap((line) => {
    const [, , device, shown, point, ...rest] = line.split(' ')
    if (device === undefined || shown === undefined || point === undefined) return []
    const type = rest[rest.indexOf('-') + 1] ?? ''
    return [{ device, shown: unescapeName(shown), point: unescapeName(point), type }]
  })
}

/** The kernel writes spaces and the like as `\040`; the rest are the name's own bytes. */
function unescapeName(name: string): string {
  const bytes = name.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
