import { parseCapability } from '../../policy/capability/capability.ts'
import type { Rule } from '../../policy/types.ts'
import type { FrontMatter } from '../front-matter/read.ts'
import type { DefinitionFrontMatter } from '../front-matter/schemas.ts'
import type { SpecText } from '../markdown/text.ts'
import type { Report } from '../report.ts'
import { agentName } from '../rule/build.ts'
import type { AgentDefinition, SpecSource } from '../types.ts'

interface DefinitionContext {
  readonly source: SpecSource
  readonly matter: FrontMatter
  readonly text: SpecText
  readonly report: Report
}

/** An agent definition: its front matter says what it runs, its body is what it is told. */
export function parseDefinition(
  data: DefinitionFrontMatter,
  context: DefinitionContext,
): { definition?: AgentDefinition; rules: readonly Rule[] } {
  const { source, matter, text, report } = context
  const named = data.name !== undefined
  const name = data.name ?? fileName(source.path)
  // `command` is what a run without an agent is called.
  if (!agentName.test(name) || name === 'command') {
    report(
      'rule/agent-name',
      matter.spanOf(named ? ['name'] : []),
      `\`${name.slice(0, 60)}\` cannot be an agent’s name`,
    )
    return { rules: [] }
  }
  if (typeof data.command === 'string' && shellSigns.test(data.command))
    report(
      'front-matter/value',
      matter.spanOf(['command']),
      '`command` is no line of a shell: it is parted at its blanks, and quotes and the like would go to the program',
      {
        fix: "name each word of it, `command: [claude, -p, 'fix it']`; what needs a shell goes into a script: `command: [./agent.sh]`",
      },
    )
  const definition: AgentDefinition = {
    name,
    description: data.description ?? '',
    command: words(data.command, /\s+/),
    ...(data.model && { model: data.model }),
    tools: words(data.tools, /[\s,]+/),
    place: text.place(matter.spanOf(named ? ['name'] : [])),
  }
  return { definition, rules: limitRules(data, definition, context) }
}

const shellSigns = /["'`|&;<>$\\]/

/** The rules of a definition are its own agent's. */
export function bindRules(
  rules: readonly Rule[],
  { name }: AgentDefinition,
  report: Report,
): readonly Rule[] {
  return rules.map((rule) => {
    const foreign = rule.agents.find((agent) => agent !== name)
    if (foreign)
      report.at(
        'agent/foreign',
        rule.source,
        `this rule is for \`${foreign}\`, in the definition of \`${name}\``,
      )
    return { ...rule, agents: [name] }
  })
}

function limitRules(
  { limits }: DefinitionFrontMatter,
  { name }: AgentDefinition,
  context: DefinitionContext,
): readonly Rule[] {
  const { source, matter, text, report } = context
  return Object.entries(limits).flatMap(([key, value]) => {
    if (value === undefined) return []
    const span = matter.spanOf(['limits', key])
    const result = parseCapability(`run:${name}{${key}:${value}}`)
    if (!result.ok) {
      const [problem] = result.problems
      if (problem) report.capability(span, problem)
      return []
    }
    const written = `**Limit** \`run:${name}{${key}:${value}}\``
    const ruleSource = { ...text.place(span), text: written, ...(source.pack && { pack: source.pack }) }
    return [
      {
        effect: 'limit',
        capabilities: [result.value],
        except: [],
        agents: [],
        source: ruleSource,
        layer: source.layer,
        examples: [],
      },
    ]
  })
}

function words(value: string | readonly string[], separator: RegExp): readonly string[] {
  return typeof value === 'string' ? value.split(separator).filter((word) => word !== '') : value
}

/** A file is named after its agent: `agents/coder.md`, `oos:coder`. */
function fileName(path: string): string {
  return path.replace(/^.*[/:]/, '').replace(/\.md$/i, '')
}
