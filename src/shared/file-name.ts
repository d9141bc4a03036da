import { hash } from 'node:crypto'

const longest = 200

/** A path as one file name that no other path has, and that every tool can stand. No hash if it can be helped: loading `node:crypto` costs 3 ms. */
export function fileNameOf(path: string): string {
  const name = path.replace(/[^\w.-]/gu, (character) =>
    character === '/' ? '+' : `,${character.codePointAt(0)?.toString(16)},`,
  )
  return name.length <= longest ? name : hash('sha256', path, 'hex')
}
