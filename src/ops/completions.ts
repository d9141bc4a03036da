import { readProject } from './project.ts'
import { findProjectRoot, readHome } from './project-root.ts'
import { readRecord } from './record.ts'
import { listRefs } from './revision.ts'

export interface Candidate {
  readonly value: string
  readonly description: string
}

interface Place {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

const mostRuns = 20

/** The last runs, by the ends of their ids that people type. Where there is no record, none. */
export async function offerRuns(place: Place): Promise<readonly Candidate[]> {
  try {
    const store = readRecord(await readProject({ ...place, bare: true }))
    const runs = store?.listRuns({ limit: mostRuns }) ?? []
    store?.close()
    return runs.map(({ id, command }) => ({
      value: id.slice(-8),
      description: command.join(' ').slice(0, 60),
    }))
  } catch {
    return []
  }
}

/** Names of commits; behind the dots of a range, for its second half. */
export function offerRevisions(typed: string, { cwd, env }: Place): readonly Candidate[] {
  const before = /^.*\.{2,3}/.exec(typed)?.[0] ?? ''
  try {
    const names = ['HEAD', 'HEAD~1', ...listRefs(findProjectRoot(cwd, readHome(env)))]
    return names.map((name) => ({ value: `${before}${name}`, description: 'revision' }))
  } catch {
    return []
  }
}
