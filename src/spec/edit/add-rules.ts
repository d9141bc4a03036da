import type { Heading, Nodes, Root } from 'mdast'
import { isSeq, parseDocument } from 'yaml'
import { hasErrors } from '../../shared/diagnostics.ts'
import { parseFrontMatter } from '../front-matter/read.ts'
import { decodeSource } from '../markdown/decode.ts'
import { spanOf } from '../markdown/inline.ts'
import { parseMarkdown } from '../markdown/parse.ts'
import { createText } from '../markdown/text.ts'
import { parseSpec } from '../parse-spec.ts'
import { printRuleText } from '../print.ts'
import { createReport } from '../report.ts'
import type { Spec, SpecSource } from '../types.ts'

/** What comes into a spec: packs to take in, and rules under a heading of their own. */
export interface Addition {
  readonly heading: string
  /** One line below the heading, where it is new. */
  readonly about: string
  readonly packs: readonly string[]
  /** Without their bullets. */
  readonly rules: readonly string[]
}

/** The file with all of it in; undefined where that would change what it says besides. */
export function addRules(source: SpecSource, addition: Addition): Uint8Array | undefined {
  const decoded = decodeSource(source.bytes)
  if (!('text' in decoded)) return undefined
  const extended = extendMatter(decoded.text, addition.packs)
  if (extended === undefined) return undefined
  const text = addition.rules.length === 0 ? extended : insertItems(extended, source, addition)
  const mark = source.bytes[0] === 0xef ? source.bytes.subarray(0, 3) : new Uint8Array()
  const bytes = Buffer.concat([mark, Buffer.from(text)])
  return saysAllOfIt(parseSpec(source), parseSpec({ ...source, bytes }), addition) ? bytes : undefined
}

/** A spec that says nothing else. */
export function specWith(title: string, intro: string, addition: Addition): string {
  const head = `---\nextends: [${addition.packs.join(', ')}]\n---\n\n# ${title}\n\n${intro}\n`
  if (addition.rules.length === 0) return head
  return `${head}\n${section(addition)}`
}

function section({ heading, about, rules }: Addition): string {
  return `## ${heading}\n\n${about}\n\n${items(rules)}\n`
}

const items = (rules: readonly string[]) => rules.map((rule) => `- ${rule}`).join('\n')

const frontMatter = /^(---[ \t]*(?:ya?ml)?[ \t]*\r?\n)([\s\S]*?)(?<=\n)(---(?=[\r\n]|$))/

/** Comments and everything else in the front matter stay as they are. */
function extendMatter(text: string, packs: readonly string[]): string | undefined {
  if (packs.length === 0) return text
  if (!text.startsWith('---')) return `---\nextends: [${packs.join(', ')}]\n---\n\n${text}`
  const [whole, open = '', yaml = '', close = ''] = frontMatter.exec(text) ?? []
  if (whole === undefined) return undefined
  const document = parseDocument(yaml)
  const known = document.get('extends', true)
  if (isSeq(known)) for (const pack of packs) known.add(document.createNode(pack))
  else {
    const old = known === undefined ? [] : [known]
    document.set('extends', document.createNode([...old, ...packs], { flow: true }))
  }
  return `${open}${document.toString({ lineWidth: 0 })}${close}${text.slice(whole.length)}`
}

/** Below what stands under that heading already, else at the end. */
function insertItems(text: string, source: SpecSource, addition: Addition): string {
  const last = lastOfSection(bodyOf(text, source), addition.heading)
  if (last === undefined)
    return [text.trimEnd(), section(addition)].filter((part) => part !== '').join('\n\n')
  const end = spanOf(last).end
  const gap = last.type === 'list' ? '\n' : '\n\n'
  return `${text.slice(0, end)}${gap}${items(addition.rules)}${text.slice(end)}`
}

function bodyOf(source: string, { path, kind }: SpecSource): Root {
  const text = createText(path, source)
  const report = createReport(text, [])
  const { bodyStart } = parseFrontMatter(text.text, report, { ignore: kind === 'guidance' })
  return parseMarkdown(text, { bodyStart, report })
}

function lastOfSection({ children }: Root, heading: string): Nodes | undefined {
  const start = children.findIndex((node) => node.type === 'heading' && titleOf(node) === heading)
  if (start < 0) return undefined
  const next = children.findIndex((node, index) => index > start && node.type === 'heading')
  return children[(next < 0 ? children.length : next) - 1]
}

function titleOf({ children }: Heading): string {
  return children.map((child) => (child.type === 'text' ? child.value : '')).join('')
}

/** Whether the one file says what the other does, these rules and packs, and nothing else. */
function saysAllOfIt(before: Spec, after: Spec, { packs, rules }: Addition): boolean {
  const sayings = ({ rules: all }: Spec) => all.map((rule) => printRuleText(rule)).sort()
  const wanted = [...sayings(before), ...rules].sort()
  const taken = [
    ...before.extends.map(({ pack, except }) => [pack, except]),
    ...packs.map((pack) => [pack, []]),
  ]
  const plain = (value: unknown) => JSON.stringify(value, (key, part) => (key === 'place' ? undefined : part))
  return (
    plain(sayings(after)) === plain(wanted) &&
    plain(after.extends.map(({ pack, except }) => [pack, except])) === plain(taken) &&
    plain(after.content) === plain(before.content) &&
    plain(after.advisory) === plain(before.advisory) &&
    hasErrors(after.diagnostics) === hasErrors(before.diagnostics)
  )
}
