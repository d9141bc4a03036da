/** A line as it was read, or the beginning of one that nothing can be said to. */
export type InputLine = { readonly text: string } | { readonly begins: string; readonly problem: string }

/** As long as a spec may be, and so as much of a line as is ever kept. */
const longest = 1024 * 1024
const shown = 100
const newline = 10

/**
 * The lines of an input, each as soon as it is whole. Node's `readline` would keep a line of any length, put another
 * character in the place of a byte that is no text, and see line ends that JSON allows in a string.
 */
export async function* readLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<InputLine> {
  let parts: Uint8Array[] = []
  let length = 0
  const add = (part: Uint8Array) => {
    if (length <= longest) parts.push(part.subarray(0, longest + 1 - length))
    length += part.length
  }
  for await (const chunk of input) {
    let from = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, end))
      yield decodeLine(Buffer.concat(parts))
      parts = []
      length = 0
      from = end + 1
    }
    add(chunk.subarray(from))
  }
  if (length > 0) yield decodeLine(Buffer.concat(parts))
}

function decodeLine(bytes: Buffer): InputLine {
  const begins = () => bytes.toString('utf8', 0, shown)
  if (bytes.length > longest) return { begins: begins(), problem: 'the line has more than 1 MB' }
  try {
    return { text: strict.decode(bytes).replace(/\r$/, '') }
  } catch {
    return { begins: begins(), problem: 'the line is not valid UTF-8' }
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
