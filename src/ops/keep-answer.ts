import { compilePolicy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import { capabilityOf } from '../policy/request-capability.ts'
import type { Decision, Request } from '../policy/types.ts'
import { addExcept } from '../spec/add-except.ts'
import { parseSources } from '../spec/parse.ts'
import type { SpecSource } from '../spec/types.ts'
import type { Project } from './project.ts'
import { replaceSpec } from './spec-file.ts'

/** A yes that is to hold always, as the edit of a spec. */
export interface KeptAnswer {
  readonly source: SpecSource
  readonly bytes: Uint8Array
  readonly line: number
  /** The rule as it would stand there. */
  readonly text: string
}

type Place = Pick<Project, 'root' | 'home' | 'sources'>

/**
 * The exception by which what is asked about would be allowed from now on. None where no single line of the person's own or
 * the project's specs asks, or where even then it would not be allowed.
 */
export function planKeptAnswer(
  place: Place,
  request: Request,
  { reasons }: Decision,
): KeptAnswer | undefined {
  const asks = reasons.filter(({ kind }) => kind === 'ask')
  const [ask] = asks
  if (ask?.rule === undefined || asks.length > 1) return undefined
  const { rule, part = request } = ask
  const source = place.sources.find(({ path, pack }) => pack === undefined && path === rule.source.file)
  const edit = source && addExcept(source, rule, capabilityOf(part, place))
  if (source === undefined || edit === undefined) return undefined
  const kept = { source, line: rule.source.line, ...edit }
  const { rules } = parseSources(withAnswer(place.sources, kept))
  const policy = compilePolicy({ ...place, rules, now: Date.now() })
  return decide(policy, request).effect === 'allow' ? kept : undefined
}

/** All specs as they are once the answer is written. */
export function withAnswer(
  sources: readonly SpecSource[],
  { source, bytes }: KeptAnswer,
): readonly SpecSource[] {
  return sources.map((each) => (each === source ? { ...each, bytes } : each))
}

/** @throws OosError `project-unwritable` */
export function writeKeptAnswer({ source, bytes }: KeptAnswer, place: Pick<Project, 'root' | 'home'>): void {
  replaceSpec(source, bytes, place)
}
