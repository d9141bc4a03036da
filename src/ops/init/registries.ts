import type { Answer, Folder, InitFacts, PackageHost, PackageManager, Stack } from './facts.ts'

/** Where the project's packages come from: what its own settings name, else what each package manager says it asks. */
export function packageHosts(
  folder: Folder,
  stacks: readonly Stack[],
  answers: ReadonlyMap<PackageManager, Answer>,
): Pick<InitFacts, 'hosts' | 'unknown'> {
  const found = stacks.map(({ language, manager, lockFile }) => {
    const named = language === 'Node' ? namedRegistries(folder) : []
    const replaced = named.some(({ replaces }) => replaces)
    const answered = saidBy(manager, answers.get(manager))
    const said = replaced ? [] : answered.length > 0 ? answered : lockedHosts(folder, lockFile)
    return {
      hosts: [...said, ...named.map(({ host, from }) => ({ host, from }))],
      unknown: replaced || said.length > 0 ? [] : [manager],
    }
  })
  const hosts = found.flatMap((each) => each.hosts)
  return {
    hosts: hosts.filter(({ host }, index) => hosts.findIndex((other) => other.host === host) === index),
    unknown: found.flatMap(({ unknown }) => unknown),
  }
}

function saidBy(from: PackageManager, answer: Answer | undefined): PackageHost[] {
  return (answer?.hosts ?? []).map((host) => ({
    host,
    from,
    ...(answer?.unseen.includes(host) && { unseen: true }),
  }))
}

/** uv has no command that says which index it asks, and pip, which would, is often not there beside it. */
function lockedHosts(folder: Folder, lockFile: string | undefined): PackageHost[] {
  if (lockFile !== 'uv.lock') return []
  const addresses = [...(folder.read(lockFile) ?? '').matchAll(/\b(?:registry|url) = "(https:[^"]+)"/g)]
  const hosts = new Set(addresses.flatMap((match) => publicHost(match[1]) ?? []))
  return [...hosts].map((host) => ({ host, from: lockFile }))
}

/** A scope's registry comes in addition, the registry itself in place of what the package manager asks by itself. */
function namedRegistries(folder: Folder): (PackageHost & { readonly replaces: boolean })[] {
  return registryFiles.flatMap(({ file, line }) =>
    [...(folder.read(file) ?? '').matchAll(line)].flatMap((match) => {
      const host = publicHost(match[2])
      return host === undefined ? [] : [{ host, from: file, replaces: match[1] === '' }]
    }),
  )
}

const registryFiles = [
  { file: '.npmrc', line: /^[ \t]*(@[\w.-]+:|)registry[ \t]*=[ \t]*["']?(https?:\/\/[^\s"']+)/gm },
  { file: '.yarnrc.yml', line: /^([ \t]*)npmRegistryServer:[ \t]*["']?(https?:\/\/[^\s"']+)/gm },
] as const

/**
 * The repository may be anyone's: only a plain name with a dot becomes a rule. An address or a local name would open the
 * machine's own network, and anything else could be more than a name.
 */
function publicHost(url: string | undefined): string | undefined {
  const parsed = url === undefined ? null : URL.parse(url)
  if (parsed === null) return undefined
  const { hostname, port } = parsed
  const isName = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+$/.test(hostname)
  const isLocal = /\.(?:local|localhost|internal|intranet|lan|home|corp|test|example|invalid)$/.test(hostname)
  if (!isName || isLocal) return undefined
  return port === '' ? hostname : `${hostname}:${port}`
}
