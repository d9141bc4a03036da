import { type ParsedScript, parse } from 'unbash'
import { plainWords } from './plain.ts'
import { Reader } from './reader.ts'
import type { ShellReading } from './shell-reading.ts'
import { hasHole } from './words.ts'

/** Longer text is not read: nobody types it, and reading must take a bounded time. */
const longestText = 1_000_000

/** Every simple command that the text could run in a shell, and every file it redirects to. Never throws. */
export function parseCommands(text: string): ShellReading {
  if (text.length > longestText) return unread(text, 'it is longer than a million characters')
  if (text.includes('\0')) return unread(text, 'it holds a NUL character')
  const words = plainWords(text)
  return guarded(text, (reader) =>
    words === undefined ? reader.script(parse(text) as ParsedScript) : reader.plain(words),
  )
}

/** The same for words that are run without a shell; what they run in turn (`sh -c`, `env`, `xargs` …) is read too. */
export function readArgv(words: readonly string[]): ShellReading {
  const text = words.join(' ')
  if (words.some(hasHole)) return unread(text, 'it holds a NUL character')
  if (words.length === 0 || words[0] === '') return unread(text, 'it names no program')
  return guarded(text, (reader) => reader.run(words))
}

/** Fail closed: nesting deep enough to exhaust the stack is undecidable, never an exception. */
function guarded(text: string, read: (reader: Reader) => void): ShellReading {
  const reader = new Reader(text)
  try {
    read(reader)
    return reader.finish()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return unread(text, 'it is nested too deeply')
  }
}

function unread(text: string, reason: string): ShellReading {
  return { commands: [], files: [], undecidable: { text: text.slice(0, 200), reason } }
}
