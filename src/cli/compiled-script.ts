import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { readOwnFile } from '../shared/cache-folder.ts'

export interface CompiledScript<Exports> {
  readonly exports: Exports
  /** Keeps what was compiled by now for the next start. Called at the end, when all that is needed has been called. */
  keep(): void
}

/** So many starts add to what is kept: the first one of all takes other ways than those that find its caches. */
const addingStarts = 3

/**
 * Runs a script of the build with what V8 made of it at earlier starts. Node's own compile cache keeps a module as it was
 * before it ran: without the functions that are compiled when they are first called, which takes 15 ms of each start.
 * `folder`: where to keep it; whoever may write there decides what runs.
 */
export function runCompiled<Exports>(path: string, folder: string | undefined): CompiledScript<Exports> {
  const text = readFileSync(path, 'latin1')
  const file = folder === undefined ? undefined : join(folder, nameOf(path, text))
  const kept = file === undefined ? undefined : readKept(file)
  const script = new Script(text, {
    filename: path,
    ...(kept === undefined ? {} : { cachedData: kept.subarray(0, -1) }),
  })
  const starts = script.cachedDataRejected === false ? (kept?.at(-1) ?? 0) : 0
  const parts: CompiledScript<unknown>[] = []
  const loadPart = (name: string) => {
    const part = runCompiled<unknown>(join(dirname(path), name), folder)
    parts.push(part)
    return part.exports
  }
  return {
    exports: run(script, path, loadPart),
    keep: () => {
      if (file !== undefined && starts < addingStarts) write(file, script, starts + 1)
      for (const part of parts) part.keep()
    },
  }
}

/** V8 compares only the length of a text, so its hash, which the build puts first, is a part of the name. */
function nameOf(path: string, text: string): string {
  return `${basename(path, '.js')}-${text.slice(2, 18)}-${process.version}-${process.arch}`
}

/**
 * What V8 wrote, and a byte that counts the starts that added to it, twice: a release build of V8 checks nothing but the
 * first 32 bytes, and one wrong bit is a crash at every start, or another decision. A hash costs 3 ms to load.
 */
function readKept(file: string): Buffer | undefined {
  const twice = readOwnFile(file)
  if (twice === undefined || twice.length === 0) return undefined
  const kept = twice.subarray(0, twice.length / 2)
  return kept.equals(twice.subarray(kept.length)) ? kept : undefined
}

function run<Exports>(script: Script, path: string, loadPart: (name: string) => unknown): Exports {
  const module = { exports: {} }
  const { href: url } = pathToFileURL(path)
  const meta = {
    url,
    filename: path,
    dirname: dirname(path),
    import: (name: string) => import(new URL(name, url).href),
    script: loadPart,
  }
  script.runInThisContext()(createRequire(path), module, meta)
  return module.exports as Exports
}

/** V8 believes what it is given: half a file must never have this name, not even after a power cut. */
function write(file: string, script: Script, starts: number): void {
  const draft = `${file}.${process.pid}`
  try {
    const descriptor = openSync(draft, 'wx', 0o600)
    try {
      const kept = [script.createCachedData(), Buffer.of(starts)]
      writeFileSync(descriptor, Buffer.concat([...kept, ...kept]))
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(draft, file)
    if (starts === 1) removeOld(file)
  } catch {
    // A disk that is full or cannot be written: the next start compiles again.
    remove(draft)
  }
}

/** The command is done, and how it ended must not hang on this. */
function remove(draft: string): void {
  try {
    rmSync(draft, { force: true })
  } catch {}
}

const monthMs = 30 * 24 * 60 * 60 * 1000

/** What other builds left, half a megabyte each. One that is still in use is made again. */
function removeOld(file: string): void {
  const folder = dirname(file)
  const scriptOf = (name: string) => /^(.+?)-[0-9a-f]{16}-/.exec(name)?.[1]
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (scriptOf(name) === scriptOf(basename(file)) && Date.now() - statSync(path).mtimeMs > monthMs)
      rmSync(path)
  }
}
