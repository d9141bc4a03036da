import type { Resource } from '../../policy/types.ts'

/** What no point holds yet, whatever the rules say of it. */
export const unheld: readonly Resource[] = ['secret', 'mcp', 'browser', 'model', 'memory', 'agent', 'task']
