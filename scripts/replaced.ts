import { readFileSync } from 'node:fs'

/** A source with other texts in the place of some of its own. Throws where one is not there any more. */
export function replaced(path: string, texts: Readonly<Record<string, string>>): string {
  let source = readFileSync(path, 'utf8')
  for (const [text, by] of Object.entries(texts)) {
    if (!source.includes(text)) throw new Error(`${path} has no \`${text}\``)
    source = source.replaceAll(text, by)
  }
  return source
}
