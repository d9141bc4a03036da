import { isSecretVariable } from './names.ts'

/** Shorter values are words that stand everywhere: blacking them out would make the record unreadable. */
const shortest = 8
/** A line of a longer value says little by itself if it is not long. */
const shortestLine = 16

/** The secrets of an environment, and what they look like elsewhere; each with the name of its variable. */
export function secretValues(env: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const [name, value = ''] of Object.entries(env)) {
    for (const secret of [...(isSecretVariable(name) ? [value, ...linesOf(value)] : []), passwordIn(value)]) {
      if (secret.length < shortest) continue
      for (const spelling of spellings(secret)) if (!names.has(spelling)) names.set(spelling, name)
    }
  }
  return names
}

function linesOf(value: string): string[] {
  const lines = value.split(/[\r\n]+/).map((line) => line.trim())
  return lines.length > 1 ? lines.filter((line) => line.length >= shortestLine) : []
}

/** Of a URL. */
function passwordIn(value: string): string {
  return /^[\w+.-]+:\/\/[^\s/:@]*:([^\s/@]+)@/.exec(value)?.[1] ?? ''
}

function* spellings(secret: string): Generator<string> {
  yield secret
  yield encodeURIComponent(secret.toWellFormed())
  const bytes = Buffer.from(secret)
  for (const ahead of [0, 1, 2]) {
    const text = inBase64(bytes, ahead)
    yield text
    yield text.replace(/\+/g, '-').replace(/\//g, '_')
  }
}

/** As a part of a longer text, with so many bytes ahead of it in a group of three: without the letters that say of both. */
function inBase64(bytes: Buffer, ahead: number): string {
  const text = Buffer.concat([Buffer.alloc(ahead), bytes]).toString('base64')
  return text.slice(ahead === 0 ? 0 : ahead + 1, Math.floor(((ahead + bytes.length) * 8) / 6))
}
