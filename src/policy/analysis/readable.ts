const readable = Array.from(
  'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ./-_:@+=,~ ',
  (each) => each.charCodeAt(0),
)
const ranks = new Map(readable.map((code, index) => [code, index]))

/** Which of two characters a made up example would rather have: the lower number. */
export function readability(code: number): number {
  return ranks.get(code) ?? (code > 0x20 && code < 0x7f ? 100 : 1_000)
}

export function mostReadable(min: number, max: number): number {
  if (min === max) return min
  return readable.find((code) => min <= code && code <= max) ?? Math.min(Math.max(min, 0x21), max)
}
