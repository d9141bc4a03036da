import { relative } from 'node:path'
import type { HookFacts, HookFile } from '../../ops/hooks/facts.ts'
import { type HookChange, type HookState, isActive } from '../../ops/hooks/install.ts'
import type { RunTwice } from '../../ops/hooks/twice.ts'
import { renderPlace } from './diagnostics.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'

/** What was written, and how: the files' contents are for who looks at the files. */
export function hookChangeData({ facts, edits, idle }: HookChange) {
  return {
    keeper: facts.keeper,
    ...(idle && { idle }),
    edits: edits.map(({ path, before, after }) => ({ path, change: changeOf(before, after) })),
  }
}

interface ChangeWords {
  readonly style: Style
  readonly dryRun: boolean
  readonly done: 'installed' | 'taken away'
}

export function renderHookChange(change: HookChange, { style, dryRun, done }: ChangeWords): string {
  const { facts, edits } = change
  const sleeping = renderIdle(change, style)
  if (edits.length === 0) {
    const head = done === 'installed' ? 'the hooks are installed already' : 'no hook of oos is here'
    return sleeping === '' ? `${style.good(head)}\n` : sleeping
  }
  const lines = edits.map(({ path, before, after }) => {
    return `${changeOf(before, after).padEnd(7)} ${style.place(sanitizeLine(shown(path, facts)))}\n`
  })
  const end = dryRun
    ? 'nothing was written: this was a look\n'
    : `${style.good(`the hooks are ${done}`)}${nextStep(facts, done)}\n${done === 'installed' ? whom : ''}${sleeping}`
  return `${lines.join('')}${end}`
}

const whom =
  'what a run commits or pushes has to obey all rules; what you do yourself, sound specs and each Require\n'

/** What is committed holds for others no sooner than git runs it there, and a hook without oos lets nothing through. */
function nextStep({ keeper, manager = 'npm' }: HookFacts, done: ChangeWords['done']): string {
  if (done === 'taken away') return keeper === 'lefthook' ? ': lefthook install' : ''
  if (keeper === 'git') return ''
  const active = keeper === 'husky' ? `where husky is active (${manager} install)` : 'after lefthook install'
  return `: commit them, and they hold for others, too, ${active} and with oos in the PATH`
}

function renderIdle({ idle }: HookChange, style: Style): string {
  if (idle === undefined) return ''
  return `${style.warn('the hooks are written, but git does not run them')}: ${sanitizeLine(idle.why)}: ${sanitizeLine(idle.fix)}\n`
}

export function renderHookStates(facts: HookFacts, hooks: readonly HookState[], style: Style): string {
  const lines = hooks.map((hook) => {
    const { name, path, idle } = hook
    const mark = isActive(hook) ? style.good('●') : style.warn('○')
    const where =
      path === undefined ? style.dim('not installed') : style.place(sanitizeLine(shown(path, facts)))
    const why = idle === undefined ? '' : `  ${sanitizeLine(idle.why)}`
    return `${mark} ${name.padEnd(16)} ${where}${why}\n`
  })
  const missing = hooks.some(({ path }) => path === undefined) ? ['oos hooks install'] : []
  const fixes = new Set([...missing, ...hooks.flatMap(({ idle }) => (idle ? [idle.fix] : []))])
  return `${lines.join('')}${[...fixes].map((fix) => `${style.dim('type')} ${sanitizeLine(fix)}\n`).join('')}`
}

/** Only the one that is required runs under the rules. */
export function renderRunTwice(
  { command, stage, path, place }: RunTwice,
  facts: HookFacts,
  style: Style,
): string {
  const where = style.place(sanitizeLine(shown(path, facts)))
  const what = `\`${sanitizeLine(command)}\` is to run twice before a ${stage}: ${where} has it, too`
  return `${style.dim('oos:')} ${what} (${style.place(renderPlace(place))} requires it)\n`
}

function changeOf(before: HookFile | undefined, after: HookFile | undefined): string {
  if (before === undefined) return 'new'
  return after === undefined ? 'gone' : 'changed'
}

/** Below the work tree as people write it, else as it is. */
function shown(path: string, { top }: HookFacts): string {
  const below = relative(top, path)
  return below.startsWith('..') ? path : below
}
