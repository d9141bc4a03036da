import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../shared/package.ts'
import { isExecutable } from '../shared/path-facts.ts'
import { pathOutside } from '../shared/path-outside.ts'
import { quoteWord } from '../shared/quote-word.ts'

/** The `oos` that git hooks and editors start: the first in PATH that no project can have put there. */
export interface FoundOos {
  readonly path: string
  /** Why it does not start, in its own words: mostly a Node that is too old. */
  readonly problem?: string
}

export function findOos(root: string, env: NodeJS.ProcessEnv): FoundOos | undefined {
  const path = pathOutside(root, env.PATH)
    .map((folder) => join(folder, 'oos'))
    .find(isExecutable)
  if (path === undefined) return undefined
  const { status, stdout, stderr, error } = spawnSync(path, ['--version'], {
    env,
    encoding: 'utf8',
    timeout: 10_000,
  })
  if (status === 0 && /^\d+\.\d+\.\d+/.test(stdout)) return { path }
  const said = stderr
    ?.trim()
    .split('\n')[0]
    ?.replace(/^oos: /, '')
  return { path, problem: said || error?.message || 'it does not say its version' }
}

/** Puts this oos, with the Node that runs it, where hooks and editors find it: an alias is known to one shell alone. */
export function wrapperLine(): string {
  const [node, oos] = [process.execPath, join(packageRoot, 'bin/oos.js')].map(quoteWord)
  const script = `printf '#!/bin/sh\\nexec "%s" "%s" "$@"\\n' ${node} ${oos}`
  return `mkdir -p ~/${wrapperFolder} && ${script} > ~/${wrapperFolder}/oos && chmod +x ~/${wrapperFolder}/oos`
}

export const wrapperFolder = '.local/bin'
