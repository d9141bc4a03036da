import { holeOf, isKnown } from '../policy/request/capability.ts'
import type { Decision, Request, Rule } from '../policy/types.ts'
import { addExcept } from '../spec/edit/add-except.ts'
import { parseSources } from '../spec/parse.ts'
import type { SpecSource } from '../spec/types.ts'
import type { Project } from './project/project.ts'
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

export interface Question {
  readonly request: Request
  readonly decision: Decision
  /** What would be decided if these were the rules of the specs. */
  readonly decideBy: (rules: readonly Rule[]) => Decision
}

/**
 * The exception by which what is asked about would be allowed from now on. None where no single line of the person's own or
 * the project's specs asks, where that would be about more than this, or where even then it would not be allowed.
 */
export function planKeptAnswer(
  place: Place,
  { request, decision, decideBy }: Question,
): KeptAnswer | undefined {
  const asks = decision.reasons.filter(({ kind }) => kind === 'ask')
  const [ask] = asks
  if (ask?.rule === undefined || asks.length > 1) return undefined
  const { rule, part = request } = ask
  if (!isKnown(part)) return undefined
  const source = place.sources.find(({ path, pack }) => pack === undefined && path === rule.source.file)
  const edit = source && addExcept(source, rule, holeOf(part, place))
  if (source === undefined || edit === undefined) return undefined
  const kept = { source, line: rule.source.line, ...edit }
  const { rules } = parseSources(withAnswer(place.sources, kept))
  return decideBy(rules).effect === 'allow' ? kept : undefined
}

/** Whether nothing can be kept because no line says what is asked about and nothing else. */
export function asksUnknown({ request, decision }: Omit<Question, 'decideBy'>): boolean {
  return decision.reasons.some(({ kind, part = request }) => kind === 'ask' && !isKnown(part))
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
