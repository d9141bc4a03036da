import type { Spec } from './types.ts'

interface BuiltPack {
  readonly text: string
  readonly spec: Spec
}

/** What is known of the packs and agents that ship, by name. A build puts in here what it understood of them. */
export const builtPacks: Readonly<Record<string, BuiltPack>> = {}
