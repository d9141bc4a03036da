import type { Decision } from '../../policy/types.ts'
import { type Authority, printAuthority } from './authority.ts'
import type { Decide } from './gate.ts'

/** What a client of the proxy wants, read strictly and not yet judged. */
export interface Asked {
  readonly authority: Authority
  /** The `http` action: a method's own, or `request` for a tunnel and any other method. */
  readonly action: string
  readonly method?: string
  /** Canonical, without the query; none for a tunnel. */
  readonly path?: string
}

/** A tunnel's target has no path: the policy knows that nobody will see it. */
export function judge(decide: Decide, { authority, action, path = '' }: Asked): Decision {
  try {
    return decide({ resource: 'http', action, target: `${printAuthority(authority)}${path}` })
  } catch (error) {
    return {
      effect: 'deny',
      reasons: [{ kind: 'broken-rule', text: (error as Error).message }],
      constraints: {},
    }
  }
}

/** The same question about one address that the asked name resolved to. */
export function judgeAddress(decide: Decide, asked: Asked, address: string): Decision {
  return judge(decide, { ...asked, authority: { host: address, port: asked.authority.port } })
}

/** Why nothing allows it, where more is known than that. */
export function noAllowText({ reasons }: Decision): string | undefined {
  return reasons.find(({ kind }) => kind === 'no-allow')?.text
}

/**
 * Whether a rule says no to an address to which an allowed name leads. The "everything else" of an Only is no word about
 * it: the name was allowed by that same rule.
 */
export function refusedByName({ effect, reasons }: Decision): boolean {
  if (effect === 'allow') return false
  return reasons.some(
    ({ kind, rule }) => kind !== 'no-allow' && kind !== 'constraint' && rule?.effect !== 'only',
  )
}
