import { relative } from 'node:path'
import type { HookFacts, HookFile } from '../../ops/hooks/facts.ts'
import type { HookChange, HookState } from '../../ops/hooks/install.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'

/** What was written, and how: the files' contents are for who looks at the files. */
export function hookChangeData({ facts, edits }: HookChange) {
  return {
    keeper: facts.keeper,
    edits: edits.map(({ path, before, after }) => ({ path, change: changeOf(before, after) })),
  }
}

interface ChangeWords {
  readonly style: Style
  readonly dryRun: boolean
  readonly done: 'installed' | 'taken away'
}

export function renderHookChange({ facts, edits }: HookChange, { style, dryRun, done }: ChangeWords): string {
  if (edits.length === 0)
    return `${style.good(done === 'installed' ? 'the hooks are installed already' : 'no hook of oos is here')}\n`
  const lines = edits.map(({ path, before, after }) => {
    return `${changeOf(before, after).padEnd(7)} ${style.place(sanitizeLine(shown(path, facts)))}\n`
  })
  const end = dryRun
    ? 'nothing was written: this was a look\n'
    : `${style.good(`the hooks are ${done}`)}${nextStep(facts, done)}\n`
  return `${lines.join('')}${end}`
}

function nextStep({ keeper }: HookFacts, done: ChangeWords['done']): string {
  if (keeper === 'lefthook') return ': lefthook install'
  return keeper === 'husky' && done === 'installed'
    ? ': commit them, and they hold for everyone who works here'
    : ''
}

export function renderHookStates(facts: HookFacts, hooks: readonly HookState[], style: Style): string {
  const lines = hooks.map(({ name, path }) => {
    const mark = path === undefined ? style.warn('○') : style.good('●')
    return `${mark} ${name.padEnd(16)} ${path === undefined ? style.dim('not installed') : style.place(sanitizeLine(shown(path, facts)))}\n`
  })
  const missing = hooks.some(({ path }) => path === undefined)
  return `${lines.join('')}${missing ? `${style.dim('type')} oos hooks install\n` : ''}`
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
