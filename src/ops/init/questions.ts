import type { Folder, PackageManager } from './facts.ts'

/** How a package manager is asked where packages come from. No host is assumed, so a mirror counts like any other. */
export type Question = ProgramQuestion | FolderQuestion

export interface ProgramQuestion {
  readonly run: readonly [string, ...string[]]
  readonly parse: (answer: string) => string[]
  /** A run sees what this program keeps in the home folder: its pack opens it. */
  readonly seen?: true
}

/** For one that has no command to ask: what it left behind when it fetched something. */
export interface FolderQuestion {
  readonly folder: { readonly variable: string; readonly usual: string }
  readonly parse: (folder: Folder) => string[]
}

export interface Source {
  /** Each row adds its first answer that names a host. */
  readonly questions: readonly (readonly Question[])[]
  /** How a person finds out. */
  readonly ask: string
}

const npm: Question = { run: ['npm', 'config', 'get', 'registry'], parse: urlHosts }
const pnpm: Question = { run: ['pnpm', 'config', 'get', 'registry'], parse: urlHosts }
const yarn: readonly Question[] = [
  { run: ['yarn', 'config', 'get', 'npmRegistryServer'], parse: urlHosts },
  { run: ['yarn', 'config', 'get', 'registry'], parse: urlHosts },
]

/** What an install would ask, whatever set it: pip's own default has a second host for the files. */
const indexProgram = `
from pip._internal.commands import create_command
from pip._internal.models.index import PyPI
options, _ = create_command('install').parse_args([])
print(options.index_url, *options.extra_index_urls)
if options.index_url == PyPI.simple_url: print('https://' + PyPI.file_storage_domain)
`
const pip: Source = {
  questions: [[{ run: ['python3', '-c', indexProgram], parse: urlHosts }]],
  ask: 'pip download --no-deps -v pip',
}

/** One entry per package manager; its name in a lock file or manifest is in `languages.ts`. */
export const sources: Readonly<Record<PackageManager, Source>> = {
  npm: { questions: [[npm]], ask: 'npm config get registry' },
  pnpm: { questions: [[pnpm, npm]], ask: 'pnpm config get registry' },
  // Its lock file may name npm's registry, whatever Yarn itself would ask.
  yarn: { questions: [yarn, [npm]], ask: 'yarn config get npmRegistryServer' },
  bun: { questions: [[npm]], ask: 'npm config get registry' },
  pip,
  uv: pip,
  poetry: pip,
  pdm: pip,
  pipenv: pip,
  cargo: {
    questions: [[{ folder: { variable: 'CARGO_HOME', usual: '.cargo' }, parse: cargoHosts }]],
    ask: 'cargo fetch; grep -H dl ~/.cargo/registry/index/*/config.json',
  },
  go: {
    questions: [[{ run: ['go', 'env', '-json', 'GOPROXY', 'GOSUMDB'], parse: goHosts, seen: true }]],
    ask: 'go env GOPROXY GOSUMDB',
  },
}

/** The hosts of the addresses in a text; other words are no answer. */
export function urlHosts(text: string): string[] {
  return text.split(/[\s,|"']+/).flatMap((word) => hostOf(word) ?? [])
}

/** An index that was used has a folder named after its host, and in it a file that says where crates are downloaded. */
export function cargoHosts(home: Folder): string[] {
  const indexes = home.list('registry/index').flatMap((name) => {
    const config = home.read(`registry/index/${name}/config.json`)
    return config === undefined ? [] : [`https://${name.replace(/-[0-9a-f]{16}$/, '')}/`, downloadsOf(config)]
  })
  const settings = ['config.toml', 'config'].map((file) => home.read(file) ?? '')
  const named = settings.flatMap((text) => [...text.matchAll(registryLine)].map((match) => match[1] ?? ''))
  return urlHosts([...indexes, ...named].join(' '))
}

const registryLine = /^[ \t]*(?:registry|index)[ \t]*=[ \t]*["'](?:sparse\+)?(https?:\/\/[^\s"']+)/gm

/** The address may have places for a crate's name in it. */
function downloadsOf(config: string): string {
  const { dl } = readJson(config)
  return typeof dl === 'string' ? dl.replace(/[{}]/g, '') : ''
}

/** A proxy list may end in `direct`; a checksum database is a name, perhaps with its key and another address. */
export function goHosts(answer: string): string[] {
  const { GOPROXY, GOSUMDB } = readJson(answer)
  const [name = '', address] = String(GOSUMDB ?? '').split(/\s+/)
  const database = name.replace(/\+.*/, '')
  const sums = address ?? (database.includes('.') ? `https://${database}` : '')
  return urlHosts(`${String(GOPROXY ?? '')} ${sums}`)
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/** It becomes a rule: a name or an IPv4 address, perhaps with a port, and nothing that a rule would read as a pattern. */
function hostOf(word: string): string | undefined {
  const url = URL.parse(word)
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined
  return /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(url.hostname) ? url.host : undefined
}
