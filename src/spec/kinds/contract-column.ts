import type { Line } from '../markdown/blocks.ts'
import type { SpecText } from '../markdown/text.ts'
import type { Report } from '../report.ts'
import { nearestWord } from '../spelling.ts'
import type { MirrorColumn } from '../types.ts'

const types: Readonly<Record<string, MirrorColumn['type']>> = {
  text: 'text',
  string: 'text',
  url: 'text',
  json: 'text',
  number: 'number',
  float: 'number',
  decimal: 'number',
  currency: 'number',
  integer: 'integer',
  int: 'integer',
  boolean: 'boolean',
  checkbox: 'boolean',
  date: 'date',
  datetime: 'datetime',
  timestamp: 'datetime',
  enum: 'enum',
}

const flags = [
  'primary key',
  'key',
  'required',
  'not null',
  'editable',
  'read-only',
  'unique',
  'optional',
] as const

/** `E: Status (Text, Enum: pending|approved|rejected)` */
export function parseColumn(line: Line, text: SpecText, report: Report): MirrorColumn | undefined {
  const match = /^([A-Z]{1,2}):\s+([^()]+?)\s*\(([^()]*)\)\s*(?:[#—–-].*)?$/.exec(line.text)
  if (!match?.[1] || !match[2] || match[3] === undefined) {
    report('contract/column', line, `\`${line.text.slice(0, 80)}\` is no column`)
    return undefined
  }
  const [typeName = '', ...marks] = match[3].split(',').map((part) => part.trim())
  const values = valuesOf([typeName, ...marks])
  const written = typeName.toLowerCase().replace(/^enum:.*$/, 'enum')
  const type = Object.hasOwn(types, written) ? types[written] : undefined
  if (!type) {
    const near = nearestWord(written, Object.keys(types))
    const fix = near ? `did you mean \`${near}\`?` : `a type is one of ${Object.keys(types).join(', ')}`
    report('contract/column', line, `\`${typeName.slice(0, 40)}\` is no type of a column`, { fix })
    return undefined
  }
  const found = marks.map((mark) => mark.toLowerCase())
  found.forEach((mark, index) => {
    const near = nearestWord(mark, flags)
    if (near && near !== mark)
      report('contract/column', line, `\`${marks[index]}\` is not understood`, {
        fix: `did you mean \`${near}\`?`,
      })
  })
  const maxLength = found
    .map((mark) => /^max(?:imum)?\s*:?\s*([\d,]+)/.exec(mark)?.[1])
    .find((digits) => digits)
  return {
    letter: match[1],
    name: match[2],
    type: values ? 'enum' : type,
    ...(values && { values }),
    key: found.includes('primary key') || found.includes('key'),
    required: found.includes('required') || found.includes('not null'),
    direction: found.includes('editable') ? 'both' : 'export',
    ...(maxLength && { maxLength: Number(maxLength.replace(/,/g, '')) }),
    place: text.place(line),
  }
}

function valuesOf(parts: readonly string[]): readonly string[] | undefined {
  const list = parts.map((part) => /^enum:\s*(.+)$/i.exec(part)?.[1]).find((text) => text !== undefined)
  return list
    ?.split('|')
    .map((value) => value.trim())
    .filter((value) => value !== '')
}
