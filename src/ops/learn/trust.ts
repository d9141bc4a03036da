import { type Project, readProject } from '../project.ts'
import { compareTrust, readTrust, rememberTrust, stateHomeOf, trustSubject } from '../trust.ts'

/**
 * What a person has just accepted he has seen: if he had agreed to the specs as they were, he agrees to them as they are.
 * Says whether it is known now.
 */
export async function trustEdited(before: Project, env: NodeJS.ProcessEnv): Promise<boolean> {
  const stateHome = stateHomeOf(env, before.home)
  const isNew = !before.sources.some(({ layer }) => layer === 'project')
  if (!isNew) {
    const { state } = await compareTrust(readTrust(stateHome, before.root), trustSubject(before))
    if (state === 'new' || state === 'changed') return false
  }
  try {
    await rememberTrust(stateHome, trustSubject(await readProject({ cwd: before.root, env })))
    return true
  } catch {
    // A home folder that cannot be written: the next run asks.
    return false
  }
}
