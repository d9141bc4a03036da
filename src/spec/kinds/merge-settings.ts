import type { Diagnostic } from '../../shared/diagnostics.ts'
import { diagnostic } from '../report.ts'
import type { Setting, Spec } from '../types.ts'

/** The settings that hold: a project's before the user's own defaults. One thing is set in one place of a layer. */
export function mergeSettings(specs: readonly Spec[]): {
  settings: readonly Setting[]
  diagnostics: readonly Diagnostic[]
} {
  const merged = new Map<string, Setting>()
  const diagnostics: Diagnostic[] = []
  for (const layer of ['user', 'project'] as const) {
    const here = new Map<string, Setting>()
    for (const setting of specs.filter((spec) => spec.layer === layer).flatMap(settingsOf)) {
      const first = here.get(setting.key)
      if (first && first.value !== setting.value) diagnostics.push(contradiction(first, setting))
      if (!first) here.set(setting.key, setting)
    }
    for (const [key, setting] of here) merged.set(key, setting)
  }
  return { settings: [...merged.values()], diagnostics }
}

function settingsOf({ content }: Spec): readonly Setting[] {
  if (content.kind === 'stack') return content.settings
  return content.kind === 'contract' ? content.contract.settings : []
}

function contradiction(first: Setting, second: Setting): Diagnostic {
  const { file, line } = first.place
  return diagnostic(
    'settings/contradiction',
    second.place,
    `\`${second.key}\` is \`${second.value}\` here and \`${first.value}\` in ${file}:${line}`,
    { related: [{ message: `\`${first.value}\` here`, place: first.place }] },
  )
}
