import { applyEdits, forget, memoryEdit, recall } from './apply.ts'
import { type HookFacts, type HookFile, readHookFacts, readHookFile } from './facts.ts'
import { type Idle, idleHook } from './idle.ts'
import { type HookName, hookNames } from './names.ts'
import { type HookEdit, installedHooks, planInstall, planUninstall } from './plan.ts'

export interface HookChange {
  readonly facts: HookFacts
  readonly edits: readonly HookEdit[]
  /** Why git does not run them after all. */
  readonly idle?: Idle
}

export interface HookOptions {
  /** The project's folder. */
  readonly root: string
  readonly dryRun?: boolean
}

/** Has commits and pushes of a repository checked. What was there goes on working, and comes back with `uninstallHooks`. */
export function installHooks({ root, dryRun = false }: HookOptions): HookChange {
  const facts = readHookFacts(root)
  const edits = planInstall(facts)
  if (!dryRun && edits.length > 0) applyEdits([...edits, memoryEdit(facts.memory, edits)])
  const idle = dryRun ? undefined : readHookStates(root).hooks.find((hook) => hook.idle)?.idle
  return { facts, edits, ...(idle && { idle }) }
}

/** Byte for byte, where nobody has written since. */
export function uninstallHooks({ root, dryRun = false }: HookOptions): HookChange {
  const facts = readHookFacts(root)
  const remembered = recall(facts.memory)
  // Also where they were installed, if git has been told since to look elsewhere.
  const files = new Map([
    ...facts.files,
    ...remembered.flatMap(({ path }): [string, HookFile][] => {
      const file = readHookFile(path)
      return file === undefined ? [] : [[path, file]]
    }),
  ])
  const edits = planUninstall({ ...facts, files }, remembered)
  if (!dryRun) {
    applyEdits(edits)
    forget(facts.memory)
  }
  return { facts, edits }
}

export interface HookState {
  readonly name: HookName
  /** Where it is written, if it is. */
  readonly path?: string
  /** Why git does not run it there. */
  readonly idle?: Idle
}

/** git runs it, and it asks oos. */
export function isActive({ path, idle }: HookState): boolean {
  return path !== undefined && idle === undefined
}

export function readHookStates(root: string): {
  readonly facts: HookFacts
  readonly hooks: readonly HookState[]
} {
  const facts = readHookFacts(root)
  const installed = installedHooks(facts)
  const hooks = hookNames.map((name) => {
    const path = installed.get(name)
    if (path === undefined) return { name }
    const idle = idleHook(facts, name)
    return { name, path, ...(idle && { idle }) }
  })
  return { facts, hooks }
}
