import { parseSources, parseSpec } from '../../src/spec/parse.ts'
import type { Spec, SpecKind, SpecSet, SpecSource } from '../../src/spec/types.ts'

const kinds: Readonly<Record<string, SpecKind>> = {
  'AGENT.md': 'agent',
  'PREFERRED_STACK.md': 'stack',
  'STACK_PREFERENCES.md': 'stack',
  'MIRROR_CONTRACT.md': 'contract',
  'RUNBOOK.md': 'runbook',
  'GLOBAL_RULES.md': 'rules',
  'LEARNING_PATTERNS.md': 'lessons',
}

/** A source as reading a folder would make it, from its path alone. */
export function source(path: string, text: string | Uint8Array): SpecSource {
  const name = path.replace(/^.*\//, '')
  const shipped = path.startsWith('oos:')
  const kind = path.includes('agents/')
    ? 'definition'
    : shipped || path.includes('rules/')
      ? 'rules'
      : (kinds[name] ?? 'guidance')
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const layer = shipped ? 'built-in' : path.startsWith('~') ? 'user' : 'project'
  return {
    path: path.replace('oos:agents/', 'oos:'),
    kind,
    layer,
    ...(shipped && { pack: path.replace('oos:agents/', 'oos:') }),
    bytes,
  }
}

/** The rules file of a project with this text. */
export function rulesOf(text: string): Spec {
  return parseSpec(source('.agent-os/rules/team.md', text))
}

export function setOf(files: Readonly<Record<string, string>>): SpecSet {
  return parseSources(Object.entries(files).map(([path, text]) => source(path, text)))
}

export function codesOf({ diagnostics }: Pick<Spec, 'diagnostics'>): readonly string[] {
  return diagnostics.map(({ code }) => code)
}
