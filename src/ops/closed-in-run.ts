import type { Policy } from '../policy/compile.ts'
import type { Request } from '../policy/types.ts'
import { fileMounts } from '../sandbox/mounts.ts'
import { nearest } from '../sandbox/tree/access-at.ts'
import { readTree } from '../sandbox/tree/read.ts'
import type { Mount, MountKind } from '../sandbox/types.ts'

export interface ClosedInRun {
  readonly access: 'none' | 'read'
  /** What closes it, of which the request itself says nothing: a folder above it, another name, a link. */
  readonly by: Pick<Mount, 'path' | 'rule' | 'note'>
}

/** Why a run could not do what the rules allow with a file of the project: a mount is as wide as what lies there. */
export async function closedInRun(
  policy: Policy,
  { action, target, agent = 'command' }: Request,
): Promise<ClosedInRun | undefined> {
  const { mounts } = fileMounts(await readTree(policy, agent))
  const by = nearest(new Map(mounts.map((mount) => [mount.path, mount])), target)
  const access = by === undefined ? 'write' : accessOf[by.kind]
  if (by === undefined || access === undefined || access === 'write') return undefined
  return access === 'read' && action === 'read' ? undefined : { access, by }
}

const accessOf: Readonly<Partial<Record<MountKind, 'none' | 'read' | 'write'>>> = {
  'mask-file': 'none',
  'mask-folder': 'none',
  read: 'read',
  write: 'write',
  pin: 'write',
}
