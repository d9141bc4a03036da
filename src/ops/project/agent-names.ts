import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../shared/package.ts'
import { findProjectRoot, readHome, specFolder } from './root.ts'

/** Names of the agents that could be meant here, by their files alone: nothing is parsed, and nothing missing is an error. */
export function listAgentNames(cwd: string, env: NodeJS.ProcessEnv): string[] {
  const folders = [
    () => join(findProjectRoot(cwd, readHome(env)), specFolder, 'agents'),
    () => join(readHome(env), specFolder, 'agents'),
    () => join(packageRoot, 'specs', 'agents'),
  ]
  return [...new Set(folders.flatMap(namesIn))].sort()
}

function namesIn(folder: () => string): string[] {
  try {
    return readdirSync(folder())
      .filter((name) => name.endsWith('.md'))
      .map((name) => name.slice(0, -'.md'.length))
  } catch {
    return []
  }
}
