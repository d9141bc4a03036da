import { isProjectSource } from '../../spec/source.ts'
import { type Project, readProject } from '../project/project.ts'
import { agree } from '../trust/trust.ts'
import type { AppliedFile } from './apply.ts'
import type { InitPlan } from './plan.ts'

/**
 * What `oos init` wrote, the person has seen: it is not asked about again. A project that brought even one spec of its own
 * is asked about as a whole. Says whether it is known now.
 */
export async function trustWritten(
  plan: InitPlan,
  applied: readonly AppliedFile[],
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  if (applied.some(({ state }) => state === 'failed')) return false
  const project = await readProject({ cwd: plan.root, env })
  const own = project.sources.filter(isProjectSource)
  const ours = new Map(plan.files.map(({ path, content }) => [path, content]))
  const known = own.every(({ path, bytes }) => ours.get(path) === Buffer.from(bytes).toString('utf8'))
  return known && remember(project, env)
}

function remember(project: Project, env: NodeJS.ProcessEnv): boolean {
  try {
    agree(project, env)
    return true
  } catch {
    // A home folder that cannot be written: the first run asks, and nothing else is lost.
    return false
  }
}
