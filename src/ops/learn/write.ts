import { join } from 'node:path'
import { hasErrors } from '../../shared/diagnostics.ts'
import { OosError } from '../../shared/errors.ts'
import { type Addition, addRules, specWith } from '../../spec/edit/add-rules.ts'
import { parseSources } from '../../spec/parse.ts'
import { projectSource } from '../../spec/read.ts'
import type { SpecSource } from '../../spec/types.ts'
import { applyInit } from '../init/apply.ts'
import { openFolder } from '../init/folder.ts'
import { nameOf } from '../init/look.ts'
import type { Project } from '../project/project.ts'
import { specFolder } from '../project/root.ts'
import { replaceSpec } from '../spec-file.ts'
import type { Proposal } from './proposal.ts'

/** Where what was learnt goes. */
export const learnedFile = `${specFolder}/AGENT.md`

const intro =
  'What an agent may do in this project. The rules below are held by oos, whichever agent runs; `oos spec show --all` lists everything that applies.'

export interface SpecEdit {
  readonly bytes: Uint8Array
  /** The file as it is; none where it is new. */
  readonly source?: SpecSource
  /** All specs as they are once it is written. */
  readonly sources: readonly SpecSource[]
}

/**
 * The spec with what was accepted in it.
 *
 * @throws OosError `failed` where `spec check` would then find something wrong
 */
export function planEdit(
  project: Pick<Project, 'root' | 'sources'>,
  accepted: readonly Proposal[],
): SpecEdit {
  const addition: Addition = {
    heading: 'Learned',
    about: 'What runs were seen to need, and a person said yes to.',
    packs: accepted.flatMap(({ pack }) => pack ?? []),
    rules: accepted.filter(({ rule }) => rule !== undefined).map(({ text }) => text),
  }
  const source = project.sources.find(({ path }) => path === learnedFile)
  const bytes =
    source === undefined
      ? Buffer.from(specWith(nameOf(openFolder(project.root), project.root), intro, addition))
      : addRules(source, addition)
  const edited = bytes === undefined ? undefined : (source ?? projectSource('AGENT.md', bytes))
  if (bytes === undefined || edited === undefined) throw noPlace()
  const others = project.sources.filter((each) => each !== source)
  const sources = [...others, { ...edited, bytes }]
  if (hasErrors(parseSources(sources).diagnostics)) throw noPlace()
  return { bytes, ...(source && { source }), sources }
}

const noPlace = () =>
  new OosError('failed', `with these rules \`${learnedFile}\` would no longer check`, {
    hint: 'oos learn --dry-run, and write the rules by hand',
  })

/**
 * Puts it there, all at once; never over what nobody has looked at.
 *
 * @throws OosError `project-unwritable`
 */
export function writeEdit({ bytes, source }: SpecEdit, project: Project): void {
  if (source === undefined) createSpec(bytes, project)
  else replaceSpec(source, bytes, project)
}

function createSpec(bytes: Uint8Array, { root }: Project): void {
  const content = Buffer.from(bytes).toString('utf8')
  const file = join(root, learnedFile)
  const planned = { path: learnedFile, file, inside: root, content, state: 'new', difference: [] } as const
  const [applied] = applyInit({ files: [planned] })
  if (applied?.state === 'written') return
  throw new OosError(
    'project-unwritable',
    `\`${learnedFile}\` cannot be written: ${applied?.problem ?? applied?.state}`,
    {
      hint: `ls -ld ${specFolder}; inside a run no spec can be written`,
    },
  )
}
