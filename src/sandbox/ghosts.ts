import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { makeFolders } from '../shared/make-folders.ts'
import { removeAbandoned } from './abandoned.ts'
import { readProcess } from './process/processes.ts'
import { removeIfUntouched } from './remove.ts'
import { closeSocket, makeStandIns, putSocket } from './stand-ins.ts'
import type { Placeholder, SandboxPlan } from './types.ts'

/** A project's runs, and what they put on the host in order to protect: gone when the last of them has ended. */
export interface Ghosts {
  /** Writes down what is about to be made, and makes the placeholders. To be called before bubblewrap starts. */
  readonly remember: (plan: Pick<SandboxPlan, 'ghosts' | 'placeholders'>) => void
  /** When nothing of the run is left inside. */
  readonly leave: () => void
}

interface Entry {
  readonly pid: number
  /** With the pid, the identity of the process: a later one may get the same number. */
  readonly started: number
  readonly made: readonly Made[]
}

/** A mount point of bubblewrap's, or a placeholder with its content. */
interface Made {
  readonly path: string
  readonly content?: string
}

/**
 * Announces a run, after removing what runs that were killed have left. To be called before the tree is read, so that
 * nobody removes what this run takes for a part of the project. `folder` is one project's, `standIns` that of
 * `stand-ins.ts`, and nothing inside can write them.
 */
export function openGhosts(folder: string, standIns: string): Ghosts {
  makeFolders(folder)
  makeStandIns(standIns)
  closeSocket(standIns)
  removeGhosts(folder)
  const file = freeName(folder)
  const self = { pid: process.pid, started: readProcess(process.pid)?.started ?? 0 }
  let made: readonly Made[] = []
  writeEntry(file, { ...self, made })
  return {
    remember: ({ ghosts, placeholders }) => {
      made = [...ghosts.flatMap(withMissingParents).map((path) => ({ path })), ...placeholders].filter(
        isAbsent,
      )
      writeEntry(file, { ...self, made })
      requireWritable(made)
      for (const placeholder of placeholders) makePlaceholder(placeholder, standIns)
    },
    leave: () => {
      try {
        // Somebody may have taken the state folder away meanwhile.
        makeFolders(folder)
        writeEntry(file, { pid: 0, started: 0, made })
      } catch {
        // A full disk: the entry stays, and the next run sees that this one is over.
      }
      closeSocket(standIns)
      removeGhosts(folder, file)
    },
  }
}

/**
 * INVARIANT: never while another run of the project is alive. What is a ghost of one run may be a mount point of the
 * other, and removing it on the host takes the mount away inside.
 */
function removeGhosts(folder: string, own?: string): void {
  const names = readdirSync(folder)
  removeAbandoned(folder, names)
  const files = names.filter((name) => name.endsWith('.json'))
  const entries = files.map((name) => readEntry(join(folder, name)))
  if (entries.some((entry, index) => join(folder, files[index] ?? '') !== own && isRunning(entry))) return
  const made = entries.flatMap((entry) => entry.made)
  // The project was moved away, with all that was made in it: it may come back.
  if (made.length > 0 && made.every(({ path }) => isAbsent({ path: dirname(path) }))) return
  // What lies inside goes before the folder that it lies in.
  made.sort((a, b) => b.path.length - a.path.length)
  const left = new Set(made.filter(({ path, content }) => !removeIfUntouched(path, content)))
  const over = files.filter((_, index) => !entries[index]?.made.some((one) => left.has(one)))
  for (const name of over) rmSync(join(folder, name), { force: true })
}

function isRunning({ pid, started }: Entry): boolean {
  return pid !== 0 && readProcess(pid)?.started === started
}

/** bubblewrap makes the folders above a mount point, too. */
function withMissingParents(path: string): string[] {
  const parent = dirname(path)
  return parent === path || !isAbsent({ path: parent }) ? [path] : [...withMissingParents(parent), path]
}

/** Asked before, since what bubblewrap says of a folder that it cannot make helps nobody. */
function requireWritable(made: readonly Made[]): void {
  const folders = new Set(made.map(({ path }) => dirname(path)))
  for (const folder of folders) if (!isAbsent({ path: folder })) accessSync(folder, constants.W_OK)
}

function isAbsent({ path }: Made): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined
}

function makePlaceholder({ path, content, unlisted }: Placeholder, standIns: string): void {
  try {
    if (unlisted === true) putSocket(standIns, path)
    else if (content === undefined) mkdirSync(path)
    else writeFileSync(path, content, { flag: 'wx' })
  } catch (error) {
    // Another run has just made it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function freeName(folder: string): string {
  const taken = new Set(readdirSync(folder))
  for (let number = 1; ; number += 1) {
    const name = `${process.pid}-${number}.json`
    if (!taken.has(name)) return join(folder, name)
  }
}

/** In one step: whoever reads it sees all of it or nothing. */
function writeEntry(file: string, entry: Entry): void {
  writeFileSync(`${file}.new`, JSON.stringify(entry), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/**
 * One that another run has just removed counts as over, and had nothing. Of one that cannot be read its name alone tells
 * whose it is: nothing is taken away under a process that may be a run.
 */
function readEntry(file: string): Entry {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Entry
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const pid = isGone ? 0 : Number.parseInt(basename(file), 10)
    return { pid, started: readProcess(pid)?.started ?? 0, made: [] }
  }
}
