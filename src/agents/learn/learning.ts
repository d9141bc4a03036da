import { followLinks } from '../../ops/check/follow-links.ts'
import { learnFlag } from '../../ops/learn/learned.ts'
import { hasPack, readPacks } from '../../ops/learn/packs.ts'
import { ownPlaces } from '../../ops/project/own-places.ts'
import type { Project } from '../../ops/project/project.ts'
import { parseCapability, printCapability } from '../../policy/capability/capability.ts'
import { compilePolicy, type Policy } from '../../policy/compile.ts'
import { decidePart } from '../../policy/decide.ts'
import { capabilityOf } from '../../policy/request/capability.ts'
import { partsOf } from '../../policy/request/parts.ts'
import type { Capability, Rule } from '../../policy/types.ts'
import type { CommandRequest } from '../command-request.ts'

/** One line for the person who started it. */
export const learnNotice =
  "this run learns: besides what the rules allow it may use this project's files, language tools in your home folder and any public host, and all of that is recorded; every Deny, Ask and Limit holds"

/**
 * The rules that hold while a run learns: those of the project, `oos:secrets` in any case, and Allows for what can be
 * watched. An Allow never beats a Deny or an Ask, so these cannot let through what a rule is against.
 */
export function learningPolicy(
  project: Pick<Project, 'root' | 'home' | 'sources'>,
  { base, asked }: { readonly base: Policy; readonly asked: CommandRequest },
): Policy {
  const { rules } = base
  const { languages, secrets } = readPacks(project.sources)
  const closed = hasPack(rules, secrets.name, asked.agent) ? [] : secrets.rules
  const tools = languages.flatMap((pack) => pack.rules).filter(({ effect }) => effect === 'allow')
  const open = [...everywhere.map(parsed), ...commandsOf(asked, base)].map(allow)
  const more = followLinks([...inThisRun([...closed, ...tools]), ...open], project)
  return compilePolicy({ ...base, rules: [...rules, ...more] })
}

/** Variables are not here: nobody can see which of them a program reads. */
const everywhere = ['file:**:read,write', 'http:*:*:request']

function parsed(text: string): Capability {
  const result = parseCapability(text)
  if (result.ok) return result.value
  throw new TypeError(`\`${text}\` is no capability`)
}

/** Of the command exactly what no rule speaks of. */
function commandsOf(asked: CommandRequest, base: Policy): readonly Capability[] {
  const { parts, unread } = partsOf(asked, base)
  // Code on the command line: no narrower rule is about it.
  if (unread !== undefined) return [parsed('shell:*')]
  const own = ownPlaces(base)
  return parts
    .filter((part) => part.resource !== 'file' || own(part) === undefined)
    .filter((part) => decidePart(base, part).reasons.some(({ kind }) => kind === 'no-allow'))
    .map((part) => capabilityOf(part, base))
}

function inThisRun(rules: readonly Rule[]): readonly Rule[] {
  return rules.map((rule) => ({ ...rule, layer: 'run' }))
}

function allow(capability: Capability): Rule {
  const text = `**Allow** \`${printCapability(capability)}\``
  return {
    effect: 'allow',
    capabilities: [capability],
    except: [],
    agents: [],
    reason: 'this run learns',
    source: { file: learnFlag, line: 1, column: 1, text },
    layer: 'run',
    examples: [],
  }
}
