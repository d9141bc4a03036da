/** A path that a command was perhaps refused. */
export interface Complaint {
  /** As it was said, perhaps relative. */
  readonly path: string
  /** In the order in which they may have been refused. */
  readonly actions: readonly ('read' | 'write')[]
  /** It may have been refused though it is not there: what was to be made. */
  readonly unmade?: true
}

interface Heard {
  readonly complaints: readonly Complaint[]
  readonly missing: readonly MissingPackage[]
  readonly hosts: readonly string[]
}

/** Of a run that said nothing, as most: none of the expressions below has to be compiled. */
export const silence: Heard = { complaints: [], missing: [], hosts: [] }

/** What the end of a command's stderr says of why it failed. */
export function heardIn(errors: string): Heard {
  return {
    complaints: complaintsIn(errors),
    missing: missingPackages(errors),
    hosts: unresolvedHosts(errors),
  }
}

/** What programs in C, Node, Python, Go and Rust print when the kernel says no. */
const phrases: readonly { readonly says: RegExp; readonly actions: Complaint['actions'] }[] = [
  {
    says: /EROFS|EBUSY|read-only file system|(?:resource|device) (?:or resource )?busy/i,
    actions: ['write'],
  },
  { says: /EACCES|EPERM|permission denied|operation not permitted/i, actions: ['read', 'write'] },
  {
    says: /ENOENT|no such file or directory|directory nonexistent|cannot find|not found/i,
    actions: ['read'],
  },
]
const quoted = /['"`‘“]([^'"`’”\n]{1,4096})['"`’”]/g
const bare = /(?:^|[\s:(])((?:~|\.{0,2})\/[^\s:'"`)]{1,4096})/g
const named = /(?!E[A-Z]+:)(?<=\s)([^\s:'"`‘’“”]+): [^:]*$/
/** Of a copy the source is only read. */
const copied =
  /\bcopy(?:file)? (?<quote>['"`‘“])[^\n]*?['"`’”] (?:to|->) ['"`‘“](?<target>[^'"`’”\n]{1,4096})['"`’”]/i

/** The paths of which a program says that it could not read or write them. */
function complaintsIn(errors: string): readonly Complaint[] {
  return errors.split('\n').flatMap((line) => {
    const phrase = phrases.find(({ says }) => says.test(line))
    if (phrase === undefined || packageNamed.test(line)) return []
    const { actions } = phrase
    // A word without a slash may be anything: it is a path where it is there, or was to be written.
    const isMade = (path: string) => !actions.includes('read') || path.includes('/')
    return pathsIn(line).map((path) => ({ path, actions, ...(isMade(path) && { unmade: true as const }) }))
  })
}

function pathsIn(line: string): string[] {
  const target = copied.exec(line)?.groups?.target
  if (target !== undefined) return [target]
  const found = [...line.matchAll(quoted), ...line.matchAll(bare)].map((match) => match[1] ?? '')
  const subject = named.exec(line)?.[1]
  return [...found, ...(subject === undefined ? [] : [subject])].filter((path) => path !== '')
}

/** A package that Node did not find, by its folder's name. */
export interface MissingPackage {
  readonly name: string
  /** The file that asks for it, where that is said. */
  readonly asker?: string
}

const packageNamed = /Cannot find (?:module|package) ['"]((?:@[\w.-]+\/)?[\w-][\w.-]*)(?:\/[^'"\n]*)?['"]/
const asking = /imported from ['"]?(\/[^\s'"]+)|^- (\/.+)$/m

/** Node says the name alone: where it looked is for who knows the disk. */
function missingPackages(errors: string): readonly MissingPackage[] {
  const lines = errors.split('\n')
  return lines.flatMap((line, index) => {
    const name = packageNamed.exec(line)?.[1]
    if (name === undefined) return []
    const [, imported, required] = asking.exec(lines.slice(index, index + 3).join('\n')) ?? []
    const asker = imported ?? required
    return [asker === undefined ? { name } : { name, asker }]
  })
}

/**
 * What curl, git, Node, Go, Java, Python's pip and Cargo print when a name cannot be looked up. No address is: who says so of one,
 * in whatever notation, wants it to be opened.
 */
const unresolved =
  /(?:could not resolve host(?:name)?:?|unknown host:?|unknownhostexception:|getaddrinfo \w+|dial tcp: lookup|failed to resolve) ['"]?([\w-]+(?:\.[\w-]+)*\.[a-z][\w-]*)(?!\.?[\w-])/gi

function unresolvedHosts(errors: string): readonly string[] {
  return [...errors.matchAll(unresolved)].map(([, host = '']) => host)
}
