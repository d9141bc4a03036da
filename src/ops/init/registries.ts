import type { Folder, PackageHost, Stack } from './facts.ts'

/** Where the project's packages come from: what its own settings name, else what each package manager asks by itself. */
export function packageHosts(folder: Folder, stacks: readonly Stack[]): PackageHost[] {
  const hosts = stacks.flatMap((stack) => {
    const named = stack.language === 'Node' ? namedRegistries(folder) : []
    const usual = stack.hosts.map((host) => ({ host, from: stack.manager }))
    return named.some(({ replaces }) => replaces) ? named : [...usual, ...named]
  })
  return hosts
    .map(({ host, from }) => ({ host, from }))
    .filter(({ host }, index, all) => all.findIndex((other) => other.host === host) === index)
}

/** A scope's registry comes in addition, the registry itself in place of the usual one. */
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
