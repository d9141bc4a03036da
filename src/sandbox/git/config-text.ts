/** A line of git's configuration. */
export interface Setting {
  readonly section: string
  /** What stands in quotes behind the section's name: a condition, of `includeIf`. */
  readonly subsection?: string
  readonly key: string
  readonly value: string
}

export function parseSettings(text: string): readonly Setting[] {
  let head: Pick<Setting, 'section' | 'subsection'> = { section: '' }
  return text
    .replaceAll(/\\\r?\n/g, '')
    .split(/\r?\n/)
    .flatMap((line) => {
      head = parseHead(line) ?? head
      const [, key, value] = /^\s*(?:\[[^\]]*\]\s*)?([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
      if (key === undefined || value === undefined) return []
      return [{ ...head, key: key.toLowerCase(), value: parseGitValue(value) }]
    })
}

function parseHead(line: string): Pick<Setting, 'section' | 'subsection'> | undefined {
  const [, section, quoted] = /^\s*\[\s*([\w.-]+)\s*("(?:\\.|[^"\\])*")?/.exec(line) ?? []
  if (section === undefined) return undefined
  const subsection = quoted === undefined ? {} : { subsection: parseGitValue(quoted) }
  return { section: section.toLowerCase(), ...subsection }
}

/** Quotes group, a backslash escapes, `#` and `;` outside quotes begin a comment. */
function parseGitValue(text: string): string {
  let value = ''
  let quoted = false
  for (const [part] of text.matchAll(/\\.|./gsu)) {
    if (part === '"') quoted = !quoted
    else if (!quoted && (part === '#' || part === ';')) break
    else value += part.length === 2 && part.startsWith('\\') ? part.slice(1) : part
  }
  return value.trim()
}

/** A section of its own for each: the last one counts, as it was read. */
export function printSetting({ section, subsection, key, value }: Setting): string {
  const head = subsection === undefined ? section : `${section} ${quote(subsection)}`
  return `[${head}]\n\t${key} = ${quote(value)}\n`
}

const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`
