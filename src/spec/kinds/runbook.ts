import type { Code, Heading, List, ListItem, Root } from 'mdast'
import {
  type Block,
  descendants,
  firstParagraph,
  labelOf,
  outline,
  tableRows,
  textOf,
} from '../markdown/blocks.ts'
import { spanOf } from '../markdown/inline.ts'
import type { SpecText } from '../markdown/text.ts'
import type { Report } from '../report.ts'
import type { Alert, Procedure, ProcedureStep, Runbook } from '../types.ts'

/** Procedures: a heading, when to use it, numbered steps with their commands. Alerts: a name and a threshold. */
export function parseRunbook(root: Root, text: SpecText, report: Report): Runbook {
  const blocks = outline(root)
  const starts = blocks.flatMap(({ node, headings }, index) =>
    node.type === 'heading' && !isStep(node, headings) ? [index] : [],
  )
  const sections = starts.map((start, index) => blocks.slice(start, starts[index + 1]))
  const procedures = sections
    .map((section) => parseProcedure(section, text))
    .filter((found) => found !== undefined)
  return {
    procedures: nameApart(procedures, report),
    alerts: blocks.flatMap((block) => findAlerts(block, text)),
  }
}

/** `#### Step 2: Snapshot` and `### 2. Snapshot` below another heading are steps, not procedures. */
function isStep(node: Heading, headings: readonly Heading[]): boolean {
  return headings.length > 1 && /^(?:step\s+\d+\b|\d+[.):])/i.test(textOf(node))
}

interface Named {
  readonly procedure: Procedure
  readonly parent: string
}

function parseProcedure(section: readonly Block[], text: SpecText): Named | undefined {
  const [head] = section
  if (head?.node.type !== 'heading') return undefined
  const steps: ProcedureStep[] = []
  let when: string | undefined
  section.slice(1).forEach(({ node }, index) => {
    const label = labelOf(node)
    if (label && /^when to use/i.test(label.label)) when = label.rest || listText(section[index + 2])
    else if (node.type === 'list' && node.ordered)
      steps.push(...node.children.map((item) => stepOf(item, text)))
    else if (node.type === 'heading')
      steps.push({ title: stepTitle(textOf(node)), commands: [], place: text.place(spanOf(node)) })
    else if (node.type === 'code')
      addCommand(steps, node, { before: section[index]?.node, name: textOf(section[0]?.node ?? node) }, text)
  })
  if (!steps.some(({ commands }) => commands.length > 0) && (when === undefined || steps.length === 0))
    return undefined
  const procedure = {
    name: textOf(head.node),
    ...(when && { when }),
    steps,
    place: text.place(spanOf(head.node)),
  }
  const parent = head.headings.at(-2)
  return { procedure, parent: parent ? textOf(parent) : '' }
}

function stepOf(item: ListItem, text: SpecText): ProcedureStep {
  const paragraph = firstParagraph(item)
  const title = paragraph ? stepTitle(textOf(paragraph)) : ''
  return {
    title,
    commands: descendants(item, 'code').map((code) => commandOf(code, text)),
    place: text.place(spanOf(paragraph ?? item)),
  }
}

/** A fence that is not indented stands behind its step; without a step it is one of its own. */
function addCommand(
  steps: ProcedureStep[],
  code: Code,
  { before, name }: { before: Block['node'] | undefined; name: string },
  text: SpecText,
): void {
  const last = steps.at(-1)
  const command = commandOf(code, text)
  if (last && !labelOf(before)) steps[steps.length - 1] = { ...last, commands: [...last.commands, command] }
  else
    steps.push({
      title: before?.type === 'paragraph' ? stepTitle(textOf(before)) : name,
      commands: [command],
      place: command.place,
    })
}

function commandOf(code: Code, text: SpecText): ProcedureStep['commands'][number] {
  return { text: code.value, language: code.lang ?? '', place: text.place(spanOf(code)) }
}

function stepTitle(text: string): string {
  return text.replace(/^(?:step\s+)?\d+\s*[.):]\s*/i, '').replace(/:$/, '')
}

function listText(block: Block | undefined): string | undefined {
  return block?.node.type === 'list'
    ? block.node.children.map((item) => textOf(item.children[0] ?? item)).join('; ')
    : undefined
}

/** Sections of several procedures are often called alike ("Response"): those carry the name of what they belong to. */
function nameApart(found: readonly Named[], report: Report): readonly Procedure[] {
  const count = (name: string) => found.filter(({ procedure }) => procedure.name === name).length
  const named = found.map(({ procedure, parent }) =>
    count(procedure.name) > 1 && parent ? { ...procedure, name: `${parent}: ${procedure.name}` } : procedure,
  )
  named.forEach((procedure, index) => {
    const first = named.findIndex(({ name }) => name === procedure.name)
    if (first < index)
      report.at('runbook/repeated', procedure.place, `there is another procedure \`${procedure.name}\``)
  })
  return named
}

const thresholdPattern =
  /^(.{2,80}?)\s*[:,—–-]?\s*((?:[<>]=?|≥|≤|over|under|above|below|more than|less than)\s*~?\$?\d[^;]*)$/i

function findAlerts({ node, headings }: Block, text: SpecText): readonly Alert[] {
  if (!headings.some((heading) => /alert|monitor|metric|threshold|health/i.test(textOf(heading)))) return []
  if (node.type === 'table') {
    return tableRows(node, /./, /threshold|alert|limit|warn/i).map(({ name, value, span }) => ({
      name,
      threshold: value,
      place: text.place(span),
    }))
  }
  return node.type === 'list' ? listAlerts(node, text) : []
}

function listAlerts(list: List, text: SpecText): readonly Alert[] {
  return descendants(list, 'listItem').flatMap((item) => {
    const paragraph = firstParagraph(item)
    const match = paragraph ? thresholdPattern.exec(textOf(paragraph)) : null
    return paragraph && match?.[1] && match[2]
      ? [{ name: match[1].replace(/:$/, ''), threshold: match[2], place: text.place(spanOf(paragraph)) }]
      : []
  })
}
