import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { diskFailure } from '../../shared/disk-failure.ts'
import { OosError } from '../../shared/errors.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import { type HookFile, readHookFile } from './facts.ts'
import { type HookEdit, planMemory } from './plan.ts'
import { stampName } from './stamp.ts'

/**
 * Writes what was planned, all of it or nothing.
 *
 * @throws OosError `hooks-unwritable`
 */
export function applyEdits(edits: readonly HookEdit[]): void {
  const done: HookEdit[] = []
  for (const edit of edits) {
    try {
      writeHook(edit.path, edit.after)
      done.push(edit)
    } catch (error) {
      for (const { path, before } of done.reverse()) writeHook(path, before)
      throw unwritable(error, edit.path)
    }
  }
}

/** Beside it first, then in its place: a hook that git runs meanwhile is never half of one. */
function writeHook(path: string, file: HookFile | undefined): void {
  if (file === undefined) {
    rmSync(path, { force: true })
    return
  }
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}.new`
  try {
    if ('link' in file) symlinkSync(file.link, draft)
    else {
      writeFileSync(draft, file.bytes, { mode: file.mode, flag: 'wx' })
      chmodSync(draft, file.mode)
    }
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function unwritable(error: unknown, path: string): unknown {
  const why = diskFailure(error)
  if (why === undefined) return error
  return new OosError('hooks-unwritable', `\`${path}\` cannot be written: ${why}`, {
    hint: `ls -ld ${quoteWord(dirname(path))}; nothing was changed`,
    cause: error,
  })
}

/** Writes down what stood where hooks are written, so that they can be taken away again. */
export function memoryEdit(memory: string, edits: readonly HookEdit[]): HookEdit {
  const text = JSON.stringify({ version: 1, edits: planMemory(edits, recall(memory)).map(packEdit) })
  const before = existsSync(memory) ? readHookFile(memory) : undefined
  return { path: memory, before, after: { bytes: Buffer.from(text), mode: 0o644 } }
}

export function recall(memory: string): readonly HookEdit[] {
  if (!existsSync(memory)) return []
  const { edits } = JSON.parse(readFileSync(memory, 'utf8')) as { edits: readonly Packed[] }
  return edits.map(({ path, before, after }) => ({ path, before: unpack(before), after: unpack(after) }))
}

/** The folder, too, and the one above, if only this needed them. */
export function forget(memory: string): void {
  for (const file of [memory, join(dirname(dirname(memory)), stampName)]) rmSync(file, { force: true })
  for (const folder of [dirname(memory), dirname(dirname(memory))]) {
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder)
  }
}

type PackedFile = { readonly base64: string; readonly mode: number } | { readonly link: string } | null

interface Packed {
  readonly path: string
  readonly before: PackedFile
  readonly after: PackedFile
}

function packEdit({ path, before, after }: HookEdit): Packed {
  return { path, before: pack(before), after: pack(after) }
}

function pack(file: HookFile | undefined): PackedFile {
  if (file === undefined) return null
  return 'link' in file ? file : { base64: file.bytes.toString('base64'), mode: file.mode }
}

function unpack(file: PackedFile): HookFile | undefined {
  if (file === null) return undefined
  return 'link' in file ? file : { bytes: Buffer.from(file.base64, 'base64'), mode: file.mode }
}
