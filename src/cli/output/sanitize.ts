// C0 and C1 controls, DEL, and what reorders or hides text: a terminal obeys them, a reader does not see them.
const unsafe = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu

/**
 * Text that somebody else wrote, made harmless for a terminal: control characters become visible. Tabs and line
 * breaks stay.
 */
export function sanitize(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unsafe, makeVisible)
}

/** The same on one line: a name with a line break in it cannot forge a second line. */
export function sanitizeLine(text: string): string {
  return text.replace(/[\t\n]/g, makeVisible).replace(unsafe, makeVisible)
}

function makeVisible(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const named = { 9: '\\t', 10: '\\n', 13: '\\r', 27: '\\e' }[code]
  return named ?? (code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`)
}
