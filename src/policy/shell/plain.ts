/**
 * The words of a text that is one command of plain and wholly quoted words, with one space between: most texts are, and
 * need no grammar. Undefined for every other text.
 */
export function plainWords(text: string): readonly string[] | undefined {
  if (!plainText.test(text)) return undefined
  const words = text.includes("'") || text.includes('"') ? unquoted(text) : text.split(' ')
  return reserved.has(words[0] ?? '') ? undefined : words
}

/** A `=` only in options: elsewhere it may make the word an assignment. */
const plainText =
  /^[\w./][\w./:@%+,-]*(?: (?:-[\w./:@%+,~=-]*|[\w./:@%+,~][\w./:@%+,~-]*|'[^']*'|"[^"$`\\]*"))*$/

const reserved: ReadonlySet<string> = new Set(
  'if then else elif fi for while until do done case esac select in function time coproc'.split(' '),
)

function unquoted(text: string): readonly string[] {
  return (text.match(/'[^']*'|"[^"]*"|[^ ]+/g) ?? []).map((word) =>
    word[0] === "'" || word[0] === '"' ? word.slice(1, -1) : word,
  )
}
