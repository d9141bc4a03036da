import type { Rule } from '../../policy/types.ts'
import { parseSpec } from '../../spec/parse.ts'
import { alwaysIn } from '../../spec/source.ts'
import type { SpecSource } from '../../spec/types.ts'

/** A pack that ships with oos, and what its file says. */
export interface Pack {
  /** `oos:node`. */
  readonly name: string
  readonly rules: readonly Rule[]
}

export interface LearningPacks {
  /** What a language's tools need: read off the packs that allow something. */
  readonly languages: readonly Pack[]
  readonly secrets: Pack
}

const secretsName = 'oos:secrets'

export function readPacks(sources: readonly SpecSource[]): LearningPacks {
  const packs = sources
    .filter(({ pack, kind, path }) => pack !== undefined && kind === 'rules' && !alwaysIn.has(path))
    .map((source): Pack => ({ name: source.path, rules: parseSpec(source).rules }))
  return {
    languages: packs.filter(({ rules }) => rules.some(({ effect }) => effect === 'allow')),
    secrets: packs.find(({ name }) => name === secretsName) ?? { name: secretsName, rules: [] },
  }
}

/** Whether the pack holds for this agent already, perhaps with holes that a person made or agreed to. */
export function hasPack(rules: readonly Rule[], name: string, agent: string): boolean {
  return rules.some(
    ({ source, agents, withheld }) =>
      source.pack === name && withheld !== true && (agents.length === 0 || agents.includes(agent)),
  )
}
