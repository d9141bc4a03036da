import { isUtf8 } from 'node:buffer'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { readFolder, statOf } from '../look.ts'

/** A regular file that has more than one name. */
export interface LinkedFile {
  readonly path: string
  /** Of the machine: which file it is, whatever its name. */
  readonly file: string
  readonly names: number
}

/** Of the path itself, if it is such a file. */
export function linkedFile(path: string, onDisk: string | Buffer = path): LinkedFile | undefined {
  const stats = statOf(onDisk)
  if (stats === undefined || stats.nlink < 2 || !stats.isFile()) return undefined
  return { path, file: `${stats.dev}:${stats.ino}`, names: stats.nlink }
}

/** All that lie right in it. */
export function linkedIn(folder: string, children = readFolder(folder) ?? []): LinkedFile[] {
  const files = children.filter((child) => child.isFile())
  return files.flatMap(({ name }) => linkedFile(`${folder}/${name}`) ?? [])
}

/** Those in it whose own name is no text: these paths lead nowhere. */
export function unspeakableIn(folder: string): LinkedFile[] {
  try {
    const names = readdirSync(folder, { encoding: 'buffer' }).filter((name) => !isUtf8(name))
    return names.flatMap((name) => {
      const onDisk = Buffer.concat([Buffer.from(`${folder}/`), name])
      return linkedFile(onDisk.toString(), onDisk) ?? []
    })
  } catch {
    return []
  }
}

/** Not by name: it runs outside of the sandbox, and the project could have one in the PATH. */
const find = '/usr/bin/find'
const words = ['-maxdepth', '1', '-type', 'f', '-links', '+1', '-printf', '%D:%i %n %p\\0']

/**
 * The same of these folders, of which a command line must hold the paths. find asks about a file in half of
 * Node's time, and on another processor: it looks while the caller goes on. Where it is not there, is another program, or
 * could not look at all, Node does.
 */
export async function findLinked(folders: readonly string[]): Promise<readonly LinkedFile[]> {
  return (await findByProgram(folders)) ?? folders.flatMap((folder) => linkedIn(folder))
}

async function findByProgram(folders: readonly string[]): Promise<LinkedFile[] | undefined> {
  if (!existsSync(find)) return undefined
  const child = startFind(folders)
  const said = child && (await saidBy(child))
  return said?.split('\0').flatMap(parseFound)
}

function startFind(folders: readonly string[]): ChildProcess | undefined {
  try {
    // A rule may open a folder by the name of a link (-H), whose files Node sees, too.
    return spawn(find, ['-H', ...folders, ...words], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {},
      cwd: '/',
    })
  } catch {
    // The kernel takes no command line as long as that here.
    return undefined
  }
}

function saidBy(child: ChildProcess): Promise<string | undefined> {
  const parts: Buffer[] = []
  child.stdout?.on('data', (part: Buffer) => parts.push(part))
  return new Promise((resolve) => {
    child.on('error', () => resolve(undefined))
    child.on('close', (code) => resolve(code === 0 ? Buffer.concat(parts).toString('utf8') : undefined))
  })
}

function parseFound(line: string): LinkedFile[] {
  const [, device, file, names, path] = /^(\d+):(\d+) (\d+) (.*)$/s.exec(line) ?? []
  if (path === undefined || (path.includes('\uFFFD') && statOf(path) === undefined)) return []
  // As numbers, so that it is written as `lstat` does.
  return [{ path, file: `${Number(device)}:${Number(file)}`, names: Number(names) }]
}
