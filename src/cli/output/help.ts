import type { CommandEntry } from '../command.ts'
import type { Style } from './style.ts'

/** The first page: every command that people type, in groups, with an example of each group. */
export function renderFirstPage(entries: readonly CommandEntry[], style: Style): string {
  const shown = entries.filter(({ hidden }) => hidden !== true)
  const groups = [...new Set(shown.map(({ group }) => group))]
  const width = Math.max(...shown.map(({ name }) => name.length))
  const row = (name: string, text: string) => `  ${name.padEnd(width)}  ${text}\n`
  const sections = groups.map((group) => {
    const members = shown.filter((entry) => entry.group === group)
    const rows = members.map(({ name, summary }) => row(name, summary))
    return `${style.bold(`${group}:`)}\n${rows.join('')}${style.dim(`  $ ${members[0]?.example}`)}\n`
  })
  const options = [
    row('--json', 'print the answer as one JSON document'),
    row('--no-color', 'print without colours'),
    row('--version', 'print the version'),
    row('--help', 'show help; after a command, the help of that command'),
  ]
  return [
    `${style.bold('oos')}  markdown rules that bind a real command\n`,
    ...sections,
    `${style.bold('Everywhere:')}\n${options.join('')}`,
  ].join('\n')
}
