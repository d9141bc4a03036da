import { readdirSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { isResource, resources } from '../policy/resources.ts'
import type { Run } from '../store/fold.ts'
import type { Store } from '../store/store.ts'
import { listRefs } from './diff/revision.ts'
import { isLearning } from './learn/last-run.ts'
import { isLearntHere, type Keeping } from './learn/learnt-here.ts'
import { readProject } from './project/project.ts'
import { readRecord } from './project/record.ts'
import { findProjectRoot, readHome, resolveFolder } from './project/root.ts'
import { specPath } from './spec-file.ts'

export interface Candidate {
  readonly value: string
  readonly description: string
}

interface Place {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

const mostRuns = 20
/** Those that learnt may lie far behind others. */
const mostLookedAt = 1000

/** The last runs, by the ends of their ids that people type; `learnt`: those that learnt here. Where there is no record, none. */
export async function offerRuns(place: Place, which?: 'learnt'): Promise<readonly Candidate[]> {
  try {
    const project = await readProject({ ...place, bare: true })
    const store = readRecord(project)
    const runs = store?.listRuns({ limit: which === undefined ? mostRuns : mostLookedAt }) ?? []
    const isOffered = (run: Run) =>
      which === undefined || hasLearnt(store, run, { place: project, env: place.env })
    const offered = runs.filter(isOffered).slice(0, mostRuns)
    store?.close()
    return offered.map(({ id, command }) => ({
      value: id.slice(-8),
      description: command.join(' ').slice(0, 60),
    }))
  } catch {
    return []
  }
}

function hasLearnt(store: Store | undefined, run: Run, keeping: Keeping): boolean {
  return store !== undefined && isLearning(store, run) && isLearntHere(store, run, keeping)
}

/** The project's own specs, as paths from where the person stands. */
export async function offerSpecs(place: Place): Promise<readonly Candidate[]> {
  try {
    const project = await readProject(place)
    return project.sources
      .filter(({ pack, path }) => pack === undefined && !path.startsWith('~/'))
      .map((source) => ({
        value: relative(resolveFolder(place.cwd), specPath(source, project)),
        description: source.kind,
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

/** What a request can be about, then the files that it could name and, behind a pattern, the actions where there are several. */
export function offerRequests(typed: string, { cwd }: Place): readonly Candidate[] {
  const [resource = '', pattern, ...rest] = typed.split(':')
  if (pattern === undefined)
    return Object.entries(resources).map(([name, { about }]) => ({ value: `${name}:`, description: about }))
  if (rest.length === 0) return resource === 'file' ? offerFiles(pattern, cwd) : []
  const actions = isResource(resource) ? Object.keys(resources[resource].actions) : []
  if (actions.length < 2) return []
  const before = typed.slice(0, typed.lastIndexOf(':') + 1)
  return actions.map((action) => ({ value: `${before}${action}`, description: 'action' }))
}

function offerFiles(typed: string, cwd: string): readonly Candidate[] {
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1)
  try {
    return readdirSync(resolve(cwd, folder), { withFileTypes: true }).map((child) => {
      const [end, description] = child.isDirectory() ? ['/', 'folder'] : [':', 'file']
      return { value: `file:${folder}${child.name}${end}`, description }
    })
  } catch {
    return []
  }
}
