import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
} from 'node:fs'
import { basename, join, sep } from 'node:path'
import type { LayerName } from '../policy/types.ts'
import type { Diagnostic } from '../shared/diagnostics.ts'
import { diskFailure } from '../shared/disk-failure.ts'
import type { DiagnosticCode } from './diagnostic-codes.ts'
import { sizeLimit } from './markdown/decode.ts'
import { diagnostic } from './report.ts'
import { alwaysIn } from './source.ts'
import type { SpecKind, SpecSource } from './types.ts'

export interface ReadOptions {
  /** The project's folder; none: only what is the user's and what ships. */
  readonly root?: string
  /** Where the project's specs lie, if not in `.agent-os` below its root. */
  readonly specs?: string
  readonly home: string
  /** The folder of the specs that ship with oos. */
  readonly packs: string
}

export interface ReadResult {
  readonly sources: readonly SpecSource[]
  readonly diagnostics: readonly Diagnostic[]
}

const fileLimit = 1_000

/** Reads every spec file once, into memory. What cannot be read is an error: its rules could not hold. */
export function readSources({ root, specs, home, packs }: ReadOptions): ReadResult {
  const results = [
    ...shippedPlaces(packs).map(readFolder),
    ...readTree(specPlaces(join(home, '.agent-os'), '~/.agent-os', 'user')),
    ...(root === undefined || root === home
      ? []
      : readTree(specPlaces(specs ?? join(root, '.agent-os'), '.agent-os', 'project'))),
  ]
  const sources = results.flatMap(({ sources }) => sources)
  const diagnostics = results.flatMap(({ diagnostics }) => diagnostics)
  const seen = [...sources.map(({ path }) => path), ...diagnostics.map(({ place }) => place.file)]
  return { sources, diagnostics: [...diagnostics, ...lacking(seen)] }
}

/** Without them nothing protects the rules themselves: half of an oos starts nothing. */
function lacking(seen: readonly string[]): readonly Diagnostic[] {
  return [...alwaysIn]
    .filter((pack) => !seen.includes(pack))
    .map((file) => {
      const text = `the pack \`${file}\`, which holds for every run, is gone`
      return diagnostic('source/unreadable', { file, line: 1, column: 1 }, text, { fix: 'install oos again' })
    })
}

/** A project's spec file by its path below `.agent-os/`, wherever its bytes come from; nothing if that is no spec's path. */
export function projectSource(path: string, bytes: Uint8Array): SpecSource | undefined {
  return sourceIn(specPlaces('', '.agent-os', 'project'), path, bytes)
}

/** The same below `~/.agent-os/`. */
export function userSource(path: string, bytes: Uint8Array): SpecSource | undefined {
  return sourceIn(specPlaces('', '~/.agent-os', 'user'), path, bytes)
}

function sourceIn(places: readonly Place[], path: string, bytes: Uint8Array): SpecSource | undefined {
  const slash = path.lastIndexOf('/') + 1
  const name = path.slice(slash)
  const place = places.find(({ folder }) => folder === path.slice(0, slash && slash - 1))
  if (place === undefined || !isMarkdown(name)) return undefined
  return { path: place.show(name), kind: place.kind(name), layer: place.layer, bytes }
}

/** Where the folder itself cannot be read, nothing is said of what lies in it. */
function readTree([top, ...below]: readonly [Place, ...Place[]]): readonly ReadResult[] {
  const listing = list(top)
  return 'code' in listing ? [{ sources: [], diagnostics: [listing] }] : [top, ...below].map(readFolder)
}

/** One folder whose markdown files are specs. */
interface Place {
  readonly folder: string
  /** The folder that links may not lead out of. */
  readonly inside: string
  readonly layer: LayerName
  kind(name: string): SpecKind
  /** As shown to people. */
  show(name: string): string
  readonly shipped?: true
}

function shippedPlaces(packs: string): readonly Place[] {
  const show = (name: string) => `oos:${name.replace(/\.md$/, '')}`
  const place = { inside: packs, layer: 'built-in', shipped: true, show } as const
  return [
    { ...place, folder: join(packs, 'packs'), kind: () => 'rules' },
    { ...place, folder: join(packs, 'agents'), kind: () => 'definition' },
  ]
}

function specPlaces(folder: string, shown: string, layer: LayerName): readonly [Place, ...Place[]] {
  return [
    {
      folder,
      inside: folder,
      layer,
      kind: (name) => kindsByName[name] ?? 'guidance',
      show: (name) => `${shown}/${name}`,
    },
    {
      folder: join(folder, 'agents'),
      inside: folder,
      layer,
      kind: () => 'definition',
      show: (name) => `${shown}/agents/${name}`,
    },
    {
      folder: join(folder, 'rules'),
      inside: folder,
      layer,
      kind: () => 'rules',
      show: (name) => `${shown}/rules/${name}`,
    },
  ]
}

const kindsByName: Readonly<Record<string, SpecKind>> = {
  'AGENT.md': 'agent',
  'PREFERRED_STACK.md': 'stack',
  'STACK_PREFERENCES.md': 'stack',
  'MIRROR_CONTRACT.md': 'contract',
  'RUNBOOK.md': 'runbook',
  'GLOBAL_RULES.md': 'rules',
  'LEARNING_PATTERNS.md': 'lessons',
}

function readFolder(place: Place): ReadResult {
  const listing = list(place)
  if ('code' in listing) return { sources: [], diagnostics: [listing] }
  if (listing.names.length > fileLimit) {
    return {
      sources: [],
      diagnostics: [
        problem(
          'source/too-many',
          place.show('').replace(/\/$/, ''),
          `${listing.names.length} markdown files in one folder`,
        ),
      ],
    }
  }
  const results = listing.names.map((name) => readSource(place, name))
  return {
    sources: results.flatMap((result) => ('bytes' in result ? [result] : [])),
    diagnostics: results.flatMap((result) => ('code' in result ? [result] : [])),
  }
}

function list(place: Place): { names: readonly string[] } | Diagnostic {
  const shown = place.show('').replace(/\/$/, '')
  try {
    // Most places have nothing: asking first is cheaper than an exception.
    if (lstatSync(place.folder, { throwIfNoEntry: false }) === undefined) return { names: [] }
    if (isLedAway(place)) return problem('source/link', shown, 'the folder is a symlink that leads elsewhere')
    return {
      names: readdirSync(place.folder).filter(isMarkdown).sort(),
    }
  } catch (error) {
    if (isMissing(error)) return { names: [] }
    const why = `the folder cannot be read (${diskFailure(error) ?? codeOf(error)})`
    const isFile = codeOf(error) === 'ENOTDIR'
    return problem('source/unreadable', shown, isFile ? 'it is a file, not a folder' : why)
  }
}

function isMarkdown(name: string): boolean {
  return /\.md$/i.test(name)
}

/**
 * A project's own spec folder may be no symlink at all: what it leads to would not be protected, and an agent could
 * write there. In the home folder it may be one, because no agent can write there.
 */
function isLedAway({ folder, inside, layer }: Place): boolean {
  const project = layer === 'project' && lstatSync(inside).isSymbolicLink()
  return project || (folder !== inside && leadsOut(folder, inside))
}

function readSource(place: Place, name: string): SpecSource | Diagnostic {
  const path = place.show(name)
  const file = join(place.folder, name)
  try {
    if (lstatSync(file).isSymbolicLink() && leadsOut(file, place.inside)) {
      return problem('source/link', path, 'the file is a symlink that leads out of its folder')
    }
    const bytes = readBytes(file)
    if (typeof bytes === 'string') return problem('source/unreadable', path, `it is ${bytes}, not a file`)
    if (bytes.length > sizeLimit) return problem('source/too-large', path, 'the file is larger than 1 MB')
    return { path, kind: place.kind(name), layer: place.layer, ...(place.shipped && { pack: path }), bytes }
  } catch (error) {
    return problem(
      'source/unreadable',
      path,
      `the file cannot be read (${diskFailure(error) ?? codeOf(error)})`,
    )
  }
}

/** Opened without waiting, so that a named pipe cannot hold oos up; looked at and read through one descriptor. */
function readBytes(file: string): Uint8Array | string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile())
      return stat.isDirectory() ? 'a folder' : stat.isFIFO() ? 'a named pipe' : 'a device or socket'
    const bytes = Buffer.alloc(Math.min(stat.size, sizeLimit) + 1)
    let length = 0
    for (;;) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null)
      length += read
      if (read === 0 || length === bytes.length) return bytes.subarray(0, length)
    }
  } finally {
    closeSync(descriptor)
  }
}

function leadsOut(path: string, folder: string): boolean {
  const target = realpathSync.native(path)
  const top = realpathSync.native(folder)
  return target !== top && !target.startsWith(top + sep)
}

function problem(code: DiagnosticCode, path: string, message: string): Diagnostic {
  return diagnostic(code, { file: path, line: 1, column: 1 }, `${message}: \`${basename(path)}\``)
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
