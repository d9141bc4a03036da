/** How many steps may still be done: a step looks at one state of one automaton. */
export interface Budget {
  left: number
  /** What is spent of the part is spent of the whole. */
  readonly whole?: Budget
}

export function partOf(whole: Budget, most: number): Budget {
  return { left: Math.min(most, whole.left), whole }
}

/** False once more is spent than there was. */
export function spend(budget: Budget, steps: number): boolean {
  budget.left -= steps
  const isLeft = budget.whole === undefined || spend(budget.whole, steps)
  return isLeft && budget.left >= 0
}
