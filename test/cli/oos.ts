import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export const executable = join(import.meta.dirname, '../../bin/oos.js')

export interface Place {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
}

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program that was built. A variable that is `undefined` is taken out of its environment. */
export function oos(words: readonly string[], { cwd, env = {}, input }: Place): Outcome {
  const all = Object.entries({ ...process.env, COLUMNS: undefined, ...env }).filter(
    ([, value]) => value !== undefined,
  )
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [executable, ...words], {
    cwd,
    env: Object.fromEntries(all),
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
  })
  if (error !== undefined) throw error
  return { code: status, stdout, stderr }
}

/** A folder of its own, with these files in it; its path is resolved. */
export function makeTree(files: Readonly<Record<string, string>>, name = 'tree'): string {
  const folder = join(mkdtempSync(join(realpathSync(tmpdir()), 'oos-')), name)
  mkdirSync(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}
