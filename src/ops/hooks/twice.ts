import { join } from 'node:path'
import type { Rule } from '../../policy/types.ts'
import type { Place } from '../../shared/diagnostics.ts'
import type { HookFacts } from './facts.ts'
import type { HookName } from './names.ts'
import { keptEnding, withoutBlock } from './script.ts'

/** A command that is required, and that the project's own hook runs, too. */
export interface RunTwice {
  readonly command: string
  readonly stage: 'commit' | 'push'
  /** The hook, or lefthook's settings. */
  readonly path: string
  readonly place: Place
}

/** Found where a line of the hook is the command itself, as people write it. Pure. */
export function runTwice(facts: HookFacts, rules: readonly Rule[]): readonly RunTwice[] {
  return rules.flatMap(({ effect, stage, capabilities, source: place }) => {
    if (effect !== 'require' || (stage !== 'commit' && stage !== 'push')) return []
    return capabilities.flatMap(({ pattern: command }) => {
      const path = ownHooks(facts, `pre-${stage}`).find((each) => runs(textAt(facts, each), command))
      return path === undefined ? [] : [{ command, stage, path, place }]
    })
  })
}

function ownHooks({ settings, folder }: HookFacts, name: HookName): readonly string[] {
  if (settings !== undefined) return [settings]
  return [join(folder, name), join(folder, name + keptEnding)]
}

function textAt({ files }: HookFacts, path: string): string {
  const file = files.get(path)
  return file === undefined || 'link' in file ? '' : withoutBlock(file.bytes.toString('utf8'))
}

function runs(text: string, command: string): boolean {
  const parts = text.split('\n').flatMap((line) => line.replace(/^\s*(?:-\s+)?run:/, '').split(/&&|\|\||;/))
  return parts.some((part) => part.trim() === command)
}
