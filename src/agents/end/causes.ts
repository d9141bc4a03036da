import { basename, dirname, join, resolve } from 'node:path'
import { escapeLet, printCode } from '../../policy/capability/print-code.ts'
import type { Decision, Rule } from '../../policy/types.ts'
import { isWithin } from '../../shared/within.ts'
import { type Complaint, heardIn, type MissingPackage, silence } from './complaints.ts'

/** One thing that may have made a command fail. */
export interface Cause {
  /** In the rule language: `file:src/x:write`. */
  readonly request: string
  /** The rule that said no; without one, nothing allows it. */
  readonly rule?: Rule
  /** A proxy's denial is recorded; what a mount hid is only inferred from the command's own words. */
  readonly known: 'recorded' | 'inferred'
  /** In words, where neither a rule nor its absence is the reason. */
  readonly words?: string
  /** An Allow of the same host that helps in plain http alone, whose method and path can be seen. */
  readonly plain?: Rule
  /** The line that would change it, where a line can. */
  readonly paste?: string
}

export interface CauseInput {
  readonly denials: readonly Denial[]
  /** The end of what the command wrote on stderr, if it passed through oos. */
  readonly errors: string
  /** Paths among the command's own words, where it did not. */
  readonly typed: readonly Complaint[]
  /** git says that there is no repository, or is what failed where its words are not seen. */
  readonly repositoryless: boolean
  /** Where the project's `.git` says that its repository is, where that is a file. */
  readonly pointed: () => string | undefined
  readonly cwd: string
  /** Where a relative path may be meant, the likeliest last: `cwd` first, and where the command went. */
  readonly folders: () => readonly string[]
  readonly root: string
  readonly home: string
  readonly decideFile: (path: string, action: 'read' | 'write') => Decision
  readonly decideHost: (host: string) => Decision
  /** A path as a rule would write it, and all that lies below it. */
  readonly print: (path: string) => { readonly path: string; readonly below: string }
  /** Why the run could not do what the rules allow there: another name, a name that is no text. */
  readonly closed: (path: string, action: 'read' | 'write') => string | undefined
  /** Whether something lay there before the run that the run did not see. */
  readonly exists: (path: string) => boolean
  /** Whether that is a folder: what is in it is meant, too. */
  readonly isFolder: (path: string) => boolean
  /** What the run was kept from making, the path itself or a folder above it. */
  readonly kept: (path: string) => { readonly path: string; readonly rule: Rule } | undefined
}

export interface Denial {
  readonly request: string
  readonly decision: Decision
  /** An Allow of the same host by method or path, where neither could be seen. */
  readonly plain?: Rule
  /** Why no rule allows it, where that is not plain. */
  readonly words?: string
  /** What a rule would have to allow, where that is not the request itself. */
  readonly opener?: string
}

const most = 5

/** At most five likely causes of a failure, the certain ones first, each once. */
export function likelyCauses(input: CauseInput): readonly Cause[] {
  const { denials, errors, typed, repositoryless, decideHost } = input
  const recorded = denials.map(({ request, decision, plain, words, opener }) => ({
    ...cause(request, decision, 'recorded'),
    ...(plain !== undefined && { plain }),
    ...(words !== undefined && { words }),
    ...(opener !== undefined && { paste: allowLine(opener) }),
  }))
  const { hosts, missing, complaints } = errors === '' ? silence : heardIn(errors)
  const packages = missing.flatMap((each) => packageCause(each, input))
  const inferred = [...complaints, ...typed].flatMap((complaint) => fileCause(complaint, input))
  const unreached = hosts.map((host) => hostCause(host, decideHost(host)))
  const above = repositoryless ? repositoryAbove(input) : []
  const unique = new Map(
    [...recorded, ...unreached, ...packages, ...above, ...inferred]
      .reverse()
      .map((each) => [each.request, each]),
  )
  return [...unique.values()].reverse().slice(0, most)
}

function fileCause({ path: said, actions, unmade }: Complaint, input: CauseInput): Cause[] {
  const { folders, home, decideFile, exists } = input
  const named = said.replace(/^~(?=\/|$)/, () => home)
  const paths = folders().map((folder) => resolve(folder, named))
  const path = paths.findLast(exists) ?? paths.at(-1) ?? named
  const isThere = exists(path)
  for (const action of actions) {
    if (!isThere && (action === 'read' || unmade === undefined)) continue
    const kept = action === 'write' ? keptCause(path, input) : undefined
    if (kept !== undefined) return [kept]
    const decision = decideFile(path, action)
    const making = isThere ? undefined : makingCause({ path, action, decision }, input)
    if (making !== undefined) return [making]
    if (decision.effect !== 'allow')
      return [pathCause({ path, action, decision, ...openerOf(path, input) }, input)]
    const words = input.closed(path, action)
    if (words !== undefined)
      return [{ request: `file:${input.print(path).path}:${action}`, known: 'inferred', words }]
  }
  return isThere || !actions.includes('read') ? [] : aroundCause(path, input)
}

/** Where a folder is closed, what would be made in it is said not to be there, as what would be read. */
function aroundCause(path: string, input: CauseInput): Cause[] {
  const { root, exists } = input
  for (let folder = dirname(path); folder !== root && isWithin(folder, root); folder = dirname(folder))
    if (exists(folder)) return fileCause({ path: folder, actions: ['read'] }, input)
  return []
}

/** No proxy saw it: there is none, or the program did not ask it. */
function hostCause(host: string, decision: Decision): Cause {
  const request = `http:${host}:request`
  if (decision.effect !== 'allow') return cause(request, decision, 'inferred')
  return { request, known: 'inferred', words: ownLookup }
}

const ownLookup =
  'the rules allow it, but the program looked the name up by itself, which nothing inside can: it has to ask the proxy that `HTTPS_PROXY` names, as Node does from 22.21 and 24.5 on'

/** The kernel lets nobody make, move or remove a file in less than its whole folder, so a rule about its name alone would not do. */
function makingCause({ path, action, decision }: Refusal, input: CauseInput): Cause | undefined {
  const { root, decideFile, print } = input
  const folder = dirname(path)
  const around = decideFile(folder, 'write')
  const saysNo = [decision, around].some(({ effect, rule }) => effect !== 'allow' && rule !== undefined)
  if (saysNo || around.effect === 'allow' || !isWithin(folder, root)) return undefined
  const words = `a name is made, moved or removed where its folder is open to writing, and ${printCode(folder === root ? '.' : print(folder).path)} is not`
  const request = `file:${print(path).path}:${action}`
  if (folder === root)
    return { request, known: 'inferred', words: `${words}: oos run --learn proposes a rule` }
  return { request, known: 'inferred', words, paste: allowLine(`file:${print(folder).below}:write`) }
}

function openerOf(path: string, { exists, isFolder, print }: CauseInput): { opener?: string } {
  return exists(path) && isFolder(path) ? { opener: print(path).below } : {}
}

function keptCause(path: string, { print, kept }: CauseInput): Cause | undefined {
  const closed = kept(path)
  if (closed === undefined) return undefined
  const request = `file:${print(closed.path).path}:write`
  if (basename(closed.path) !== '.git') return { request, rule: closed.rule, known: 'inferred' }
  return { request, known: 'inferred', words: 'a repository is made outside of a run: git init' }
}

/** Node looks next to who asks and in every folder above. */
function packageCause({ name, asker }: MissingPackage, input: CauseInput): Cause[] {
  const { cwd, root, decideFile, exists, print } = input
  for (let folder = asker === undefined ? cwd : dirname(resolve(cwd, asker)); ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules')
    const path = join(modules, name)
    if (isWithin(path, root) && exists(path)) {
      const decision = decideFile(path, 'read')
      if (decision.effect === 'allow') return []
      return [pathCause({ path, action: 'read', decision, opener: print(modules).below }, input)]
    }
    if (folder === dirname(folder)) return []
  }
}

/** Of a project that lies in a repository, a run sees the project alone, and git says that there is none. */
function repositoryAbove(input: CauseInput): Cause[] {
  const { root, exists, decideFile, print } = input
  const own = join(root, '.git')
  const pointed = input.pointed()
  if (pointed !== undefined) return repositoryElsewhere(pointed, input)
  const decision = decideFile(own, 'read')
  if (exists(own) && decision.effect !== 'allow')
    return [pathCause({ path: own, action: 'read', decision, ...openerOf(own, input) }, input)]
  const repository = [...foldersAbove(root)].find((folder) => exists(join(folder, '.git')))
  if (repository === undefined || exists(join(root, '.git'))) return []
  const path = join(repository, '.git')
  if (decideFile(path, 'read').effect === 'allow') return []
  const words = `the repository lies above the project, and a run has the project alone: git outside of the run, or run from ${printCode(repository)}, with specs there: oos init`
  return [{ request: `file:${print(path).path}:read`, known: 'inferred', words }]
}

const submodules = /\/\.git\/(?:.+\/)?modules\//

/** Nothing is offered for what does not look like one, wherever a file says that it is. */
function repositoryElsewhere(path: string, { exists, decideFile, print }: CauseInput): Cause[] {
  const looksLikeOne = ['HEAD', 'objects'].every((name) => exists(join(path, name)))
  if (!looksLikeOne || decideFile(path, 'read').effect === 'allow') return []
  const { path: printed, below } = print(path)
  const found = { request: `file:${printed}:read`, known: 'inferred' } as const
  if (!submodules.test(path)) return [{ ...found, paste: allowLine(`file:${below}:read,write`) }]
  const words = 'the repository lies in another one, where no run writes: git outside of the run'
  return [{ ...found, words, paste: allowLine(`file:${below}:read`) }]
}

function* foldersAbove(folder: string): Generator<string> {
  const above = dirname(folder)
  if (above === folder) return
  yield above
  yield* foldersAbove(above)
}

interface Refusal {
  readonly path: string
  readonly action: 'read' | 'write'
  readonly decision: Decision
  /** What a rule would name, if not the path alone. */
  readonly opener?: string
}

/** A program chooses its own words, so they open nothing that is not the project's. */
function pathCause({ path, action, decision, opener }: Refusal, { print, root }: CauseInput): Cause {
  const { path: printed } = print(path)
  const found = cause(`file:${printed}:${action}`, decision, 'inferred')
  if (found.paste === undefined) return found
  const { paste: _, ...unpasted } = found
  return isWithin(path, root)
    ? { ...unpasted, paste: allowLine(`file:${opener ?? printed}:${action}`) }
    : unpasted
}

function cause(request: string, decision: Decision, known: Cause['known']): Cause {
  const { rule } = decision
  const words = decision.reasons.find(({ text }) => text !== undefined)?.text
  if (words !== undefined) return { request, known, words }
  if (rule !== undefined) return { request, rule, known }
  return { request, known, paste: allowLine(request) }
}

function allowLine(request: string): string {
  return `- **Allow** ${printCode(escapeLet(request))}`
}
