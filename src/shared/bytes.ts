import { isUtf8 } from 'node:buffer'

/**
 * Names and files of git are bytes, and need be no UTF-8. A byte that is none becomes half of a surrogate pair, as in no
 * text that is sound: `bytesOf` gives back what was read, whatever it was.
 */
export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  return bytes.toString('latin1').replaceAll(/[\x80-\xff]+/g, (run) => {
    const part = Buffer.from(run, 'latin1')
    return isUtf8(part)
      ? part.toString('utf8')
      : run.replaceAll(/./gs, (one) => String.fromCharCode(half + one.charCodeAt(0)))
  })
}

export function bytesOf(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text)
  const parts = text.split(/([\udc80-\udcff])/u)
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : Buffer.of(part.charCodeAt(0) - half))),
  )
}

/** A path as the file system takes it. */
export function onDisk(path: string): string | Buffer {
  return path.isWellFormed() ? path : bytesOf(path)
}

const half = 0xdc00
