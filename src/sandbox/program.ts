import { closeSync, lstatSync, openSync, readlinkSync, readSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { isProgram } from '../shared/path-facts.ts'
import { missingProgram, type ProgramOptions } from './missing-program.ts'
import type { ProgramFacts } from './types.ts'

/** Finds what a command would start, and follows it: through links and `#!` lines to the program that really runs. */
export function findProgram(name: string, options: ProgramOptions): ProgramFacts {
  const files: string[] = []
  let next: string | undefined = name
  for (let hop = 0; next !== undefined && hop < 5; hop += 1) {
    const found = locate(next, options)
    if (found === undefined) return { name, files, ...explainMissing(name, next, { files, options }) }
    const chain = followLinks(found)
    files.push(...chain.filter((file) => !files.includes(file)))
    next = interpreterOf(chain.at(-1) ?? found)
  }
  return { name, files }
}

interface Followed {
  readonly files: readonly string[]
  readonly options: ProgramOptions
}

/** What `env` would look for is only guessed from its words, so that is left to `env` itself. */
function explainMissing(
  name: string,
  next: string,
  { files, options }: Followed,
): Pick<ProgramFacts, 'missing'> {
  if (files.length === 0) return { missing: missingProgram(name, options) }
  if (!isAbsolute(next)) return {}
  const message = `\`${name}\` is to be run by \`${next}\`, and there is no such program`
  return { missing: { message, hint: `head -1 '${files.at(-1)}'` } }
}

function locate(name: string, { cwd, path }: ProgramOptions): string | undefined {
  if (name.includes('/')) return isProgram(resolve(cwd, name)) ? resolve(cwd, name) : undefined
  return path
    .split(':')
    .map((folder) => join(isAbsolute(folder) ? folder : resolve(cwd, folder), name))
    .find(isProgram)
}

/** The path itself and what each link on the way says, the real file last. */
function followLinks(path: string): string[] {
  const chain = [path]
  for (let hop = 0; hop < 40; hop += 1) {
    const at = chain.at(-1) ?? path
    const next = linkTarget(at)
    if (next === undefined || chain.includes(next)) return chain
    chain.push(next)
  }
  return chain
}

/** The outermost link of a path, put in: a folder on the way can be one, too. */
function linkTarget(path: string): string | undefined {
  const names = path.split('/').filter((name) => name !== '')
  for (let count = 1; count <= names.length; count += 1) {
    const at = `/${names.slice(0, count).join('/')}`
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) {
      return resolve(dirname(at), readlinkSync(at), ...names.slice(count))
    }
  }
  return undefined
}

/** What a `#!` line starts; of `/usr/bin/env [-S] NAME` the NAME. */
function interpreterOf(file: string): string | undefined {
  const words = /^#!\s*(\S.*)/.exec(firstBytes(file))?.[1]?.trim().split(/\s+/)
  if (words === undefined) return undefined
  if (basename(words[0] ?? '') !== 'env') return words[0]
  return words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='))
}

function firstBytes(file: string): string {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const bytes = Buffer.alloc(256)
      return bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, 256, 0))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return ''
  }
}
