import type { SpecSource } from '../../spec/types.ts'
import type { Project } from '../project.ts'
import { agreeTo, findTrust, judgeTrust } from '../trust.ts'

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
