import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Project } from './project.ts'
import { recordPath, usualRecord } from './record.ts'

/** Who clones a project, or adds a work tree, has no `.oos/` there yet: what is kept in it does not land in git. */
export async function keepRecordOut(project: Project): Promise<void> {
  const isUsual = recordPath(project) === join(project.root, usualRecord)
  if (!isUsual || existsSync(join(project.root, dirname(dirname(usualRecord)), '.gitignore'))) return
  const { ignoreRecord } = await import('../init/ignore-record.ts')
  ignoreRecord(project)
}
