import { CompletionItemKind } from 'vscode-languageserver'
import type * as z from 'zod'
import { frontMatterSchemas, type StrictKind } from '../spec/front-matter/schemas.ts'
import { packWord, rulesFolder } from '../spec/pack-path.ts'
import { alwaysIn } from '../spec/source.ts'
import type { SpecKind } from '../spec/types.ts'
import type { Cursor } from './cursor.ts'
import type { Offer, Offers } from './offer.ts'

/** Keys of the front matter, and packs to extend; nothing outside it. */
export function offerFrontMatter({ text, offset, file, snapshot }: Cursor): Offers | undefined {
  const lines = linesBefore(text, offset)
  if (lines === undefined) return undefined
  const line = lines.pop() ?? ''
  const source = snapshot.sources.find(({ path }) => path === file)
  const offersOf = (typed: string, offers: readonly Offer[]) => ({
    typed: { start: offset - typed.length, end: offset },
    offers,
  })
  if (source === undefined || !isStrict(source.kind)) return offersOf('', [])
  const packs = packOffers(
    file,
    snapshot.sources.map(({ path }) => path),
  )
  const [, key, value = ''] = /^\s*(?:-\s+)?([\w-]+)\s*:(?:.*[\s,[{])?([^\s,[\]{}]*)$/.exec(line) ?? []
  if (key !== undefined) return offersOf(value, key === 'extends' || key === 'pack' ? packs : [])
  const [, indent = '', dash, word] = /^(\s*)(-\s+)?([^\s:]*)$/.exec(line) ?? []
  if (word === undefined) return offersOf('', [])
  const owner = ownerOf(lines, indent.length, dash !== undefined)
  if (owner === 'extends')
    return offersOf(word, dash === undefined ? extensionKeys : [...packs, ...extensionKeys])
  return offersOf(word, dash === undefined ? keyOffers(source.kind, owner, lines) : [])
}

/** The lines of the front matter up to the point, without its first; nothing if the point is not in it. */
function linesBefore(text: string, offset: number): string[] | undefined {
  const [first = '', ...lines] = text.slice(0, offset).split(/\r\n|\n|\r/)
  if (lines.length === 0 || !/^---(?!-)/.test(first)) return undefined
  return lines.slice(0, -1).some((line) => /^---\s*$/.test(line)) ? undefined : lines
}

function isStrict(kind: SpecKind): kind is StrictKind {
  return Object.hasOwn(frontMatterSchemas, kind)
}

/** The top key that a line belongs to; a list may stand as far out as its key. */
function ownerOf(lines: readonly string[], indent: number, isItem: boolean): string | undefined {
  if (indent === 0 && !isItem) return undefined
  return /^([\w-]+)\s*:/.exec(lines.findLast((line) => /^[\w-]+\s*:/.test(line)) ?? '')?.[1]
}

function keyOffers(kind: StrictKind, owner: string | undefined, lines: readonly string[]): readonly Offer[] {
  if (owner !== undefined && owner !== 'limits') return []
  const definition = frontMatterSchemas.definition.shape
  const shape: z.core.$ZodShape =
    owner === undefined
      ? frontMatterSchemas[kind].shape
      : kind === 'definition'
        ? definition.limits.unwrap().shape
        : {}
  const given = new Set(lines.flatMap((line) => /^\s*([\w-]+)\s*:/.exec(line)?.[1] ?? []))
  return Object.entries(shape).flatMap(([name, schema]) =>
    given.has(name) ? [] : [offerKey(name, (schema as z.ZodType).description)],
  )
}

const extensionKeys: readonly Offer[] = [
  offerKey('pack', 'the pack to take in, if there is a hole in it'),
  offerKey('except', 'capabilities that the pack’s rules do not speak of here'),
]

function offerKey(name: string, about: string | undefined): Offer {
  return { text: `${name}:`, ...(about !== undefined && { about }), kind: CompletionItemKind.Property }
}

/** Those in force for every run need not be extended. */
function packOffers(file: string, paths: readonly string[]): readonly Offer[] {
  const shipped = paths.filter((path) => path.startsWith('oos:') && !alwaysIn.has(path))
  const own = paths
    .filter((path) => path !== file && path.startsWith(rulesFolder(file)))
    .map((path) => packWord(file, path))
  return [...shipped, ...own].map((text) => ({ text, kind: CompletionItemKind.Module }))
}
