import type { ListItem, Nodes, Root } from 'mdast'
import type { Rule } from '../../policy/types.ts'
import { parseFrontMatter } from '../front-matter/read.ts'
import { decodeSource } from '../markdown/decode.ts'
import { spanOf } from '../markdown/inline.ts'
import { parseMarkdown } from '../markdown/parse.ts'
import { createText, type SpecText } from '../markdown/text.ts'
import { parseSpec } from '../parse-spec.ts'
import { createReport } from '../report.ts'
import type { AdvisoryLine, SpecSource } from '../types.ts'

/** A file with rules put in beside their sentences; every byte that was there is there still. */
export interface Inserted {
  readonly bytes: Uint8Array
  /** Those that found a place, in order. */
  readonly done: readonly AdvisoryLine[]
  /** Those that would have changed what the file says beside the rule itself. */
  readonly left: readonly AdvisoryLine[]
}

/** Puts the suggested rule of each line below its sentence. What an edit did is read back before it counts. */
export function insertRules(source: SpecSource, lines: readonly AdvisoryLine[]): Inserted {
  const whole = insert(source, lines)
  if (whole) return { bytes: whole, done: lines, left: [] }
  // From the last line to the first, so that the places of the others stay.
  const last = lines.toSorted((a, b) => b.place.line - a.place.line || b.place.column - a.place.column)
  const done: AdvisoryLine[] = []
  let { bytes } = source
  for (const line of last) {
    const next = insert({ ...source, bytes }, [line])
    if (!next) continue
    bytes = next
    done.push(line)
  }
  return {
    bytes,
    done: lines.filter((line) => done.includes(line)),
    left: lines.filter((line) => !done.includes(line)),
  }
}

/** The bytes with these rules in them; undefined unless that is all that changed. */
function insert(source: SpecSource, lines: readonly AdvisoryLine[]): Uint8Array | undefined {
  const decoded = decodeSource(source.bytes)
  if (!('text' in decoded)) return undefined
  const text = createText(source.path, decoded.text)
  const root = parseBody(text, source)
  const starts = lineStarts(text.text)
  const places = lines.map(({ place }) => placeOf((starts[place.line - 1] ?? 0) + place.column - 1, root))
  if (!places.every((place) => place !== undefined)) return undefined
  const edits = [...new Set(places.map(({ block }) => block))].flatMap((block) => {
    const rules = lines.flatMap(({ suggestion }, index) =>
      places[index]?.block === block ? (suggestion ?? []) : [],
    )
    const place = places.find((one) => one.block === block)
    return place ? [editAt(place, rules, text.text)] : []
  })
  const edited = applyEdits(decoded.text, edits)
  const bytes = Buffer.concat([bomOf(source.bytes), Buffer.from(edited)])
  return saysOnlyMore(source, { ...source, bytes }, lines) ? bytes : undefined
}

function parseBody(text: SpecText, { kind }: SpecSource): Root {
  const report = createReport(text, [])
  const { bodyStart } = parseFrontMatter(text.text, report, { ignore: kind === 'guidance' })
  return parseMarkdown(text, { bodyStart, report })
}

interface Edit {
  readonly at: number
  readonly text: string
}

function editAt({ above, block, next }: InsertPlace, rules: readonly string[], source: string): Edit {
  const end = endOfLine(source, spanOf(block).end)
  const rest = source.slice(end)
  const eol = /\r\n|\n|\r/.exec(rest)?.[0] ?? /\r\n|\n|\r/.exec(source)?.[0] ?? '\n'
  const lead = `${above ? indentBelow(above, source) : ''}${bulletBeside(next, above, source)} `
  const text = rules.map((rule) => `${eol}${lead}${rule}`).join('')
  const apart = above === undefined || block.type !== 'paragraph'
  const crowded = above === undefined && next !== undefined && !blankLine.test(rest)
  return { at: end, text: `${apart ? eol : ''}${text}${crowded ? eol : ''}` }
}

function endOfLine(source: string, from: number): number {
  return from + (/^[ \t]*(?=[\r\n]|$)/.exec(source.slice(from))?.[0].length ?? 0)
}

const blankLine = /^[ \t]*(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)/

interface InsertPlace {
  /** The item of a list that the rule will belong to; none at the top of the document. */
  readonly above: ListItem | undefined
  /** What the rule stands below. */
  readonly block: Nodes
  readonly next: Nodes | undefined
}

/** Through lists alone: what stands in a quote or a table is never a rule, so there the rule comes after all of it. */
function placeOf(offset: number, root: Root): InsertPlace | undefined {
  let above: Root | ListItem = root
  for (;;) {
    const children: readonly Nodes[] = above.children
    const index = children.findIndex((child) => spanOf(child).start <= offset && offset < spanOf(child).end)
    const block = children[index]
    if (!block) return undefined
    const item: ListItem | undefined =
      block.type === 'list'
        ? block.children.find((child) => spanOf(child).start <= offset && offset < spanOf(child).end)
        : undefined
    if (!item) {
      return { above: above.type === 'root' ? undefined : above, block, next: children[index + 1] }
    }
    above = item
  }
}

/** The columns at which what belongs to an item begins. */
function indentBelow(item: ListItem, source: string): string {
  const { start } = spanOf(item)
  const lineStart = Math.max(source.lastIndexOf('\n', start - 1), source.lastIndexOf('\r', start - 1)) + 1
  const before = source.slice(lineStart, start).replace(/[^\t ]/g, ' ')
  const [, marker = '-', space = ' '] = /^([-+*]|\d{1,9}[.)])([ \t]*)/.exec(source.slice(start)) ?? []
  return before + ' '.repeat(marker.length) + (/^(?: {1,4}|\t)$/.test(space) ? space : ' ')
}

/** Inside an item its own bullet, or that of the list that is there already; elsewhere one that joins no other list. */
function bulletBeside(next: Nodes | undefined, above: ListItem | undefined, source: string): string {
  const bulletAt = (node: Nodes | undefined) =>
    node && /^[-+*](?=\s)/.exec(source.slice(spanOf(node).start))?.[0]
  if (above) return bulletAt(next) ?? bulletAt(above) ?? '-'
  return bulletAt(next) === '-' ? '*' : '-'
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.at - a.at)
    .reduce((done, { at, text: more }) => done.slice(0, at) + more + done.slice(at), text)
}

function bomOf(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(0, 3) : new Uint8Array()
}

/** Whether the one file says what the other does, the suggested rules, and nothing else. */
function saysOnlyMore(before: SpecSource, after: SpecSource, lines: readonly AdvisoryLine[]): boolean {
  const [old, now] = [parseSpec(before), parseSpec(after)]
  const fresh = lines.flatMap(({ suggestion }) => (suggestion === undefined ? [] : [`- ${suggestion}`]))
  const added = parseSpec({ ...after, kind: 'rules', bytes: Buffer.from(fresh.join('\n')) })
  const sayings = (rules: readonly Rule[]) => rules.map(meaningOf).sort()
  const agents = now.content.kind === 'definition' ? [now.content.definition.name] : []
  const wanted = [...old.rules, ...added.rules.map((rule) => ({ ...rule, agents }))]
  return (
    added.rules.length === fresh.length &&
    same(sayings(now.rules), sayings(wanted)) &&
    same(now.diagnostics.map(complaint), old.diagnostics.map(complaint)) &&
    same(
      now.advisory.map(({ text }) => text),
      old.advisory.map(({ text }) => text),
    ) &&
    same(meaning(now.content), meaning(old.content))
  )
}

function meaningOf({
  effect,
  capabilities,
  except,
  agents,
  stage,
  when,
  via,
  reason,
  examples,
}: Rule): string {
  return meaning([effect, capabilities, except, agents, stage, when, via, reason, examples])
}

function complaint({ code, message }: { readonly code: string; readonly message: string }): string {
  return `${code} ${message}`
}

/** As data, without the places, which move. */
function meaning(value: unknown): string {
  return JSON.stringify(value, (key, part) => (key === 'place' ? undefined : part))
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function lineStarts(source: string): readonly number[] {
  return [0, ...[...source.matchAll(/\r\n|\n|\r/g)].map((match) => match.index + match[0].length)]
}
