/** How many steps may still be done: a step looks at one state of one automaton. */
export interface Budget {
  left: number
}
