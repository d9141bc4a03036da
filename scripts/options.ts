import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BuildOptions } from 'esbuild'
import { plainBuiltins } from './plain-builtins.ts'
import { understoodPacks } from './understood-packs.ts'
import { withoutEngines } from './without-engines.ts'

const root = join(import.meta.dirname, '..')

/** How esbuild makes a program of the sources. */
export const options = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.14',
  // Names stay, for the sake of who reads a stack.
  minifySyntax: true,
  minifyWhitespace: true,
  define: { OOS_CODE: JSON.stringify(hashOfSource()) },
  external: ['better-sqlite3'],
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [understoodPacks(), withoutEngines(), plainBuiltins()],
} satisfies BuildOptions

function hashOfSource(): string {
  const hash = createHash('sha256')
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  )
  for (const path of files.sort()) hash.update(path).update(readFileSync(join(root, 'src', path)))
  return hash
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
    .slice(0, 16)
}
