import { basename, join, resolve } from 'node:path'
import { type PartsPlace, partsOf } from '../../policy/request/parts.ts'
import { hasHole } from '../../policy/shell/words.ts'
import type { Request } from '../../policy/types.ts'
import type { Complaint } from './complaints.ts'

/** Programs whose plain words are all paths that they change. */
const writing = new Set(['touch', 'tee', 'mkdir', 'rmdir', 'rm', 'mv', 'cp', 'ln'])

/**
 * Where nobody but the person at the terminal saw what a command said: the paths among its own words. Most programs only
 * read them, and that one of them may not write what a test is called says nothing of why it failed.
 */
export function pathsOfCommand(asked: Request, place: PartsPlace): readonly Complaint[] {
  // What its shell opens by itself was decided before the start.
  return partsOf(asked, place).parts.flatMap(({ resource, words = [] }) =>
    resource === 'shell' ? pathsAmong(words) : [],
  )
}

/** Where its words may be meant: where it starts, and where it goes in turn. */
export function foldersOfCommand(asked: Request, place: PartsPlace): readonly string[] {
  const folders = [asked.cwd ?? place.root]
  for (const { words: [program, folder = '~'] = [] } of partsOf(asked, place).parts) {
    if (program !== 'cd' || /^[-~]/.test(folder) || hasHole(folder)) continue
    folders.push(resolve(folders.at(-1) ?? place.root, folder))
  }
  return folders
}

const made = { unmade: true } as const

function pathsAmong([program = '', ...words]: readonly string[]): readonly Complaint[] {
  const name = basename(program)
  const plain = words.filter((word) => !word.startsWith('-') && !hasHole(word))
  if (name === 'git' && plain[0] === 'init')
    return [{ path: join(plain[1] ?? '.', '.git'), actions: ['write'], ...made }]
  const values = words.flatMap((word) => /^--?[\w-]+=(.+)$/.exec(word)?.[1] ?? [])
  const read = [...plain, ...values].map((path): Complaint => ({ path, actions: ['read'] }))
  if (!writing.has(name)) return read
  const changed = name === 'cp' || name === 'ln' ? plain.slice(-1) : plain
  return [...read, ...changed.map((path): Complaint => ({ path, actions: ['write'], ...made }))]
}
