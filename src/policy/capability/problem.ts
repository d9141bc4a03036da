/** What is wrong with a capability or a request, where, and what to write instead. */
export interface CapabilityProblem {
  /** `capability/unknown-resource` and the like. */
  readonly code: `capability/${string}`
  readonly message: string
  /** Counts from 1, in UTF-16 units. */
  readonly column: number
  readonly fix?: string
}

/** Carries a problem out of a parser; never leaves this folder. */
export class Unparsable extends Error {
  readonly problem: CapabilityProblem

  constructor(problem: CapabilityProblem) {
    super(problem.message)
    this.problem = problem
  }
}

/** `offset` counts from 0. */
export function refuse(code: string, message: string, offset: number, fix?: string): never {
  const problem = { code: `capability/${code}` as const, message, column: offset + 1 }
  throw new Unparsable(fix === undefined ? problem : { ...problem, fix })
}
