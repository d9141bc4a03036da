import { readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { closest } from '../shared/closest.ts'
import { isExecutable, isProgram } from '../shared/path-facts.ts'
import type { MissingProgram } from './types.ts'

export interface ProgramOptions {
  /** The project's folder: what lies elsewhere is nobody's to change for a run. */
  readonly root: string
  readonly cwd: string
  /** The value of PATH inside. */
  readonly path: string
}

/** For a name that leads to no program. */
export function missingProgram(name: string, options: ProgramOptions): MissingProgram {
  const line = wholeLine(name, options)
  if (line !== undefined) return { message: `there is no program \`${name}\``, hint: line }
  return name.includes('/') ? missingFile(name, options) : missingName(name, options)
}

/** A whole command in one word: as words, or for a shell where it says more than words. */
function wholeLine(name: string, { cwd, path }: ProgramOptions): string | undefined {
  const [first = '', ...more] = name.trim().split(/\s+/)
  if (first === '' || more.length === 0) return undefined
  const places = first.includes('/') ? [cwd] : path.split(':').map((folder) => resolve(cwd, folder))
  if (!places.some((place) => isProgram(resolve(place, first)))) return undefined
  if (/^[\w@%+=:,./\s-]+$/.test(name)) return `oos run -- ${[first, ...more].join(' ')}`
  return `oos run -- sh -c '${name.replaceAll("'", "'\\''")}'`
}

function missingFile(name: string, { root, cwd }: ProgramOptions): MissingProgram {
  const path = resolve(cwd, name)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats?.isDirectory() === true) return { message: `\`${name}\` is a folder`, hint: `ls '${name}'` }
  if (stats !== undefined) {
    const isOwn = stats.uid === process.geteuid?.() && realpathSync(path).startsWith(`${root}/`)
    return { message: `\`${name}\` is not executable`, hint: `${isOwn ? 'chmod +x' : 'ls -l'} '${name}'` }
  }
  const meant = closest(basename(name), programsIn(dirname(path)))
  const message = `there is no program \`${name}\``
  if (meant === undefined) return { message, hint: `ls '${dirname(name)}'` }
  const place = name.startsWith('/') ? dirname(name) : `./${relative(cwd, dirname(path))}`
  return { message, hint: `did you mean \`${place.replace(/\/$/, '')}/${meant}\`?` }
}

function missingName(name: string, { cwd, path }: ProgramOptions): MissingProgram {
  const message = `there is no program \`${name}\``
  const own = toolFolders.map((folder) => `${folder}/${name}`).find((one) => isProgram(resolve(cwd, one)))
  if (own !== undefined) return { message, hint: `in this folder there is \`${own}\`` }
  const meant = closest(
    name,
    alikeFirst(
      name,
      path.split(':').flatMap((folder) => programsIn(resolve(cwd, folder))),
    ),
  )
  if (meant !== undefined) return { message, hint: `did you mean \`${meant}\`?` }
  const isHere = statSync(resolve(cwd, name), { throwIfNoEntry: false })?.isFile() === true
  return { message, hint: isHere ? `did you mean \`./${name}\`?` : 'echo "$PATH"' }
}

/** Where tools of a project's own lie, which package managers put into the PATH. */
const toolFolders = ['.venv/bin', 'venv/bin', 'node_modules/.bin', 'vendor/bin', 'bin']

/** People slip at the end of a word and not at its start; of two letters every second program is one slip away. */
function alikeFirst(name: string, programs: readonly string[]): readonly string[] {
  if (name.length < 3) return []
  const [same = [], other = []] = [true, false].map((alike) =>
    programs.filter((program) => (program[0] === name[0]) === alike),
  )
  return [...same, ...other]
}

function programsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => isExecutable(`${folder}/${name}`))
  } catch {
    return []
  }
}
