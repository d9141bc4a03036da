import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../shared/package.ts'

/** The page that explains a code, on its line; nothing where this oos came without its pages. */
export function createCodePages(): (code: string) => string | undefined {
  const file = join(packageRoot, 'docs', 'diagnostics.md')
  const lines = new Map(
    readText(file)
      .split('\n')
      .flatMap((line, index) => {
        const code = /^\| `([a-z-]+\/[a-z-]+)`/.exec(line)?.[1]
        return code === undefined ? [] : [[code, index + 1]]
      }),
  )
  if (lines.size === 0) return () => undefined
  const { href } = pathToFileURL(file)
  return (code) => {
    const line = lines.get(code)
    return line === undefined ? href : `${href}#L${line}`
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
