import { resolve } from 'node:path'
import type { Decision, Rule } from '../policy/types.ts'

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
  /** The line that would change it, where a line can. */
  readonly paste?: string
}

export interface CauseInput {
  readonly denials: readonly { readonly request: string; readonly decision: Decision }[]
  /** The end of what the command wrote on stderr, if it passed through oos. */
  readonly errors: string
  /** The run had no network at all, so no proxy saw what was asked for. */
  readonly offline: boolean
  readonly cwd: string
  /** `file` request text for a path, as a rule would write it. */
  readonly describe: (path: string, action: 'read' | 'write') => string
  readonly decideFile: (path: string, action: 'read' | 'write') => Decision
}

const most = 5

/** At most five likely causes of a failure, the certain ones first, each once. */
export function likelyCauses(input: CauseInput): readonly Cause[] {
  const recorded = input.denials.map(({ request, decision }) => cause(request, decision, 'recorded'))
  const inferred = complaints(input.errors).flatMap((complaint) => inferCause(complaint, input))
  const unreached = input.offline ? unresolvedHosts(input.errors) : []
  const unique = new Map(
    [...recorded, ...unreached, ...inferred].reverse().map((each) => [each.request, each]),
  )
  return [...unique.values()].reverse().slice(0, most)
}

/** What curl, git, Node, Go, Python's pip and Cargo print when a name cannot be looked up. */
const unresolved =
  /(?:could not resolve host(?:name)?:?|getaddrinfo \w+|dial tcp: lookup|failed to resolve) ['"]?([\w-]+(?:\.[\w-]+)+)/gi

function unresolvedHosts(errors: string): Cause[] {
  return [...errors.matchAll(unresolved)].map(([, host = '']) => {
    const request = `http:${host}:request`
    return { request, known: 'inferred', paste: `- **Allow** \`${request}\`` }
  })
}

interface Complaint {
  readonly path: string
  readonly actions: readonly ('read' | 'write')[]
}

/** What programs in C, Node, Python, Go and Rust print when the kernel says no. */
const phrases: readonly { readonly says: RegExp; readonly actions: Complaint['actions'] }[] = [
  { says: /EROFS|read-only file system/i, actions: ['write'] },
  { says: /EACCES|EPERM|permission denied|operation not permitted/i, actions: ['read', 'write'] },
  { says: /ENOENT|no such file or directory|cannot find|not found/i, actions: ['read'] },
]
const quoted = /['"`‘“]([^'"`’”\n]{1,4096})['"`’”]/g
const bare = /(?:^|[\s:(])((?:~|\.{0,2})\/[^\s:'"`)]{1,4096})/g
const named = /(?!E[A-Z]+:)(?<=\s)([^\s:'"`‘’“”]+): [^:]*$/

function complaints(errors: string): Complaint[] {
  return errors.split('\n').flatMap((line) => {
    const phrase = phrases.find(({ says }) => says.test(line))
    if (phrase === undefined) return []
    return pathsIn(line).map((path) => ({ path, actions: phrase.actions }))
  })
}

function pathsIn(line: string): string[] {
  const found = [...line.matchAll(quoted), ...line.matchAll(bare)].map((match) => match[1] ?? '')
  const subject = named.exec(line)?.[1]
  return [...found, ...(subject === undefined ? [] : [subject])].filter((path) => path !== '')
}

function inferCause(complaint: Complaint, input: CauseInput): Cause[] {
  const path = resolve(input.cwd, complaint.path)
  for (const action of complaint.actions) {
    const decision = input.decideFile(path, action)
    if (decision.effect !== 'allow') return [cause(input.describe(path, action), decision, 'inferred')]
  }
  return []
}

function cause(request: string, decision: Decision, known: Cause['known']): Cause {
  const { rule } = decision
  const words = decision.reasons.find(({ text }) => text !== undefined)?.text
  if (words !== undefined) return { request, known, words }
  if (rule !== undefined) return { request, rule, known }
  return { request, known, paste: `- **Allow** \`${request}\`` }
}
