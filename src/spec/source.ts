import type { SpecSource } from './types.ts'

/** Written by people, here or in the home folder; the others come with oos. */
export function isOwnSource({ pack }: Pick<SpecSource, 'pack'>): boolean {
  return pack === undefined
}

/** One of the project's own. */
export function isProjectSource({ pack, layer }: Pick<SpecSource, 'pack' | 'layer'>): boolean {
  return pack === undefined && layer === 'project'
}

/** The packs that are in force for every run. */
export const alwaysIn: ReadonlySet<string> = new Set(['oos:protected', 'oos:base'])
