import { join, resolve } from 'node:path'
import { readPlainFile } from '../../sandbox/plain-file.ts'
import { marker } from './script.ts'

/** Whether a commit here may ask oos: the hooks are written, and git may run them. Found out from a few files, without git: each run has to know. */
export function usesHooks(top: string, common: string): boolean {
  const folder = /^\s*hookspath\s*=\s*"?([^"\n]+?)"?\s*$/im.exec(
    readPlainFile(join(common, 'config')) ?? '',
  )?.[1]
  const places = [
    join(common, 'hooks/pre-commit'),
    ...(folder === undefined ? [] : [resolve(top, folder, 'pre-commit')]),
    join(top, '.husky/pre-commit'),
    ...['lefthook.yml', '.lefthook.yml', 'lefthook.yaml', '.lefthook.yaml', '.config/lefthook.yml'].map(
      (name) => join(top, name),
    ),
  ]
  return places.some((path) => readPlainFile(path)?.includes(marker) === true)
}
