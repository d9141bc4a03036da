import type { Setting, SpecSet } from '../spec/types.ts'
import { defaultPragmas } from '../store/pragmas.ts'
import { usualRecord } from './record.ts'

/**
 * What a project's specs say besides rules that oos obeys, a line each: its record's place and settings, what agents run,
 * and what a pack's rules are not to be about, which the rules alone do not show.
 */
export function obeyedLines({
  specs,
  settings,
  agents,
}: Pick<SpecSet, 'specs' | 'settings' | 'agents'>): readonly string[] {
  return [
    ...settings
      .filter(isProjects)
      .filter(isUnusual)
      .map(({ key, value }) => `${key} = ${value}`),
    ...agents
      .filter(isProjects)
      .filter(({ command }) => command.length > 0)
      .map(({ name, command }) => `agent ${name} runs ${command.join(' ')}`),
    ...specs
      .flatMap((spec) => spec.extends)
      .filter(isProjects)
      .flatMap(({ pack, except }) => except.map((hole) => `${pack} without ${hole}`)),
  ]
}

function isProjects({ place }: Pick<Setting, 'place'>): boolean {
  return place.file.startsWith('.agent-os/')
}

const usual: Readonly<Record<string, string | number>> = {
  path: usualRecord,
  ...defaultPragmas,
}

/** Nothing but the database's settings is obeyed yet. */
function isUnusual({ key, value }: Setting): boolean {
  const [, name = ''] = /^database\.(.+)$/.exec(key) ?? []
  return Object.hasOwn(usual, name) && String(value).toLowerCase() !== String(usual[name])
}
