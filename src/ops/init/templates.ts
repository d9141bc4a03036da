import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../shared/package.ts'
import { templateFiles } from './plan.ts'

/** The markdown that ships for `oos init`. */
export function readTemplates(): ReadonlyMap<string, string> {
  const read = (template: string) => readFileSync(join(packageRoot, 'templates', template), 'utf8')
  return new Map(templateFiles.map(({ template }) => [template, read(template)]))
}
