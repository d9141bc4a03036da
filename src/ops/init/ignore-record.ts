import { statOf } from '../../sandbox/look.ts'
import { applyInit } from './apply.ts'
import { placeOf, templateFiles } from './plan.ts'
import { readTemplates } from './templates.ts'

const ignoreFile = '.oos/.gitignore'

/** As `oos init` does; what cannot be written shows itself when the record is opened. */
export function ignoreRecord(place: { readonly root: string; readonly home: string }): void {
  const { inside, file } = placeOf(ignoreFile, place)
  if (statOf(file) !== undefined) return
  const template = templateFiles.find(({ path }) => path === ignoreFile)?.template ?? ''
  const content = readTemplates().get(template) ?? ''
  const planned = { path: ignoreFile, file, inside, content, state: 'new', difference: [] } as const
  applyInit({ files: [planned] })
}
