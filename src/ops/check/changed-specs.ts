import { join } from 'node:path'
import { packageRoot } from '../../shared/package.ts'
import { readSources } from '../../spec/read.ts'
import type { Project } from '../project/project.ts'

/** The specs, as people know them, that are no longer what this project was read from. */
export function changedSpecs({ root, home, sources }: Project): readonly string[] {
  const now = readSources({ root, home, packs: join(packageRoot, 'specs') }).sources
  const before = new Map(sources.map(({ path, bytes }) => [path, bytes]))
  const after = new Map(now.map(({ path, bytes }) => [path, bytes]))
  const paths = [...new Set([...before.keys(), ...after.keys()])]
  return paths.filter((path) => !isSame(before.get(path), after.get(path)))
}

function isSame(before: Uint8Array | undefined, after: Uint8Array | undefined): boolean {
  return before !== undefined && after !== undefined && Buffer.compare(before, after) === 0
}
