import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { OosError } from '../shared/errors.ts'
import { quoteWord } from '../shared/quote-word.ts'
import { isWithin } from '../shared/within.ts'
import type { SpecSource } from '../spec/types.ts'
import type { Project } from './project/project.ts'
import { specFolder } from './project/root.ts'

type Place = Pick<Project, 'root' | 'home'>

/** Where a spec that somebody here wrote lies on disk. */
export function specPath({ path }: Pick<SpecSource, 'path'>, { root, home }: Place): string {
  return path.startsWith('~/') ? join(home, path.slice(2)) : join(root, path)
}

/**
 * The spec that a person named: as oos shows it, or as a path from where he stands.
 *
 * @throws OosError `usage`
 */
export function findOwnSource(
  name: string,
  project: Pick<Project, 'root' | 'home' | 'cwd' | 'sources'>,
): SpecSource {
  const own = project.sources.filter(({ pack }) => pack === undefined)
  const source = own.find(
    (each) => each.path === name || specPath(each, project) === resolve(project.cwd, name),
  )
  if (source) return source
  const elsewhere = projectOf(resolve(project.cwd, name), project.root)
  throw new OosError('usage', `\`${name}\` is no spec of this project`, {
    hint:
      elsewhere === undefined
        ? `one of ${own.map(({ path }) => `\`${path}\``).join(', ')}`
        : `it is one of another: cd ${quoteWord(relative(project.cwd, elsewhere))}`,
  })
}

/** Where no project is found and a spec of one is named, the way to it. */
export function leadToProject(error: unknown, names: readonly string[], cwd: string): unknown {
  if (!(error instanceof OosError) || error.code !== 'project-missing') return error
  const [folder] = names.flatMap((name) => projectOf(resolve(cwd, name), cwd) ?? [])
  if (folder === undefined) return error
  const hint = `it is in a project: cd ${quoteWord(relative(cwd, folder))}`
  return new OosError('project-missing', error.message, { hint, cause: error })
}

/** The other project whose spec, or whose folder, lies at the path. */
function projectOf(path: string, root: string): string | undefined {
  const [folder = path, inside] = path.split(`/${specFolder}`)
  const isOne = folder !== root && existsSync(inside === undefined ? join(path, specFolder) : path)
  return isOne ? folder : undefined
}

/**
 * The specs that a person named, each by its file or by a folder that they lie in, as oos shows them. One that could not be
 * read is none of the sources, and named all the same.
 *
 * @throws OosError `usage`
 */
export function findOwnFiles(
  names: readonly string[],
  project: Pick<Project, 'root' | 'home' | 'cwd' | 'sources' | 'diagnostics'>,
): readonly string[] {
  const own = project.sources.filter(({ pack }) => pack === undefined).map(({ path }) => path)
  const all = [...new Set([...own, ...project.diagnostics.map(({ place }) => place.file)])]
  const found = names.flatMap((name) => {
    const typed = resolve(project.cwd, name)
    const meant = all.filter((path) => path === name || isWithin(specPath({ path }, project), typed))
    return meant.length > 0 ? meant : [findOwnSource(name, project).path]
  })
  return [...new Set(found)]
}

/**
 * Puts new bytes in the place of a spec, all at once; never over bytes that nobody has looked at.
 *
 * @throws OosError `project-unwritable`
 */
export function replaceSpec(source: SpecSource, bytes: Uint8Array, place: Place): void {
  try {
    const file = realpathSync(specPath(source, place))
    if (Buffer.compare(readFileSync(file), source.bytes) !== 0) throw edited(source)
    replace(file, bytes)
  } catch (cause) {
    if (cause instanceof OosError) throw cause
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw new OosError('project-unwritable', `\`${source.path}\` cannot be written (${code})`, {
      hint: `ls -ld ${dirname(source.path)}; inside a run no spec can be written`,
      cause,
    })
  }
}

function edited({ path }: SpecSource): OosError {
  return new OosError('project-unwritable', `\`${path}\` was edited in the meantime`, {
    hint: 'oos spec suggest',
  })
}

/** A draft beside it, then one rename: a reader, or a crash, finds the old file or the new one. */
function replace(file: string, bytes: Uint8Array): void {
  const draft = join(dirname(file), `.oos-${randomBytes(6).toString('hex')}`)
  const descriptor = openSync(draft, 'wx', 0o600)
  try {
    writeFileSync(descriptor, bytes)
    fchmodSync(descriptor, statSync(file).mode & 0o777)
    fsyncSync(descriptor)
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
}
