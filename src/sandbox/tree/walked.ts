import { dirname, relative } from 'node:path'
import type { Rule } from '../../policy/types.ts'
import { contentFolders } from '../git/repository.ts'
import { type FileGlob, type FolderState, reading } from './access.ts'
import type { Sweep } from './sweep-state.ts'

/** Whether a rule opens some of what is in a folder, not the folder: `docs/*.md`. */
export function opensInside(globs: readonly FileGlob[], base: string): boolean {
  return globs.some(({ allows, glob }) => allows && glob.literal === undefined && glob.base === base)
}

/** The system's trees and a pack's toolchains are large, and no repository puts anything there. */
export function needsWalk(
  globs: readonly FileGlob[],
  base: string,
  { access }: Pick<FolderState, 'access'>,
): boolean {
  const isRead = access !== 'write'
  return globs.some((glob) => {
    const holdsBase = glob.covers && glob.matches(base)
    if (glob.allows && holdsBase) return isPersons(glob.rule)
    // In a tree that is only read, it does not matter who may not write.
    if (isRead && !glob.allows && (glob.acts & reading) === 0) return false
    if (glob.glob.literal !== undefined && glob.except.every((hole) => hole.glob.literal !== undefined))
      return false
    return !(holdsBase && glob.except.length === 0) && isAbout(glob, base)
  })
}

/** Nobody's rules are about git's many files, unless they say `.git`. `top`: a tree may itself lie in a folder of that name. */
export function isLeftAlone(
  { globs, top }: Pick<Sweep, 'globs' | 'top'>,
  folder: string,
  name: string,
): boolean {
  if (!contentFolders.has(name) || !`/${relative(dirname(top), folder)}/`.includes('/.git/')) return false
  const isNamed = ({ allows, rule, pattern, glob }: FileGlob) =>
    !allows &&
    rule.layer !== 'built-in' &&
    pattern.split('/').includes('.git') &&
    glob.couldMatchBelow(`${folder}/${name}`)
  return !globs.some(isNamed)
}

/** A rule about any tree at all is held in those that people opened. */
function isAbout({ glob, rule }: FileGlob, base: string): boolean {
  return glob.couldMatchBelow(base) && !(rule.layer === 'built-in' && glob.base === '/')
}

const isPersons = ({ layer, source }: Rule) => layer !== 'built-in' && source.pack === undefined
