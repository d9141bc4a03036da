const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const timeLength = 10
const randomLength = 16

/**
 * The next ULID after `previous`: 48 bits of time and 80 of random, in Crockford's base 32. Within one millisecond, and
 * when the clock goes back, it counts up from `previous`, so that ids sort in the order in which they were made.
 */
export function nextUlid(previous: string | undefined, now: number, random: Uint8Array): string {
  const time = encodeTime(now)
  if (previous !== undefined && previous.slice(0, timeLength) >= time) return increment(previous)
  return time + Array.from(random.subarray(0, randomLength), (byte) => alphabet[byte & 31]).join('')
}

/** What people see and type of an id: its last 8 characters. */
export function shortId(id: string): string {
  return id.slice(-8)
}

function encodeTime(now: number): string {
  let text = ''
  for (let rest = Math.floor(now); text.length < timeLength; rest = Math.floor(rest / 32)) {
    text = (alphabet[rest % 32] ?? '') + text
  }
  return text
}

function increment(id: string): string {
  const last = alphabet.indexOf(id.slice(-1))
  if (last < 31) return id.slice(0, -1) + alphabet[last + 1]
  return `${increment(id.slice(0, -1))}0`
}
