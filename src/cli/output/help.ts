import type { CommandEntry } from '../command.ts'
import type { Terminal } from '../terminal.ts'
import { wrapText } from './width.ts'

/** In less a word a line would be left of a text. */
export const narrowestText = 16

/** The first page: every command that people type, in groups, with an example of each group. */
export function renderFirstPage(
  entries: readonly CommandEntry[],
  { style, width: columns }: Pick<Terminal, 'style' | 'width'>,
): string {
  const shown = entries.filter(({ hidden }) => hidden !== true)
  const groups = [...new Set(shown.map(({ group }) => group))]
  const width = Math.max(...shown.map(({ name }) => name.length))
  const row = (name: string, text: string) => {
    const lines = wrapText(text, Math.max(narrowestText, columns - width - 4))
    return `  ${name.padEnd(width)}  ${lines.join(`\n${' '.repeat(width + 4)}`)}\n`
  }
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
