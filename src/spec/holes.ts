import type { Extension, Spec } from './types.ts'

/** What files take in with holes. */
export function extensionsWithHoles(specs: readonly Spec[]): readonly Extension[] {
  return specs.flatMap((spec) => spec.extends).filter(({ except }) => except.length > 0)
}
