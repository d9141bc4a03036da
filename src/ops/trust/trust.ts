import { isOwnSource, isProjectSource } from '../../spec/source.ts'
import type { SpecSource } from '../../spec/types.ts'
import { readIdentity } from '../project/identity.ts'
import type { Project } from '../project/project.ts'
import type { Excess } from './excess.ts'
import { readTrust, removeTrust, stateHomeOf, type TrustRecord, writeTrust } from './record.ts'

/** Whether a project's specs may be obeyed as they are. */
export type Trust =
  /** `seen`: these very bytes; `kept`: others that give no more than was agreed to. */
  | { readonly state: 'seen' | 'kept'; readonly excess?: undefined }
  /** Only a yes lets the excess hold. */
  | { readonly state: Asking; readonly excess: Excess }

/** `changed`: the project's specs are others than were agreed to; `own`: only the person's own are. */
export type Asking = 'new' | 'changed' | 'own'

/** What a person has agreed to in this project. */
export function findTrust(
  { root, home }: Pick<Project, 'root' | 'home'>,
  env: NodeJS.ProcessEnv,
): TrustRecord | undefined {
  return readTrust(stateHomeOf(env, home), { root, identity: readIdentity(root) })
}

export function isSeen({ specHash }: Pick<Project, 'specHash'>, record: TrustRecord | undefined): boolean {
  return record?.seen === specHash
}

/** What was agreed to, against what the specs say now. Parses only specs that are not the ones last seen. */
export async function judgeTrust(project: Project, record: TrustRecord | undefined): Promise<Trust> {
  if (isSeen(project, record)) return { state: 'seen' }
  const { findExcess, isEmpty } = await import('./excess.ts')
  const excess = findExcess(project, { now: Date.now(), ...(record && { agreed: record.agreed }) })
  if (isEmpty(excess)) return { state: 'kept' }
  return { state: whyAsked(project, record), excess }
}

/** A pack of another oos, or an Allow that has ended, may give more though no spec is another. */
function whyAsked({ sources }: Project, record: TrustRecord | undefined): Asking {
  const agreed = record?.agreed ?? []
  if (!agreed.some(isProjectSource)) return 'new'
  const own = sources.filter(isOwnSource)
  const isPersons = (source: SpecSource) => !isProjectSource(source)
  const isProjectAsItWas = isSame(agreed.filter(isProjectSource), own.filter(isProjectSource))
  return isProjectAsItWas && !isSame(agreed.filter(isPersons), own.filter(isPersons)) ? 'own' : 'changed'
}

function isSame(before: readonly SpecSource[], now: readonly SpecSource[]): boolean {
  const bytesOf = new Map(before.map(({ path, bytes }) => [path, bytes]))
  return (
    before.length === now.length &&
    now.every(({ path, bytes }) => Buffer.compare(bytesOf.get(path) ?? new Uint8Array(), bytes) === 0)
  )
}

/** The person said yes to the specs as they are. Throws when it cannot be written down. */
export function agree(project: Project, env: NodeJS.ProcessEnv): void {
  remember(project, env, { agreed: project.sources.filter(isOwnSource), seen: project.specHash })
}

/** The person said yes to the specs as they will be; what then stands on the disk is still looked at. */
export function agreeTo(
  sources: readonly SpecSource[],
  place: Pick<Project, 'root' | 'home'>,
  env: NodeJS.ProcessEnv,
): void {
  remember(place, env, { agreed: sources.filter(isOwnSource), seen: '' })
}

/**
 * What a person has just accepted he has seen: if he had agreed to all that the specs gave before, he agrees to them as
 * they are now. Otherwise the next run asks about all of it.
 */
export async function trustEdited(
  before: Project,
  edited: readonly SpecSource[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const { excess } = await judgeTrust(before, findTrust(before, env))
  if (excess !== undefined) return
  try {
    agreeTo(edited, before, env)
  } catch {
    // A home folder that cannot be written: the next run asks.
  }
}

/** The specs as they are give no more than what was agreed to: the next time their bytes alone tell. */
export function rememberKept(
  project: Project,
  env: NodeJS.ProcessEnv,
  record: TrustRecord | undefined,
): void {
  const users = project.sources.filter((source) => isOwnSource(source) && !isProjectSource(source))
  remember(project, env, { agreed: record?.agreed ?? users, seen: project.specHash })
}

export function revoke({ root, home }: Pick<Project, 'root' | 'home'>, env: NodeJS.ProcessEnv): void {
  removeTrust(stateHomeOf(env, home), root)
}

function remember(
  { root, home }: Pick<Project, 'root' | 'home'>,
  env: NodeJS.ProcessEnv,
  kept: Pick<TrustRecord, 'agreed' | 'seen'>,
): void {
  writeTrust(stateHomeOf(env, home), { root, identity: readIdentity(root), ...kept })
}
