import { isActive, readHookStates } from '../../ops/hooks/install.ts'
import { findProjectRoot, readHome } from '../../ops/project/root.ts'
import type { Define } from '../command.ts'
import { renderHookStates } from '../output/hooks.ts'

/** `oos hooks`: which hooks are installed here, and where. */
export const hooks: Define = (_command, terminal) => () => {
  const root = findProjectRoot(terminal.cwd(), readHome(terminal.env))
  const { facts, hooks } = readHookStates(root)
  const data = hooks.map((hook) => ({ ...hook, active: isActive(hook) }))
  terminal.answer('hooks', { keeper: facts.keeper, hooks: data }, () =>
    renderHookStates(facts, hooks, terminal.style),
  )
  return 0
}
