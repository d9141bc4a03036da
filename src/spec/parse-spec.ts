import type { Root } from 'mdast'
import type { Rule } from '../policy/types.ts'
import type { Diagnostic } from '../shared/diagnostics.ts'
import { compareDiagnostics } from '../shared/diagnostics.ts'
import { reportMisplaced } from './front-matter/misplaced.ts'
import { type FrontMatter, parseFrontMatter } from './front-matter/read.ts'
import type { RulesFrontMatter } from './front-matter/schemas.ts'
import { validateFrontMatter } from './front-matter/validate.ts'
import { parseContract } from './kinds/contract.ts'
import { bindRules, parseDefinition } from './kinds/definition.ts'
import { parseLessons } from './kinds/lessons.ts'
import { parseRunbook } from './kinds/runbook.ts'
import { parseStack } from './kinds/stack.ts'
import { decodeSource } from './markdown/decode.ts'
import { parseMarkdown } from './markdown/parse.ts'
import { createText, type SpecText } from './markdown/text.ts'
import type { ParseTree } from './markdown/tree-memory.ts'
import { findAdvisory } from './prose/advisory.ts'
import { createReport, type Report } from './report.ts'
import { reportRuleLines } from './rule/lost.ts'
import { readRules } from './rule/rules.ts'
import type { AgentDefinition, Extension, Spec, SpecContent, SpecKind, SpecSource } from './types.ts'

export const ruleLimit = 10_000

/** One file, understood as far as that goes without the others. Never throws: what is wrong is in `diagnostics`. */
export function parseSpec(source: SpecSource, parse?: ParseTree): Spec {
  const { path, kind, layer, pack } = source
  const diagnostics: Diagnostic[] = []
  const decoded = decodeSource(source.bytes)
  const text = createText(path, 'text' in decoded ? decoded.text : '')
  const report = createReport(text, diagnostics)
  if (!('text' in decoded))
    report(decoded.code, { start: 0, end: 0 }, decoded.problem, decoded.fix ? { fix: decoded.fix } : {})
  reportBidirectional(text, report)
  const matter = parseFrontMatter(text.text, report, { ignore: kind === 'guidance' })
  if (kind !== 'guidance' && matter.bodyStart === 0) reportMisplaced(text.text, kind, report)
  const head = readHead(source, matter, text, report)
  const root = parseMarkdown(text, { bodyStart: matter.bodyStart, report, parse })
  const body = readRules(root, { text, report, layer, ...(pack && { pack }) })
  const rules = head.definition
    ? bindRules([...head.rules, ...body.rules], head.definition, report)
    : body.rules
  if (rules.length > ruleLimit)
    report('rule/too-many', { start: 0, end: 0 }, `this file has ${rules.length} rules`)
  const content = readContent(kind, head.definition, { root, text, report })
  return {
    path,
    kind,
    layer,
    ...(pack && { pack }),
    rules: rules.slice(0, ruleLimit),
    lets: body.lets,
    extends: head.extends,
    advisory: findAdvisory(root, body.prose, text),
    content,
    guidance: text.text.slice(matter.bodyStart).replace(/^\s*\n/, ''),
    diagnostics: diagnostics.sort(compareDiagnostics),
  }
}

interface Head {
  readonly extends: readonly Extension[]
  readonly definition?: AgentDefinition
  readonly rules: readonly Rule[]
}

function readHead(source: SpecSource, matter: FrontMatter, text: SpecText, report: Report): Head {
  const { kind } = source
  if (kind === 'guidance') {
    if (matter.bodyStart > 0) {
      report('front-matter/ignored', { start: 0, end: 3 }, 'the front matter of this file is not read')
      reportRuleLines(text.text.slice(0, matter.bodyStart), 0, 'it stands in front matter', report)
    }
    return { extends: [], rules: [] }
  }
  if (kind === 'definition') {
    const data = validateFrontMatter('definition', matter, report)
    if (!data) return { extends: [], rules: [] }
    return {
      extends: readExtends(data, matter, text),
      ...parseDefinition(data, { source, matter, text, report }),
    }
  }
  const data = validateFrontMatter(kind, matter, report)
  return { extends: data ? readExtends(data, matter, text) : [], rules: [] }
}

function readExtends(
  data: Pick<RulesFrontMatter, 'extends'>,
  matter: FrontMatter,
  text: SpecText,
): readonly Extension[] {
  const single = !Array.isArray(data.extends)
  return [data.extends].flat().map((extension, index) => {
    const place = text.place(matter.spanOf(single ? ['extends'] : ['extends', index]))
    return typeof extension === 'string' ? { pack: extension, except: [], place } : { ...extension, place }
  })
}

function readContent(
  kind: SpecKind,
  definition: AgentDefinition | undefined,
  { root, text, report }: Body,
): SpecContent {
  switch (kind) {
    case 'definition':
      return definition ? { kind, definition } : { kind: 'guidance' }
    case 'stack':
      return { kind, settings: parseStack(root, text, report) }
    case 'contract':
      return { kind, contract: parseContract(root, text, report) }
    case 'runbook':
      return { kind, runbook: parseRunbook(root, text, report) }
    case 'lessons':
      return { kind, lessons: parseLessons(root, text, report) }
    default:
      return { kind }
  }
}

interface Body {
  readonly root: Root
  readonly text: SpecText
  readonly report: Report
}

function reportBidirectional({ text }: SpecText, report: Report): void {
  const match = /[\u202A-\u202E\u2066-\u2069]/.exec(text)
  if (!match) return
  const name = `U+${match[0].charCodeAt(0).toString(16).toUpperCase()}`
  report(
    'source/bidirectional',
    { start: match.index, end: match.index + 1 },
    `the character ${name} turns text around`,
  )
}
