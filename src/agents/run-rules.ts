import { parseCapability, printCapability } from '../policy/capability.ts'
import type { Rule } from '../policy/types.ts'
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
