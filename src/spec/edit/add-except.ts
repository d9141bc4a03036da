import type { ListItem, Nodes, Paragraph, Root } from 'mdast'
import { printCapability } from '../../policy/capability/capability.ts'
import { printCode } from '../../policy/capability/print-code.ts'
import type { Capability, Rule } from '../../policy/types.ts'
import { parseFrontMatter } from '../front-matter/read.ts'
import { decodeSource } from '../markdown/decode.ts'
import { spanOf, tokenize } from '../markdown/inline.ts'
import { parseMarkdown } from '../markdown/parse.ts'
import { createText, type SpecText } from '../markdown/text.ts'
import { parseSpec } from '../parse-spec.ts'
import { createReport } from '../report.ts'
import { readEffect } from '../rule/effect-word.ts'
import { parseDraft } from '../rule/grammar.ts'
import type { SpecSource } from '../types.ts'

/** A file in which one rule has one more exception; every byte that was there is there still. */
export interface Excepted {
  readonly bytes: Uint8Array
  /** The rule's line as it would be, without its reason. */
  readonly text: string
}

/** Writes `except` behind the rule. Undefined unless that is all that the file would then say otherwise. */
export function addExcept(source: SpecSource, rule: Rule, capability: Capability): Excepted | undefined {
  const decoded = decodeSource(source.bytes)
  if (!('text' in decoded)) return undefined
  const text = createText(source.path, decoded.text)
  const edit = editOf(text, source, rule, printCode(printCapability(capability)))
  if (edit === undefined) return undefined
  const { at, more } = edit
  const edited = decoded.text.slice(0, at) + more + decoded.text.slice(at)
  const bom = source.bytes.subarray(0, source.bytes.length - Buffer.byteLength(decoded.text))
  const bytes = Buffer.concat([bom, Buffer.from(edited)])
  const now = saysOneMore(source, { ...source, bytes }, rule, capability)
  return now && { bytes, text: now.source.text }
}

function editOf(
  text: SpecText,
  { kind }: SpecSource,
  { effect, source: { line, column } }: Rule,
  code: string,
): { readonly at: number; readonly more: string } | undefined {
  const report = createReport(text, [])
  const { bodyStart } = parseFrontMatter(text.text, report, { ignore: kind === 'guidance' })
  const paragraph = paragraphAt(parseMarkdown(text, { bodyStart, report }), (item) => {
    const place = text.place(spanOf(item))
    return place.line === line && place.column === column
  })
  if (paragraph === undefined) return undefined
  const tokens = tokenize(text.text, paragraph)
  const draft = parseDraft(tokens.slice(readEffect(tokens)?.length ?? 0), {
    effect,
    source: text.text,
    report,
  })
  if (draft === undefined) return undefined
  const { except } = draft.clauses
  return except === undefined
    ? { at: draft.end, more: ` except ${code}` }
    : { at: except.end, more: `, ${code}` }
}

/** The first paragraph of the list item that is meant. */
function paragraphAt(root: Root, isMeant: (item: ListItem) => boolean): Paragraph | undefined {
  const queue: Nodes[] = [root]
  for (const node of queue) {
    const [first] = node.type === 'listItem' && isMeant(node) ? node.children : []
    if (first?.type === 'paragraph') return first
    if ('children' in node) queue.push(...node.children)
  }
  return undefined
}

/** The rule as it is now, if it is the one that was meant, and nothing else is said otherwise. */
function saysOneMore(
  before: SpecSource,
  after: SpecSource,
  { source: { line, text } }: Rule,
  capability: Capability,
): Rule | undefined {
  const [old, now] = [parseSpec(before), parseSpec(after)]
  if (old.rules.find((rule) => rule.source.line === line)?.source.text !== text) return undefined
  const wanted = old.rules.map((rule) =>
    rule.source.line === line ? { ...rule, except: [...rule.except, capability] } : rule,
  )
  const meaning = (rules: readonly Rule[]) =>
    JSON.stringify(rules.map(({ source: _source, ...rest }) => ({ ...rest, examples: rest.examples.length })))
  const complaints = (spec: typeof now) =>
    JSON.stringify(spec.diagnostics.map(({ code, message }) => [code, message]))
  const isSame = meaning(wanted) === meaning(now.rules) && complaints(old) === complaints(now)
  return isSame ? now.rules.find((rule) => rule.source.line === line) : undefined
}
