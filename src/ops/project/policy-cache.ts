import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCacheFolder, readOwnFile } from '../../shared/cache-folder.ts'

/** Enough for every project of a person; the oldest go first. */
const mostEntries = 200

/**
 * What was understood of specs before, an entry a project. It lies in the user's own cache folder and never in a
 * project, where a clone could ship it. Whatever is odd about it means that there is no cache.
 */
export interface PolicyCache {
  /** What was written for bytes that are equal to these. */
  read(key: Uint8Array): unknown
  write(key: Uint8Array, value: unknown): void
}

/**
 * All bytes are compared, not a hash of them: loading `node:crypto` takes longer than all the rest. An entry is how many they
 * are, in a line, the bytes, and the value.
 */
export function openPolicyCache(project: string, env: NodeJS.ProcessEnv): PolicyCache {
  const folder = openCacheFolder('policy', env)
  if (folder === undefined) return { read: () => undefined, write: () => undefined }
  const name = nameOf(project)
  return {
    read: (key) => readEntry(join(folder, name), key),
    write: (key, value) =>
      writeEntry(folder, name, Buffer.concat([lengthOf(key), key, Buffer.from(JSON.stringify(value))])),
  }
}

function readEntry(path: string, key: Uint8Array): unknown {
  const entry = readOwnFile(path)
  if (entry === undefined) return undefined
  const length = lengthOf(key)
  const end = length.length + key.length
  const isSame =
    length.equals(entry.subarray(0, length.length)) && entry.subarray(length.length, end).equals(key)
  try {
    return isSame ? JSON.parse(entry.toString('utf8', end)) : undefined
  } catch {
    return undefined
  }
}

function lengthOf(key: Uint8Array): Buffer {
  return Buffer.from(`${key.length}\n`)
}

function writeEntry(folder: string, name: string, entry: Uint8Array): void {
  const draft = join(folder, `${name}.${process.pid}.tmp`)
  try {
    writeFileSync(draft, entry, { mode: 0o600, flag: 'wx' })
    renameSync(draft, join(folder, name))
    removeOldest(folder)
  } catch {
    rmSync(draft, { force: true })
  }
}

/** FNV-1a. Two projects that meet in one name only take turns: an entry is believed for its text alone. */
function nameOf(project: string): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of Buffer.from(project)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return `${hash.toString(16)}.json`
}

function removeOldest(folder: string): void {
  const names = readdirSync(folder)
  if (names.length <= mostEntries) return
  const byAge = names
    .map((name) => ({ name, time: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.time - a.time)
  for (const { name } of byAge.slice(mostEntries / 2)) rmSync(join(folder, name), { force: true })
}
