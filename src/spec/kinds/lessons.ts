import type { Nodes, Root } from 'mdast'
import { type Block, codeLines, firstParagraph, labelOf, outline, textOf } from '../markdown/blocks.ts'
import { spanOf } from '../markdown/inline.ts'
import type { Span, SpecText } from '../markdown/text.ts'
import type { Report } from '../report.ts'
import { nearestWord } from '../spelling.ts'
import type { Lesson } from '../types.ts'

/** `**Pattern:** Title`, `### Anti-Pattern: Title` and so on, each with its fields in a fence, a list or paragraphs. */
export function parseLessons(root: Root, text: SpecText, report: Report): readonly Lesson[] {
  const blocks = outline(root)
  return blocks.flatMap(({ node }, index) => {
    const head = headOf(node)
    if (!head) return []
    const length = blocks
      .slice(index + 1)
      .findIndex((block) => headOf(block.node) !== undefined || block.node.type === 'heading')
    const body = blocks.slice(index + 1, length < 0 ? undefined : index + 1 + length)
    const fields = body.flatMap((block) => fieldsOf(block, text.text))
    for (const field of fields) checkField(field, report)
    return [
      {
        ...head,
        fields: Object.fromEntries(fields.map(({ name, value }) => [name, value])),
        place: text.place(spanOf(node)),
      },
    ]
  })
}

const kinds = {
  pattern: 'pattern',
  'anti-pattern': 'anti-pattern',
  antipattern: 'anti-pattern',
  choice: 'choice',
} as const

function headOf(node: Nodes): Pick<Lesson, 'kind' | 'title'> | undefined {
  const label = node.type === 'heading' ? titleParts(textOf(node)) : labelParts(node)
  const word = label?.word.toLowerCase() ?? ''
  const kind = Object.entries(kinds).find(([name]) => name === word)?.[1]
  return kind && label && label.title !== '' ? { kind, title: label.title } : undefined
}

function titleParts(text: string): { word: string; title: string } | undefined {
  const match = /^([A-Za-z-]+):\s*(.+)$/.exec(text)
  return match?.[1] && match[2] ? { word: match[1], title: match[2] } : undefined
}

/** The title stands behind the bold word, or in it. */
function labelParts(node: Nodes): { word: string; title: string } | undefined {
  const label = labelOf(node)
  return label && (titleParts(label.label) ?? { word: label.label, title: label.rest })
}

interface Field extends Span {
  readonly name: string
  readonly value: string
}

function fieldsOf({ node }: Block, source: string): readonly Field[] {
  if (node.type === 'code') return linesToFields(codeLines(source, node))
  if (node.type === 'list') {
    return node.children.flatMap((item) => {
      const paragraph = firstParagraph(item)
      return paragraph ? linesToFields([{ text: textOf(paragraph), ...spanOf(paragraph) }]) : []
    })
  }
  const label = labelOf(node)
  return label && label.rest !== ''
    ? [{ name: label.label.toLowerCase(), value: label.rest, ...spanOf(node) }]
    : []
}

/** A line without a name goes on with the field above. */
function linesToFields(lines: readonly { text: string; start: number; end: number }[]): readonly Field[] {
  const fields: Field[] = []
  for (const { text, start, end } of lines) {
    const match = /^([A-Z][A-Za-z -]{1,40}):\s*(.*)$/.exec(text)
    const last = fields.at(-1)
    if (match?.[1]) fields.push({ name: match[1].toLowerCase(), value: match[2] ?? '', start, end })
    else if (last) fields[fields.length - 1] = { ...last, value: `${last.value} ${text}`.trim(), end }
  }
  return fields
}

const knownFields = [
  'context',
  'problem',
  'solution',
  'outcome',
  'triggers',
  'anti-pattern to avoid',
  'lessons learned',
  'rationale',
  'alternatives',
  'when to use',
  'when to use alternatives',
  'evidence',
  'source',
]

function checkField(field: Field, report: Report): void {
  if (knownFields.includes(field.name)) return
  const near = nearestWord(field.name, knownFields)
  if (near)
    report('lesson/field', field, `\`${field.name}\` is no field of a lesson`, {
      fix: `did you mean \`${near}\`?`,
    })
}
