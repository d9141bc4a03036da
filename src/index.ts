import { homedir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from './shared/package.ts'
import { parseSpec as parseSpecFile } from './spec/parse.ts'
import { readSpecs as readSpecFiles } from './spec/read-specs.ts'
import type { Spec, SpecSet, SpecSource } from './spec/types.ts'

export { type CapabilityProblem, parseCapability, printCapability } from './policy/capability/capability.ts'
export { compilePolicy, type Policy } from './policy/compile.ts'
export { decide } from './policy/decide.ts'
export type * from './policy/types.ts'
export { planSandbox } from './sandbox/plan.ts'
export type * from './sandbox/types.ts'
export type { Diagnostic, Place, Severity } from './shared/diagnostics.ts'
export { type ErrorCode, OosError } from './shared/errors.ts'
export type { Result } from './shared/result.ts'
export type * from './spec/types.ts'

/** What `readSpecs` takes; the user's own specs and the packs that ship are found if they are not named. */
export interface ReadSpecsOptions {
  /** The project's folder, absolute; its specs lie in `.agent-os/` below it. */
  readonly root?: string
  readonly home?: string
  readonly packs?: string
}

/** Reads and understands all specs that hold for a project: its own, the user's, and those that ship. */
export function readSpecs(options: ReadSpecsOptions = {}): SpecSet {
  return readSpecFiles({ home: homedir(), packs: join(packageRoot, 'specs'), ...options })
}

/** One file, understood as far as that goes without the others. Never throws: what is wrong is in `diagnostics`. */
export function parseSpec(source: SpecSource): Spec {
  return parseSpecFile(source)
}
