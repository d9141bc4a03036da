/** The path and query of an absolute-form request: the path as it is judged and, the same bytes, sent. */
export interface RequestPath {
  readonly path: string
  /** With its `?`; passed on, never judged and never recorded. */
  readonly query: string
}

/**
 * Escapes of plain characters are undone and the rest written in upper case (RFC 3986, 6.2.2), so that `/%61dmin`
 * is `/admin` to the rules and to the server. Dot segments, escaped however often, are refused rather than resolved.
 */
export function parsePath(text: string): RequestPath | undefined {
  const at = text.indexOf('?')
  const written = at < 0 ? text : text.slice(0, at)
  const query = at < 0 ? '' : text.slice(at)
  if (!/^[\x21-\x7e]*$/.test(text) || /[\\#]|%5c|%00/i.test(written) || /%(?![0-9a-f]{2})/i.test(written))
    return undefined
  const path = written === '' ? '/' : written.replace(/%[0-9a-f]{2}/gi, canonicalEscape)
  return path.startsWith('/') && !hasDotSegment(path) ? { path, query } : undefined
}

function canonicalEscape(written: string): string {
  const character = String.fromCharCode(Number.parseInt(written.slice(1), 16))
  return /[A-Za-z0-9._~-]/.test(character) ? character : written.toUpperCase()
}

function hasDotSegment(path: string): boolean {
  const segments = undoneAgain(path).split(/\/|%2F|%5C/)
  return segments.some((segment) => /^\.{1,2}(;|%3B|$)/.test(segment))
}

/** For servers that undo escapes more than once: `%252E` is a dot to them. */
function undoneAgain(path: string): string {
  const once = path.replace(/%(?:25)+/g, '%').replace(/%[0-9a-f]{2}/gi, canonicalEscape)
  return once === path ? path : undoneAgain(once)
}
