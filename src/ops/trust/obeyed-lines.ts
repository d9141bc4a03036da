import type { Place } from '../../shared/diagnostics.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import type { Setting, SpecSet } from '../../spec/types.ts'
import { defaultPragmas } from '../../store/pragmas.ts'
import { usualRecord } from '../project/record.ts'

/** One thing that oos would obey besides rules, in words that are read in one go. */
export interface ObeyedLine {
  /** `before a commit, your hooks run` */
  readonly what: string
  /** `npm test` */
  readonly value: string
  /** The line that says so; none where one is gone. */
  readonly place?: Pick<Place, 'file' | 'line'>
}

/** Where it stands makes no difference. */
export function textOfLine({ what, value }: ObeyedLine): string {
  return `${what} ${value}`
}

/**
 * What a project's specs say besides rules that oos obeys, a line each: its record's place and settings where they are not
 * those that hold without it, what agents run, what a person's commits and pushes run, and what a pack's rules are not to
 * be about, which the rules do not show.
 */
export function obeyedLines(
  { specs, settings, agents, rules }: Pick<SpecSet, 'specs' | 'settings' | 'agents' | 'rules'>,
  own: Pick<SpecSet, 'settings'>,
): readonly ObeyedLine[] {
  return [
    ...settings
      .filter(isProjects)
      .filter((setting) => isOther(setting, own.settings))
      .map(({ key, value, place }) => ({ what: 'sets', value: `${key} = ${value}`, place })),
    ...agents
      .filter(isProjects)
      .filter(({ command }) => command.length > 0)
      .map(({ name, command, place }) => ({
        what: `agent ${name} runs`,
        value: command.map(quoteWord).join(' '),
        place,
      })),
    ...rules
      .filter(({ source }) => isProjects({ place: source }))
      .filter(({ effect, stage }) => effect === 'require' && (stage === 'commit' || stage === 'push'))
      .flatMap(({ capabilities, stage, source: place }) =>
        capabilities.map(({ pattern: value }) => ({
          what: `before a ${stage}, your hooks run`,
          value,
          place,
        })),
      ),
    ...specs
      .flatMap((spec) => spec.extends)
      .filter(isProjects)
      .flatMap(({ pack, except, place }) =>
        except.map((hole) => ({ what: `leaves out of ${pack}`, value: `${hole}`, place })),
      ),
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
