import type { Rule } from '../policy/types.ts'
import type { SpecSet } from '../spec/types.ts'

/** Everything in a project's own specs that binds or is obeyed, a line each: what a person is asked to agree to. */
export function trustLines({ specs }: Pick<SpecSet, 'specs'>): readonly string[] {
  return specs
    .filter(({ layer, pack }) => pack === undefined && (layer === 'project' || layer === 'agent'))
    .flatMap((spec) => [
      ...spec.extends.map(
        ({ pack, except }) => `extends ${pack}${except.map((hole) => ` except ${hole}`).join('')}`,
      ),
      ...spec.lets.map(({ name, pattern }) => `**Let** \`${name}\` = \`${pattern}\``),
      ...spec.rules.map(ruleLine),
      ...(spec.content.kind === 'stack'
        ? spec.content.settings.map(({ key, value }) => `${key} = ${value}`)
        : []),
      ...(spec.content.kind === 'definition' ? [commandLine(spec.content.definition)] : []),
    ])
}

function ruleLine({ source, agents }: Rule): string {
  return agents.length === 0 || source.text.includes(' for ')
    ? source.text
    : `${source.text} for ${agents.join(', ')}`
}

function commandLine({
  name,
  command,
}: {
  readonly name: string
  readonly command: readonly string[]
}): string {
  return command.length === 0 ? `agent ${name}` : `agent ${name} runs ${command.join(' ')}`
}
