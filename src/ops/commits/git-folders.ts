import { statSync } from 'node:fs'
import { join } from 'node:path'
import { isStandIn } from '../../sandbox/stand-ins.ts'
import { onDisk } from '../../shared/bytes.ts'
import { entriesOf } from './refs.ts'

/** What a half-done rebase, patches and picks go on from, or go back to. */
export const operations = ['rebase-merge', 'rebase-apply', 'sequencer'] as const

/** What is to be picked next, as whoever goes on with it will read it. */
export function isList(path: string): boolean {
  return /\/(?:sequencer\/todo|rebase-merge\/git-rebase-todo)$/.test(path)
}

/**
 * Below a `.git` folder, and open to a run: it may not write `hooks`, `modules` and `worktrees`. Their own entries alone,
 * since to look at every object would cost.
 */
const written = [
  'objects',
  'objects/info',
  'objects/pack',
  'info',
  'lfs',
  'reftable',
  'rr-cache',
  ...operations,
]

/**
 * Git writes in these folders, and clears them up: with a link in their place or in them, a later `git gc` does that in
 * another repository, or to any folder. A pipe in them it waits for.
 */
export function findOddFolders(folder: string, odd: string[]): void {
  for (const name of written) {
    for (const entry of entriesOf(join(folder, name), odd)) {
      const path = join(folder, name, entry.name)
      if (!entry.isDirectory() && !entry.isFile() && !isStandIn(path)) odd.push(path)
    }
  }
}

/** In an object's place, what git would wait for until somebody writes to it. Only for when git is about to be asked. */
export function findOddObjects(common: string, odd: string[]): void {
  const objects = join(common, 'objects')
  const folders = entriesOf(objects, []).filter(({ name }) => /^[0-9a-f]{2}$/.test(name))
  for (const folder of folders) {
    if (!folder.isDirectory()) continue
    for (const entry of entriesOf(join(objects, folder.name), [])) {
      const path = join(objects, folder.name, entry.name)
      if (!entry.isDirectory() && !entry.isFile() && !leadsToFile(path)) odd.push(path)
    }
  }
}

function leadsToFile(path: string): boolean {
  try {
    return statSync(onDisk(path)).isFile()
  } catch {
    return false
  }
}
