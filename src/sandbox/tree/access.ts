import { expandBraces } from '../../policy/match/braces.ts'
import { compilePathGlob, type PathGlob } from '../../policy/match/path-glob.ts'
import { resources } from '../../policy/resources.ts'
import type { Capability, Rule } from '../../policy/types.ts'
import type { Access } from '../types.ts'

/** A rule as far as files go: one glob without braces of one capability. */
export interface FileGlob extends Reach {
  readonly allows: boolean
  readonly except: readonly Reach[]
  readonly rule: Rule
}

export interface Reach {
  readonly acts: number
  readonly glob: PathGlob
  readonly pattern: string
  /** Whether what it matches is matched with everything in it. */
  readonly covers: boolean
  readonly matches: (path: string) => boolean
}

/** What a policy's rule language says, a rule a capability; `limit` and `require` have no say about files. */
export interface FileRuleSource {
  readonly effect: string
  readonly capability: Capability
  readonly except: readonly Capability[]
  readonly rule: Rule
}

export interface GlobOptions {
  readonly root: string
  readonly home: string
  readonly caseSensitive?: boolean
}

export function fileGlobs(sources: readonly FileRuleSource[], options: GlobOptions): readonly FileGlob[] {
  return sources
    .filter(({ effect }) => effect === 'allow' || effect === 'deny' || effect === 'ask')
    .flatMap(({ effect, capability, except, rule }) => {
      const holes = except
        .filter(({ resource }) => resource === 'file')
        .flatMap((hole) => reaches(hole, options))
      // An Ask is a Deny in here: nobody can be asked in the middle of a system call.
      return reaches(capability, options, rule.layer === 'built-in').map((reach) => ({
        ...reach,
        allows: effect === 'allow',
        except: holes,
        rule,
      }))
    })
}

function reaches({ pattern, actions }: Capability, options: GlobOptions, everywhere = false): Reach[] {
  const acts = actions.reduce((bits, action) => bits | bitsOf(action), 0)
  return expandBraces(pattern).map((written) => {
    // A hook is a hook also in a tree outside of the project that some rule opens.
    const one = everywhere && written.startsWith('**/') ? `/${written}` : written
    const glob = compilePathGlob(one, options)
    return {
      acts,
      pattern: one,
      covers: one === '**' || one.endsWith('/**'),
      glob,
      matches: options.caseSensitive === false ? glob.matches : quickMatch(one, glob),
    }
  })
}

/** A sweep asks about many paths, and most of them lack the text that a pattern is about. */
function quickMatch(pattern: string, glob: PathGlob): (path: string) => boolean {
  if (glob.literal !== undefined) return glob.matches
  const needle = literalPart(pattern)
  return (path) => path.includes(needle) && glob.matches(path)
}

/** Text that every match contains: the longest of the last segment that is not a wildcard. */
function literalPart(pattern: string): string {
  const last = pattern.split('/').findLast((segment) => segment !== '**') ?? ''
  if (/[\\[]/.test(last)) return ''
  return last.split(/[*?]+/).reduce((longest, part) => (part.length > longest.length ? part : longest), '')
}

const bit: Readonly<Record<string, number>> = { read: 1, create: 2, change: 4, delete: 8 }
export const reading = 1
const creating = 2
const changing = 4
const deleting = 8
export const writing = creating | changing | deleting

function bitsOf(action: string): number {
  const acts = action === '*' ? Object.keys(bit) : (resources.file.actions[action] ?? [action])
  return acts.reduce((bits, act) => bits | (bit[act] ?? 0), 0)
}

/** What holds in a folder, and so for everything in it that no rule says more about. */
export interface FolderState {
  /** Of the folder and the folders in it: `write` = entries can be made. */
  readonly access: Access
  /** Of the plain files in it. */
  readonly files: Access
  readonly rule: Rule | undefined
  /** Denies that matched a folder above without a `/**`: what is in a denied folder is denied. */
  readonly inherited: readonly FileGlob[]
}

export const nothing: FolderState = { access: 'none', files: 'none', rule: undefined, inherited: [] }

/** What the rules say about a folder with all that is in it. */
export function judgeFolder(globs: readonly FileGlob[], path: string, above: FolderState): FolderState {
  const { allowed, blocked, blockers, allower } = weigh(globs, path, {
    whole: true,
    inherited: above.inherited,
  })
  const access = accessOf(allowed, blocked, creating)
  const files = accessOf(allowed, blocked, access === 'write' ? changing | deleting : changing)
  const inherited = blockers.filter((glob) => !glob.covers)
  return { access, files, rule: blockers[0]?.rule ?? allower?.rule, inherited }
}

export function judgeFile(
  globs: readonly FileGlob[],
  path: string,
  above: FolderState,
): { access: Access; rule: Rule | undefined } {
  const { allowed, blocked, blockers, allower } = weigh(globs, path, {
    whole: false,
    inherited: above.inherited,
  })
  // Whoever may make entries could delete it and make it anew.
  const access = accessOf(allowed, blocked, above.access === 'write' ? changing | deleting : changing)
  return { access, rule: blockers[0]?.rule ?? allower?.rule }
}

/** The rule that says that it may not be read, if not only none lets it be. `whole`: it is a folder. */
export function denierOf(
  globs: readonly FileGlob[],
  path: string,
  { inherited }: FolderState,
  whole: boolean,
): Rule | undefined {
  const { blocked, blockers } = weigh(globs, path, { whole, inherited })
  return (blocked & reading) === 0 ? undefined : blockers.find(({ acts }) => (acts & reading) !== 0)?.rule
}

/** A folder may be opened where something in it may be changed: writing implies reading. */
function accessOf(allowed: number, blocked: number, needed: number): Access {
  if (blocked & reading) return 'none'
  const left = allowed & ~blocked
  if ((left & needed) === needed) return 'write'
  return left === 0 ? 'none' : 'read'
}

interface Weight {
  readonly allowed: number
  readonly blocked: number
  readonly blockers: readonly FileGlob[]
  readonly allower: FileGlob | undefined
}

function weigh(
  globs: readonly FileGlob[],
  path: string,
  { whole, inherited }: { whole: boolean; inherited: readonly FileGlob[] },
): Weight {
  let allowed = 0
  let blocked = 0
  let allower: FileGlob | undefined
  const blockers: FileGlob[] = []
  for (const glob of globs) {
    if (!glob.matches(path) && !inherited.includes(glob)) continue
    if (glob.allows) {
      if (whole && !glob.covers) continue
      allowed |= glob.acts & ~excepted(glob, path, false)
      allower ??= glob
    } else {
      const bits = glob.acts & ~excepted(glob, path, whole)
      if (bits !== 0) blockers.push(glob)
      blocked |= bits
    }
  }
  return { allowed, blocked, blockers, allower }
}

/** A hole of a Deny opens a whole folder only if it covers all of it. */
function excepted(glob: FileGlob, path: string, whole: boolean): number {
  return glob.except.reduce(
    (bits, hole) => ((!whole || hole.covers) && hole.matches(path) ? bits | hole.acts : bits),
    0,
  )
}

/** Whether anything in a closed folder could be open: an Allow further down, or a hole of what closes it. */
export function couldOpenBelow(globs: readonly FileGlob[], path: string, state: FolderState): boolean {
  return globs.some((glob) => {
    if (glob.allows) return !(glob.covers && glob.matches(path)) && glob.glob.couldMatchBelow(path)
    const closes = glob.matches(path) || state.inherited.includes(glob)
    return closes && glob.except.some((hole) => hole.glob.couldMatchBelow(path))
  })
}
