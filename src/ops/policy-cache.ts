import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { openCacheFolder } from '../shared/cache-folder.ts'

/** Enough for every project of a person and a few edits of each; the oldest go first. */
const mostEntries = 200

/**
 * What was understood of specs before, by the hash of all that it depends on. It lies in the user's own cache folder
 * and never in a project, where a clone could ship it. Whatever is odd about it means that there is no cache.
 */
export interface PolicyCache {
  read(key: string): unknown
  write(key: string, value: unknown): void
}

export function openPolicyCache(env: NodeJS.ProcessEnv): PolicyCache {
  const folder = openCacheFolder('policy', env)
  if (folder === undefined) return { read: () => undefined, write: () => undefined }
  return {
    read: (key) => readEntry(join(folder, `${key}.json`)),
    write: (key, value) => writeEntry(folder, key, value),
  }
}

function readEntry(path: string): unknown {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const { uid, mode } = fstatSync(file)
    return uid === process.getuid?.() && (mode & 0o077) === 0
      ? JSON.parse(readFileSync(file, 'utf8'))
      : undefined
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function writeEntry(folder: string, key: string, value: unknown): void {
  const draft = join(folder, `${key}.${process.pid}.tmp`)
  try {
    writeFileSync(draft, JSON.stringify(value), { mode: 0o600, flag: 'wx' })
    renameSync(draft, join(folder, `${key}.json`))
    removeOldest(folder)
  } catch {
    rmSync(draft, { force: true })
  }
}

function removeOldest(folder: string): void {
  const names = readdirSync(folder)
  if (names.length <= mostEntries) return
  const byAge = names
    .map((name) => ({ name, time: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.time - a.time)
  for (const { name } of byAge.slice(mostEntries / 2)) rmSync(join(folder, name), { force: true })
}
