import matter from 'gray-matter'
import { type Document, isAlias, isMap, isPair, isScalar, type ParsedNode, parseDocument, visit } from 'yaml'
import type { Span } from '../markdown/text.ts'
import type { Report } from '../report.ts'

/** A file's two parts, and the front matter as data whose keys know where they stand. */
export interface FrontMatter {
  /** Where the body begins. */
  readonly bodyStart: number
  /** Undefined if there is none, or it could not be read. */
  readonly data?: unknown
  /** The offsets of the value (or key) at a path of the data; the whole front matter if there is none. */
  spanOf(path: readonly PropertyKey[], part?: 'key' | 'value'): Span
}

const depthLimit = 8
const sizeLimit = 64 * 1024

/** Splits off and parses the front matter. `ignore`: it belongs to another tool and is only cut off. */
export function parseFrontMatter(text: string, report: Report, { ignore = false } = {}): FrontMatter {
  const split = splitFrontMatter(text, report)
  const whole = { start: 0, end: Math.min(3, text.length) }
  if (!split) return { bodyStart: 0, spanOf: () => whole }
  const none = { bodyStart: split.bodyStart, spanOf: () => whole }
  if (ignore || split.yaml.trim() === '') return none
  if (split.yaml.length > sizeLimit) {
    report('front-matter/too-deep', whole, 'the front matter is larger than 64 KB')
    return none
  }
  const document = parseYaml(split.yaml)
  if (!document) {
    report('front-matter/too-deep', whole, 'the front matter cannot be read')
    return none
  }
  const shifted = (range: readonly [number, number] | undefined): Span =>
    range
      ? { start: split.yamlStart + range[0], end: split.yamlStart + Math.max(range[1], range[0] + 1) }
      : whole
  if (reportProblems(document, shifted, report)) return none
  return {
    bodyStart: split.bodyStart,
    data: document.toJS(),
    spanOf: (path, part) => shifted(rangeOf(document, path, part)),
  }
}

interface Split {
  readonly yaml: string
  readonly yamlStart: number
  readonly bodyStart: number
}

/** gray-matter finds the parts; its engines, one of which runs JavaScript from the file, are never reached, and not in the build. */
function splitFrontMatter(text: string, report: Report): Split | undefined {
  const opening = /^---(?!-)([^\r\n]*)/.exec(text)
  if (!opening) return undefined
  const firstLine = { start: 0, end: opening[0].length }
  const language = (opening[1] ?? '').trim()
  if (language !== '' && language !== 'yaml' && language !== 'yml') {
    report('front-matter/language', firstLine, `the front matter is marked \`${language.slice(0, 40)}\``)
    return { yaml: '', yamlStart: 0, bodyStart: closingEnd(text) ?? 0 }
  }
  if (closingEnd(text) === undefined) {
    report('front-matter/unclosed', firstLine, 'the front matter that begins here has no end')
    return { yaml: '', yamlStart: 0, bodyStart: text.length }
  }
  const file = matter(text, { engines: refusingEngines, language: 'yaml' })
  const bodyStart = text.length - file.content.length
  if (bodyStart !== closingEnd(text)) {
    report('front-matter/unclosed', firstLine, 'a line of the front matter begins with `---` and goes on')
    return { yaml: '', yamlStart: 0, bodyStart: text.length }
  }
  // Of a line's end in Windows' way, gray-matter leaves half behind.
  return { yaml: file.matter.replace(/\r$/, ''), yamlStart: firstLine.end, bodyStart }
}

const refuse = () => {
  throw new Error('front matter is YAML')
}
const refusing = { parse: refuse, stringify: refuse }

/** Every language that gray-matter has an engine for, or a name for one. */
export const refusingEngines = {
  yaml: { parse: () => ({}), stringify: refuse },
  json: refusing,
  javascript: refusing,
  coffee: refusing,
  toml: refusing,
}

function closingEnd(text: string): number | undefined {
  const closing = /\n---(?=[\r\n]|$)(?:\r\n|\n|\r)?/.exec(text)
  return closing ? closing.index + closing[0].length : undefined
}

function parseYaml(yaml: string): Document.Parsed | undefined {
  try {
    return parseDocument(yaml, {
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: true,
      resolveKnownTags: false,
      strict: true,
      prettyErrors: false,
      logLevel: 'error',
    })
  } catch {
    return undefined
  }
}

function reportProblems(
  document: Document.Parsed,
  shifted: (range?: readonly [number, number]) => Span,
  report: Report,
): boolean {
  let found = false
  const problem: Report = Object.assign((...args: Parameters<Report>) => {
    found = true
    report(...args)
  }, report)
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const tag = code === 'TAG_RESOLVE_FAILED'
    problem(
      tag ? 'front-matter/tag' : 'front-matter/yaml',
      shifted(pos),
      message.replace(/\s+/g, ' ').slice(0, 200),
    )
  }
  visit(document, {
    Node(_, node, path) {
      const span = shifted(node.range ? [node.range[0], node.range[1]] : undefined)
      if (isAlias(node) || ('anchor' in node && node.anchor))
        problem('front-matter/alias', span, 'an anchor or alias')
      else if (node.tag && !node.tag.startsWith('tag:yaml.org,2002:'))
        problem('front-matter/tag', span, `the tag \`${node.tag}\``)
      if (path.length > depthLimit * 2) {
        problem('front-matter/too-deep', span, 'the front matter is nested more than 8 levels deep')
        return visit.BREAK
      }
      return undefined
    },
    Pair(_, { key }) {
      const name = isScalar(key) ? key.value : undefined
      const span = shifted((key as ParsedNode | null)?.range?.slice(0, 2) as [number, number] | undefined)
      if (name === '<<') problem('front-matter/alias', span, 'a merge key')
      else if (typeof name !== 'string') problem('front-matter/value', span, 'a key that is no plain word')
    },
  })
  return found
}

function rangeOf(
  document: Document.Parsed,
  path: readonly PropertyKey[],
  part: 'key' | 'value' = 'value',
): readonly [number, number] | undefined {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents
  if (part === 'key' && isMap(parent)) {
    const pair = parent.items.find(
      (item) => isPair(item) && isScalar(item.key) && item.key.value === path.at(-1),
    )
    return pair && isScalar(pair.key) && pair.key.range ? [pair.key.range[0], pair.key.range[1]] : undefined
  }
  const node = document.getIn(path, true)
  const range = (node as ParsedNode | undefined)?.range
  return range ? [range[0], range[1]] : undefined
}
