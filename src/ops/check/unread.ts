import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic } from '../../shared/diagnostics.ts'
import { diagnostic } from '../../spec/report.ts'
import { isRuleLine } from '../../spec/rule/lost.ts'
import type { Project } from '../project/project.ts'
import { specFolder } from '../project/root.ts'

/** Files beside the specs that look like one, and are not read because of their names. */
export function readUnread(project: Pick<Project, 'root' | 'home' | 'specs'>): readonly Diagnostic[] {
  const { root, home, specs = join(root, specFolder) } = project
  const own = { shown: `~/${specFolder}`, folder: join(home, specFolder) }
  return [own, ...(root === home ? [] : [{ shown: specFolder, folder: specs }])]
    .flatMap(({ shown, folder }) => [
      { shown, folder },
      { shown: `${shown}/agents`, folder: join(folder, 'agents') },
      { shown: `${shown}/rules`, folder: join(folder, 'rules') },
    ])
    .flatMap(({ shown, folder }) =>
      namesIn(folder)
        .filter((name) => markdown.test(name) || (text.test(name) && hasRule(join(folder, name))))
        .map((name) => {
          const place = { file: `${shown}/${name}`, line: 1, column: 1 }
          return diagnostic(
            'source/unread',
            place,
            `\`${name}\` is not read: the name of a spec ends in \`.md\``,
          )
        }),
    )
}

const markdown = /\.(?:markdown|mdown|mkdn?|mdx|mdc)$/i
const text = /^[^.]+$|\.(?:txt|text|rst|adoc)$/i
const largest = 64 * 1024

/** What cannot be listed is told of by who reads the specs. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort()
  } catch {
    return []
  }
}

function hasRule(file: string): boolean {
  try {
    return statSync(file).size <= largest && readFileSync(file, 'utf8').split(/\r?\n/).some(isRuleLine)
  } catch {
    return false
  }
}
