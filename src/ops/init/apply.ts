import { closeSync, constants, lstatSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { diskFailure } from '../../shared/disk-failure.ts'
import type { InitPlan, PlannedFile } from './plan.ts'

export interface AppliedFile {
  readonly path: string
  readonly state: 'written' | 'same' | 'kept' | 'failed'
  /** Why it failed, in words. */
  readonly problem?: string
}

/** Writes what is new and nothing else; what cannot be written does not keep the rest from it. */
export function applyInit({ files }: Pick<InitPlan, 'files'>): AppliedFile[] {
  return files.map((planned) =>
    planned.state === 'new' ? write(planned) : { path: planned.path, state: planned.state },
  )
}

function write({ path, file, inside, content }: PlannedFile): AppliedFile {
  try {
    makeFolders(dirname(file), inside)
    createFile(file, content)
    return { path, state: 'written' }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'EEXIST'
      ? { path, state: 'kept' }
      : { path, state: 'failed', problem: diskFailure(error) ?? message }
  }
}

/** One by one below `inside`: a link on the way would put the file where nobody looks for it. */
function makeFolders(folder: string, inside: string): void {
  let at = inside
  for (const name of relative(inside, folder).split(sep)) {
    at = join(at, name)
    const stat = lstatSync(at, { throwIfNoEntry: false })
    if (stat === undefined) mkdirSync(at)
    else if (!stat.isDirectory())
      throw new Error(`\`${at}\` is ${stat.isSymbolicLink() ? 'a symlink' : 'not a folder'}`)
  }
}

/** Never over another file; and never half a file, whose rules would be half of what was meant. */
function createFile(file: string, content: string): void {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  const descriptor = openSync(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
  try {
    const bytes = Buffer.from(content)
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
  } catch (error) {
    unlinkSync(file)
    throw error
  } finally {
    closeSync(descriptor)
  }
}
