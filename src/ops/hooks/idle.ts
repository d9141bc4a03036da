import { join } from 'node:path'
import type { HookFacts } from './facts.ts'
import type { HookName } from './names.ts'
import { marker } from './script.ts'

/** Why git does not run a hook that is written, and what to type. */
export interface Idle {
  readonly why: string
  readonly fix: string
}

/** Whether git runs what is written for a hook: in a fresh clone nobody has told it yet where to look. Pure. */
export function idleHook(facts: HookFacts, name: HookName): Idle | undefined {
  const { keeper, top, looked, manager = 'npm' } = facts
  const found = looked.hooks.get(name)
  const path = join(looked.folder, name)
  const asks = found?.text.includes(marker) === true
  if (found?.executable && (asks || isRunner(facts, found.text))) return undefined
  if (found !== undefined && !found.executable && (asks || isRunner(facts, found.text)))
    return { why: `\`${below(path, top)}\` is not executable`, fix: `chmod +x '${below(path, top)}'` }
  return keeper === 'lefthook'
    ? { why: 'lefthook is not active here', fix: 'lefthook install' }
    : { why: 'husky is not active here', fix: `${manager} install` }
}

/** What husky or lefthook have put where git looks, which starts what is written elsewhere. */
function isRunner({ keeper, top, looked }: HookFacts, text: string): boolean {
  if (keeper === 'husky') return looked.folder === join(top, '.husky/_')
  return keeper === 'lefthook' && text.includes('lefthook')
}

function below(path: string, top: string): string {
  return path.startsWith(`${top}/`) ? path.slice(top.length + 1) : path
}
