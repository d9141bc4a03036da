import { compileNameGlob } from '../policy/match/name-glob.ts'
import type { Rule } from '../policy/types.ts'
import type { Diagnostic } from '../shared/diagnostics.ts'
import { isReplaced } from './extend.ts'
import { diagnostic } from './report.ts'
import { noneLeftOut } from './rule/agents-meant.ts'
import { agentsIn, agentsLeftOut } from './rule/reason.ts'
import { suggestWord } from './spelling.ts'
import type { AgentDefinition, Spec } from './types.ts'

/** The agents of all layers. A name is one agent's: a project can extend a shipped one, not shadow it. */
export function collectAgents(specs: readonly Spec[]): {
  agents: readonly AgentDefinition[]
  diagnostics: readonly Diagnostic[]
} {
  const agents = new Map<string, AgentDefinition>()
  const diagnostics: Diagnostic[] = []
  for (const spec of specs) {
    if (spec.content.kind !== 'definition' || isReplaced(spec, specs)) continue
    const definition = inherit(spec, spec.content.definition, specs)
    const first = agents.get(definition.name)
    if (!first) agents.set(definition.name, definition)
    else {
      const related = [{ message: 'first defined here', place: first.place }]
      diagnostics.push(
        diagnostic(
          'agent/repeated',
          definition.place,
          `\`${definition.name}\` is defined already, in ${first.place.file}`,
          { related },
        ),
      )
    }
  }
  return { agents: [...agents.values()], diagnostics }
}

/** An agent that no definition has is probably a misspelling: its rule would hold for nobody. */
export function checkAgents(
  rules: readonly Rule[],
  agents: readonly AgentDefinition[],
): readonly Diagnostic[] {
  const names = ['command', ...agents.map(({ name }) => name)]
  const known = new Set(names)
  const strays = rules.flatMap(({ agents: own, reason = '', source }) => {
    const fix = own.length === 0 ? agentsFix(reason, known) : undefined
    const said = 'whom the rule is for stands in the reason: it holds for all'
    return fix === undefined ? [] : [diagnostic('rule/in-reason', source, said, { fix })]
  })
  const unknown = rules.flatMap((rule) =>
    [...rule.agents.filter((name) => !known.has(name)), ...runsOfNobody(rule, names)].map((name) =>
      diagnostic('agent/unknown', rule.source, `no definition has the name \`${name}\``, {
        fix: suggestWord(name, names),
      }),
    ),
  )
  return [...unknown, ...strays]
}

/** What to write in place of a reason that says nothing but whom the rule is for. */
function agentsFix(reason: string, known: ReadonlySet<string>): string | undefined {
  const isOf = (names: readonly string[]) => names.length > 0 && names.every((name) => known.has(name))
  const named = agentsIn(reason)
  if (isOf(named)) return `write it before the dash: for ${named.map((name) => `\`${name}\``).join(', ')}`
  return isOf(agentsLeftOut(reason)) ? noneLeftOut : undefined
}

/** Whose runs it limits, where no agent has such a name. */
function runsOfNobody({ capabilities }: Rule, names: readonly string[]): readonly string[] {
  const runs = capabilities.filter(({ resource }) => resource === 'run').map(({ pattern }) => pattern)
  return runs.filter((pattern) => {
    const { matches } = compileNameGlob(pattern)
    return !names.some((name) => matches(name))
  })
}

/** What a definition leaves out it has from the definitions that it extends. */
function inherit(
  { extends: extensions }: Spec,
  own: AgentDefinition,
  specs: readonly Spec[],
): AgentDefinition {
  const bases = extensions.flatMap(({ pack }) => {
    const base = specs.find(({ path }) => path === pack)
    return base?.content.kind === 'definition' ? [base.content.definition] : []
  })
  const model = own.model ?? bases.find((base) => base.model !== undefined)?.model
  return {
    ...own,
    description: own.description || (bases.find(({ description }) => description)?.description ?? ''),
    command: firstFilled([own, ...bases].map(({ command }) => command)),
    tools: firstFilled([own, ...bases].map(({ tools }) => tools)),
    ...(model !== undefined && { model }),
  }
}

function firstFilled(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.find((list) => list.length > 0) ?? []
}
