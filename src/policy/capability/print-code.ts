/** A pattern that begins with @ is no name of a Let. */
export function escapeLet(capability: string): string {
  return capability.replace(/^([a-z]+:)@/, '$1\\@')
}

/** A code span for any text of one line: its fence is longer than every run of backticks in it. */
export function printCode(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad =
    text.startsWith('`') || text.endsWith('`') || (/^ .* $/.test(text) && text.trim() !== '') ? ' ' : ''
  return `${fence}${pad}${text}${pad}${fence}`
}
