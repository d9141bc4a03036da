import { amountOf, constraintNames } from './capability/constraints.ts'
import { compileHostGlobs, type HostTarget, matchesHostGlob, parseHostTarget } from './match/host-glob.ts'
import { compileNameGlob } from './match/name-glob.ts'
import { unknownTarget } from './shell/git.ts'
import type { ConstraintName, Constraints, Request } from './types.ts'

/**
 * The first constraint that the request does not meet for sure: a host, remote or program that it does not name
 * as the constraint has it, or an amount beyond what the constraint gives. `attributes` hold what the request
 * asks for under the constraint's own name: `timeout` in ms, `memory` in bytes, `max` and `rate` as the count
 * that this request would make.
 */
export function unmet(constraints: Constraints, request: Request): ConstraintName | undefined {
  return constraintNames.find((name) => constraints[name] !== undefined && !isMet(name, constraints, request))
}

/** Whether a Deny, Ask or Limit may be about this request: it is unless the request names another host or remote. */
export function mayConcern(constraints: Constraints, request: Request): boolean {
  const { to, remote } = constraints
  const asked = request.attributes
  const host = typeof asked?.to === 'string' ? parseHostTarget(asked.to) : undefined
  if (to !== undefined && host !== undefined && !matchesHost(to, host)) return false
  if (remote === undefined || typeof asked?.remote !== 'string' || asked.remote === unknownTarget) return true
  return compileNameGlob(remote).matches(asked.remote)
}

function isMet(name: ConstraintName, constraints: Constraints, request: Request): boolean {
  const asked = request.attributes?.[name]
  if (name === 'to') {
    const host = typeof asked === 'string' ? parseHostTarget(asked) : undefined
    return host !== undefined && matchesHost(constraints.to ?? '', host)
  }
  if (name === 'remote')
    return typeof asked === 'string' && compileNameGlob(constraints.remote ?? '').matches(asked)
  if (name === 'allowlist') return constraints.allowlist?.includes(request.words?.[0] ?? '') ?? true
  const amount = amountOf(name, constraints[name])
  return amount === undefined || asked === undefined || (typeof asked === 'number' && asked <= amount)
}

function matchesHost(pattern: string, host: HostTarget): boolean {
  return compileHostGlobs(pattern).some((glob) => matchesHostGlob(glob, host, true))
}
