import { printCapability } from '../capability/capability.ts'
import type { Clause } from '../clause.ts'

const written = new WeakMap<Clause, string>()

/** The same for clauses that decide alike. */
export function clauseText(clause: Clause): string {
  const text = written.get(clause) ?? write(clause)
  written.set(clause, text)
  return text
}

function write({ effect, capability, except, everything, onlyTightens, broken }: Clause): string {
  const holes = except.map((hole) => printCapability(hole)).sort()
  return JSON.stringify([effect, printCapability(capability), holes, everything, onlyTightens, broken])
}

export const overTime = ['rate', 'tokens', 'usd'] as const

/** Amounts over time, and ends: what one request says nothing of. */
export const lasting = ['expires', ...overTime, 'everywhere'] as const

/** The same for clauses that differ in nothing that lasts: of these `lastingChanges` compares what does. */
export function plainText(clause: Clause): string {
  const constraints = Object.fromEntries(
    Object.entries(clause.capability.constraints).filter(([name]) => !lasting.some((each) => each === name)),
  )
  return clauseText({ ...clause, capability: { ...clause.capability, constraints } })
}
