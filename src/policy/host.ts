/**
 * The one way to write a host: lower case, no trailing dot, an IPv4 address dotted (`0x7f.1`, `2130706433`,
 * `[::ffff:127.0.0.1]` are 127.0.0.1), an IPv6 address in its shortest form and without brackets.
 * Undefined when the text is no host; a name beyond ASCII arrives here in its `xn--` form or not at all.
 */
export function canonicalHost(text: string): string | undefined {
  if (text.startsWith('[')) return text.endsWith(']') ? canonicalAddress6(text.slice(1, -1)) : undefined
  const host = text.toLowerCase().replace(/\.$/, '')
  const labels = host.split('.')
  if (host.length > 253 || !labels.every((label) => /^[a-z0-9-]{1,63}$/.test(label))) return undefined
  // As in URLs: a name that ends in a number is an address, or nothing.
  return /^([0-9]+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '') ? canonicalAddress4(labels) : host
}

function canonicalAddress4(parts: readonly string[]): string | undefined {
  const numbers = parts.map(parseNumber)
  const last = numbers.at(-1) ?? Number.NaN
  const first = numbers.slice(0, -1)
  if (numbers.length > 4 || !first.every((number) => number < 256)) return undefined
  if (!(last < 256 ** (4 - first.length))) return undefined
  const tail = Array.from(
    { length: 4 - first.length },
    (_, at) => Math.floor(last / 256 ** at) % 256,
  ).reverse()
  return [...first, ...tail].join('.')
}

function parseNumber(text: string): number {
  if (/^0x[0-9a-f]*$/.test(text)) return text === '0x' ? 0 : Number.parseInt(text, 16)
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8)
  return /^[1-9][0-9]*$/.test(text) ? Number(text) : Number.NaN
}

function canonicalAddress6(text: string): string | undefined {
  // The only thing a URL parser is asked: the shortest form of what can be nothing but an IPv6 address.
  if (!/^[0-9A-Fa-f:.]+$/.test(text) || !URL.canParse(`http://[${text}]`)) return undefined
  const short = new URL(`http://[${text}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short)
  if (!mapped) return short
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
