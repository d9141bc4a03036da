import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { OosError } from '../../shared/errors.ts'
import { specFolder } from '../project/root.ts'
import { debounce, type Later } from './debounce.ts'

export interface WatchOptions {
  /** Folders that hold an `.agent-os`, or may come to: the project's, and the home folder. */
  readonly bases: readonly string[]
  /** Once for a burst. Something may have changed, or nothing. */
  readonly onChange: () => void
  /** This machine watches no more. */
  readonly onFailure: (error: OosError) => void
  readonly later?: Later
}

export interface SpecWatcher {
  /** From then on nothing is missed. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

/** Tells when spec files come, change or go, and the folders that they lie in, too. Nothing is read. */
export function watchSpecs({ bases, onChange, onFailure, later }: WatchOptions): SpecWatcher {
  let touched = false
  let known = identify(bases)
  let watcher: FSWatcher | undefined
  const stir = debounce(settle, { quiet: 50, most: 1000, ...(later && { later }) })
  const ready = open()
  return {
    ready,
    async close() {
      stir.cancel()
      const closing = watcher
      watcher = undefined
      await closing?.close()
    },
  }

  function open(): Promise<void> {
    const opened = watch([...bases], {
      ignored: (path) => !bases.some((base) => isWatched(path, base)),
      ignoreInitial: true,
      ignorePermissionErrors: true,
    })
    watcher = opened
    opened.on('all', touch)
    // Of a base's own folder every change is heard, and most are of other files.
    opened.on('raw', (_event, _path, about) => {
      if (!bases.includes(watchedPath(about))) touched = true
      stir.call()
    })
    opened.on('error', (error) => onFailure(failure(error)))
    return new Promise((resolve) => opened.once('ready', resolve))
  }

  function touch(): void {
    touched = true
    stir.call()
  }

  /** A folder that was put in another's place at once goes unheard from then on, so it is watched anew. */
  function settle(): void {
    const now = identify(bases)
    if (now !== known) {
      known = now
      reopen()
    } else if (touched) {
      touched = false
      onChange()
    }
  }

  async function reopen(): Promise<void> {
    const old = watcher
    if (old === undefined) return
    const opened = open()
    await Promise.all([old.close(), opened])
    if (watcher !== undefined) touch()
  }
}

function watchedPath(about: unknown): string {
  return typeof about === 'object' && about !== null && 'watchedPath' in about
    ? String(about.watchedPath)
    : ''
}

const below = ['', '/agents', '/rules']

function isWatched(path: string, base: string): boolean {
  if (path === base) return true
  const top = join(base, specFolder)
  return below.some(
    (folder) =>
      path === top + folder ||
      (path.startsWith(`${top}${folder}/`) &&
        /^[^/]+\.md$/i.test(path.slice(top.length + folder.length + 1))),
  )
}

/** Which folders these are: another of the same name is not the same. */
function identify(bases: readonly string[]): string {
  const folders = bases.flatMap((base) => [base, ...below.map((folder) => join(base, specFolder) + folder)])
  return folders.map(identity).join(' ')
}

function identity(folder: string): string {
  try {
    const { dev, ino } = statSync(folder)
    return `${dev}:${ino}`
  } catch {
    return '-'
  }
}

function failure(error: unknown): OosError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const used = code === 'ENOSPC' || code === 'EMFILE'
  return new OosError('failed', `the specs cannot be watched any more (${code})`, {
    hint: used
      ? `sudo sysctl fs.inotify.${code === 'ENOSPC' ? 'max_user_watches=524288' : 'max_user_instances=512'}`
      : 'oos spec check',
    cause: error,
  })
}
