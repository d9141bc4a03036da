import { OosError } from '../../shared/errors.ts'
import { openProject, type Project, type ProjectOptions, readProject } from '../project/project.ts'
import { readRevision, resolveCommit } from './revision.ts'

/**
 * The project with the rules of its specs as they stand, or as a commit has them; the user's own specs and the packs are as
 * they are now either way.
 *
 * @throws OosError `spec-invalid` where these specs have an error, `usage` where there is no such commit
 */
export async function readRulesAt(place: ProjectOptions, revision?: string): Promise<Project> {
  if (revision === undefined) return openProject(place)
  const project = await readProject(place)
  const others = project.sources.filter(({ layer, pack }) => layer !== 'project' || pack !== undefined)
  const own = readRevision(project.root, resolveCommit(project.root, revision))
  const { parseSources } = await import('../../spec/parse.ts')
  const { rules, agents, diagnostics } = parseSources([...others, ...own])
  const fault = diagnostics.find(({ severity }) => severity === 'error')
  if (fault === undefined) return { ...project, rules, agents }
  throw new OosError('spec-invalid', `the specs of \`${revision}\` are wrong: ${fault.message}`, {
    place: fault.place,
    hint: 'name a revision whose specs are right, or none: oos spec backtest',
  })
}
