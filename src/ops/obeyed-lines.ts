import type { Setting, SpecSet } from '../spec/types.ts'
import { defaultPragmas } from '../store/pragmas.ts'
import { quoteWord } from './quote-word.ts'
import { usualRecord } from './record.ts'

/**
 * What a project's specs say besides rules that oos obeys, a line each: its record's place and settings where they are not
 * those that hold without it, what agents run, what a person's commits and pushes run, and what a pack's rules are not to
 * be about, which the rules do not show.
 */
export function obeyedLines(
  { specs, settings, agents, rules }: Pick<SpecSet, 'specs' | 'settings' | 'agents' | 'rules'>,
  own: Pick<SpecSet, 'settings'>,
): readonly string[] {
  return [
    ...settings
      .filter(isProjects)
      .filter((setting) => isOther(setting, own.settings))
      .map(({ key, value }) => `${key} = ${value}`),
    ...agents
      .filter(isProjects)
      .filter(({ command }) => command.length > 0)
      .map(({ name, command }) => `agent ${name} runs ${command.map(quoteWord).join(' ')}`),
    ...rules
      .filter(({ source }) => isProjects({ place: source }))
      .filter(({ effect, stage }) => effect === 'require' && (stage === 'commit' || stage === 'push'))
      .flatMap(({ capabilities, stage }) =>
        capabilities.map(({ pattern }) => `each ${stage} with hooks runs ${pattern}`),
      ),
    ...specs
      .flatMap((spec) => spec.extends)
      .filter(isProjects)
      .flatMap(({ pack, except }) => except.map((hole) => `${pack} without ${hole}`)),
  ]
}

function isProjects({ place }: { readonly place: Pick<Setting['place'], 'file'> }): boolean {
  return place.file.startsWith('.agent-os/')
}

/** Nothing but the database's settings is obeyed yet. */
function isOther({ key, value }: Setting, own: readonly Setting[]): boolean {
  const [, name = ''] = /^database\.(.+)$/.exec(key) ?? []
  const usual: Readonly<Record<string, string | number>> = { path: usualRecord, ...defaultPragmas }
  if (!Object.hasOwn(usual, name)) return false
  const without = String(own.find((setting) => setting.key === key)?.value ?? usual[name])
  // SQLite takes the names of its settings' values in any case; a path is what it is.
  const same = (text: string) => (name === 'path' ? text : text.toLowerCase())
  return same(String(value)) !== same(without)
}
