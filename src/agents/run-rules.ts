import { parseCapability, printCapability } from '../policy/capability/capability.ts'
import type { Capability, Rule } from '../policy/types.ts'
import { OosError } from '../shared/errors.ts'

export interface RunRuleWords {
  readonly allow: readonly string[]
  readonly deny: readonly string[]
  readonly interactive: boolean
}

/**
 * The rules of `--allow` and `--deny`.
 *
 * @throws OosError `capability-invalid`; `usage` for an `--allow` that no person at a terminal typed
 */
export function runRules({ allow, deny, interactive }: RunRuleWords): readonly Rule[] {
  if (allow.length > 0 && !interactive) {
    throw new OosError('usage', '`--allow` is taken from a person at a terminal only', {
      hint: 'write the Allow into a spec, where it is seen and reviewed',
    })
  }
  return [...allow.map((text) => runRule('allow', text)), ...deny.map((text) => runRule('deny', text))]
}

function runRule(effect: 'allow' | 'deny', text: string): Rule {
  const parsed = parseCapability(text, effect === 'deny' ? 'closes' : 'opens')
  if (!parsed.ok) {
    const [problem] = parsed.problems
    throw new OosError(
      'capability-invalid',
      `--${effect} \`${text}\`: ${problem?.message ?? 'not a capability'}`,
      {
        hint: problem?.fix ?? `oos run --${effect} 'file:src/**:read' -- …`,
      },
    )
  }
  const misfit = misfitOf(effect, parsed.value)
  if (misfit !== undefined) {
    const { said, instead = 'file:src/**:read' } = misfit
    throw new OosError('capability-invalid', `--${effect} \`${text}\`: ${said}`, {
      hint: `oos run --${effect} '${instead}' -- …`,
    })
  }
  const word = effect === 'allow' ? 'Allow' : 'Deny'
  return {
    effect,
    capabilities: [parsed.value],
    except: [],
    agents: [],
    source: {
      file: `--${effect}`,
      line: 1,
      column: 1,
      text: `**${word}** \`${printCapability(parsed.value)}\``,
    },
    layer: 'run',
    examples: [],
  }
}

interface Misfit {
  readonly said: string
  /** A capability that would fit. */
  readonly instead?: string
}

/** What would be an error in a spec, because nothing comes of it, or more than was meant. */
function misfitOf(
  effect: 'allow' | 'deny',
  { resource, pattern, constraints }: Capability,
): Misfit | undefined {
  if (resource === 'run')
    return { said: 'a run as a whole is limited, by a Limit in a spec, and not allowed or denied' }
  if (effect === 'deny' && constraints.expires !== undefined) return { said: '`expires` goes with an Allow' }
  if (effect === 'allow' && constraints.everywhere) return { said: '`everywhere` goes with a Deny' }
  if (effect === 'allow' && resource === 'secret' && constraints.to === undefined)
    return {
      said: 'this secret may be sent to any host: name the one that may be told it',
      instead: `secret:${pattern}{to:api.example.com}`,
    }
  return undefined
}
