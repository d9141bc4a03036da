import type { AppliedFile } from '../../ops/init/apply.ts'
import type { InitPlan, PlannedFile } from '../../ops/init/plan.ts'
import { printCode } from '../../policy/capability/print-code.ts'
import { sanitize } from './sanitize.ts'
import type { Style } from './style.ts'

/**
 * Every file of a plan, as it would be written; of a kept one what is different. The rules of the project come last: what
 * stands right above the question is what gets read. The others are set close.
 */
export function renderInitPlan(plan: InitPlan, style: Style): string {
  const main = plan.files.filter(({ path }) => path === rulesFile)
  const others = plan.files.filter(({ path }) => path !== rulesFile)
  return [
    ...others.map((file) => renderFile({ ...file, content: withoutEmptyLines(file.content) }, style)),
    ...main.map((file) => renderFile(file, style)),
    ...renderNotes(plan, style),
  ].join('')
}

const rulesFile = '.agent-os/AGENT.md'

function withoutEmptyLines(text: string): string {
  return text.replace(/\n{2,}/g, '\n')
}

/** What `oos init` did, and what to type next. */
export function renderInitResult(plan: InitPlan, applied: readonly AppliedFile[], style: Style): string {
  const lines = applied.map(({ path, state, problem }) => {
    const why = problem === undefined ? '' : `: ${sanitize(problem)}`
    return `${marks[state](style)} ${path}${why}\n`
  })
  const differs = plan.files.some(({ difference }) => difference.length > 0)
  const hint = differs ? ['kept files differ from new ones: oos init --dry-run shows how\n'] : []
  return [...lines, ...renderNotes(plan, style), ...hint, `next: ${nextStep(plan, applied)}\n`].join('')
}

function nextStep(plan: InitPlan, applied: readonly AppliedFile[]): string {
  const failed = applied.filter(({ state }) => state === 'failed')
  const [missing] = plan.missing.filter((name) => plan.test?.startsWith(`${name} `))
  const first = missing === undefined ? '' : `install ${printCode(missing)}, then `
  if (failed.length === 0) return `${first}oos run -- ${plan.test ?? 'COMMAND'}`
  if (failed.every(({ path }) => path.startsWith('~/')))
    return 'oos init --no-user, or make your home folder writable'
  return 'put that right (`ls -ld . .agent-os` shows what lies here, and who may write), then oos init again'
}

const marks: Readonly<Record<AppliedFile['state'], (style: Style) => string>> = {
  written: (style) => style.good('written'),
  same: (style) => style.dim('same   '),
  kept: (style) => style.warn('kept   '),
  failed: (style) => style.bad('failed '),
}

function renderFile({ path, state, content, difference }: PlannedFile, style: Style): string {
  const title = style.bold(path)
  if (state === 'same') return `${title} ${style.dim('is there already, and is the same')}\n`
  if (state === 'new') return `${title}\n\n${indent(content)}\n`
  const lines = difference.map((line) => (line.startsWith('+') ? style.good(line) : style.bad(line)))
  return `${title} ${style.warn('is kept as it is; a new one would differ:')}\n\n${indent(sanitize(lines.join('\n')))}\n`
}

function renderNotes({ notes }: InitPlan, style: Style): string[] {
  return notes.map((note) => `${style.warn('note')} ${sanitize(note)}\n`)
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
