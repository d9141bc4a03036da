/** 1 MB: far above what a person writes, and quick to refuse. */
export const sizeLimit = 1024 * 1024

export type Decoded =
  | { readonly text: string }
  | { readonly problem: string; readonly code: 'source/too-large' | 'source/encoding'; readonly fix?: string }

/** UTF-8 and nothing else; a byte order mark is dropped, so that the first line's columns are right. */
export function decodeSource(bytes: Uint8Array): Decoded {
  if (bytes.length > sizeLimit)
    return { code: 'source/too-large', problem: `the file has ${bytes.length} bytes, more than 1 MB` }
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (utf16) return { code: 'source/encoding', problem: 'the file is UTF-16', fix: 'save it as UTF-8' }
  const nul = bytes.indexOf(0)
  if (nul >= 0)
    return {
      code: 'source/encoding',
      problem: `the file has a NUL byte at offset ${nul}`,
      fix: 'is it a text file? save it as UTF-8',
    }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { code: 'source/encoding', problem: 'the file is not valid UTF-8' }
  }
}
