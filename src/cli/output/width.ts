const zeroWidth = /[\p{Mn}\p{Me}\p{Cf}]/u
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f9ff}\u{20000}-\u{3fffd}]/u

/** Columns that text without escape sequences takes up in a terminal. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  return Array.from(text).reduce((sum, character) => sum + characterWidth(character), 0)
}

/** Lines of at most `width` columns, broken at spaces where there are any. */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(1, width)))
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(/(?<= )/)) {
    if (displayWidth(current + word.trimEnd()) <= width) {
      current += word
      continue
    }
    if (current !== '') lines.push(current.trimEnd())
    const pieces = breakWord(word, width)
    lines.push(...pieces.slice(0, -1))
    current = pieces.at(-1) ?? ''
  }
  return [...lines, current.trimEnd()]
}

function breakWord(word: string, width: number): string[] {
  const pieces = ['']
  let used = 0
  for (const character of word) {
    const columns = characterWidth(character)
    if (used + columns > width && used > 0 && character !== ' ') {
      pieces.push('')
      used = 0
    }
    pieces[pieces.length - 1] += character
    used += columns
  }
  return pieces
}

function characterWidth(character: string): number {
  if (wide.test(character)) return 2
  return zeroWidth.test(character) ? 0 : 1
}
