import { compareDiagnostics, type Diagnostic } from '../shared/diagnostics.ts'
import { parseTree } from '../spec/markdown/parse.ts'
import { createTreeMemory, type ParseTree } from '../spec/markdown/tree-memory.ts'
import { parseSources, parseSpec } from '../spec/parse.ts'
import { projectSource, type ReadResult, userSource } from '../spec/read.ts'
import type { Spec, SpecSet, SpecSource } from '../spec/types.ts'

/** A project's specs at one moment, with what is typed and not saved yet. Without a root only the user's own. */
export interface Snapshot {
  readonly root?: string
  readonly home: string
  readonly sources: readonly SpecSource[]
  readonly set: SpecSet
  readonly diagnostics: readonly Diagnostic[]
  /** There is more than an editor can wait for at each keystroke: nothing was read of it. */
  readonly isTooLarge?: true
}

/** The texts of open files, by the path that oos shows. */
export type OpenTexts = ReadonlyMap<string, string>

/** Far above what people write; below what would keep an editor waiting. */
const mostBytes = 2 * 1024 * 1024

/** What is typed stands in for what lies on the disk. A file that leads elsewhere stays the fault that it is. */
export function overlay({ sources, diagnostics }: ReadResult, open: OpenTexts): ReadResult {
  const ledAway = new Set(
    diagnostics.filter(({ code }) => code === 'source/link').map(({ place }) => place.file),
  )
  const typed = [...open].flatMap(([path, text]) =>
    ledAway.has(path) ? [] : (sourceOf(path, new TextEncoder().encode(text)) ?? []),
  )
  const paths = new Set(typed.map(({ path }) => path))
  const replaced = sources.map((source) => typed.find(({ path }) => path === source.path) ?? source)
  return {
    sources: [...replaced, ...typed.filter((source) => !replaced.includes(source))],
    diagnostics: diagnostics.filter(({ place }) => !paths.has(place.file)),
  }
}

function sourceOf(path: string, bytes: Uint8Array): SpecSource | undefined {
  const [, isHome, below = ''] = /^(~\/)?\.agent-os\/(.*)$/s.exec(path) ?? []
  return isHome ? userSource(below, bytes) : projectSource(below, bytes)
}

export type Understand = (read: ReadResult) => Snapshot

/** Understands specs again and again: a file whose bytes are the same is not parsed again, and of others only what was edited. */
export function createUnderstanding(place: Pick<Snapshot, 'root' | 'home'>): Understand {
  let known = new Map<string, Known>()
  return ({ sources, diagnostics: found }) => {
    const size = sources.reduce((sum, { bytes, pack }) => sum + (pack === undefined ? bytes.length : 0), 0)
    if (size > mostBytes) return { ...place, sources, set: nothing, diagnostics: found, isTooLarge: true }
    const next = new Map<string, Known>()
    const set = parseSources(sources, (source) => {
      const now = again(source, known.get(source.path))
      next.set(source.path, now)
      return now.spec
    })
    known = next
    const diagnostics = [...found, ...set.diagnostics].sort(compareDiagnostics)
    return { ...place, sources, set, diagnostics }
  }
}

const nothing: SpecSet = { specs: [], rules: [], agents: [], settings: [], diagnostics: [] }

interface Known {
  readonly source: SpecSource
  readonly spec: Spec
  readonly parse: ParseTree
}

function again(source: SpecSource, known: Known | undefined): Known {
  if (known && known.source.kind === source.kind && Buffer.compare(known.source.bytes, source.bytes) === 0)
    return known
  const parse = known?.parse ?? createTreeMemory(parseTree)
  return { source, spec: parseSpec(source, parse), parse }
}
