const zeroWidth = /[\p{Mn}\p{Me}\p{Cf}]/u
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f9ff}\u{20000}-\u{3fffd}]/u

/** Columns that text without escape sequences takes up in a terminal. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  return Array.from(text).reduce((sum, character) => sum + characterWidth(character), 0)
}

/** Lines of at most `width` columns, broken at spaces where there are any; at those in a code span only where that is too long itself. */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(1, width)))
}

/** Words, each with the space behind it. */
function wordsOf(line: string, width: number): readonly string[] {
  const whole = line.match(/(?:`[^`]*`|[^ ])+ ?|^ +| +/g) ?? []
  return whole.flatMap((word) => (displayWidth(word.trimEnd()) <= width ? word : word.split(/(?<= )/)))
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of wordsOf(line, width)) {
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
      const full = pieces.pop() ?? ''
      const cut = goodBreak(full)
      pieces.push(full.slice(0, cut), full.slice(cut))
      used = displayWidth(full.slice(cut))
    }
    pieces[pieces.length - 1] += character
    used += columns
  }
  return pieces
}

/** Behind the last separator of a path or a list, if that wastes no more than half of the line. */
function goodBreak(text: string): number {
  const cut = Math.max(...['/', ',', ':', '='].map((mark) => text.lastIndexOf(mark) + 1))
  return cut > text.length / 2 ? cut : text.length
}

function characterWidth(character: string): number {
  if (wide.test(character)) return 2
  return zeroWidth.test(character) ? 0 : 1
}
