import type { Diagnostic, Place } from '../shared/diagnostics.ts'
import { packPath } from '../spec/pack-path.ts'
import type { Cursor } from './cursor.ts'
import { readItemContext } from './item-context.ts'
import { holdsPoint } from './positions.ts'

/** Where what is named at the cursor is written: a pack, an agent, a Let; and of a rule the one that takes it away. */
export function definitionAt(cursor: Cursor, findings: readonly Diagnostic[]): readonly Place[] {
  return extended(cursor) ?? named(cursor) ?? shadowing(cursor, findings)
}

/** The file that an `extends` takes in. */
function extended({ spec, point, snapshot }: Cursor): readonly Place[] | undefined {
  const extension = spec?.extends.find(({ place }) => holdsPoint(place, point))
  if (spec === undefined || extension === undefined) return undefined
  const path = packPath(spec.path, extension.pack)
  return snapshot.sources.some((source) => source.path === path) ? [top(path)] : []
}

function top(file: string): Place {
  return { file, line: 1, column: 1 }
}

/** An agent behind `for`, in `agent:NAME` or `run:NAME`, or the name of a Let. */
function named({ text, offset, spec, snapshot }: Cursor): readonly Place[] | undefined {
  const context = readItemContext(text, offset)
  if (context?.kind !== 'code') return undefined
  const code = text.slice(context.span.start, context.span.end)
  const capability = /^(agent|run):([\w.-]+)|^[a-z]+:(@[\w-]+)/.exec(code)
  const agent = context.role === 'agent' ? code.trim() : capability?.[2]
  const definition = snapshot.set.agents.find(({ name }) => name === agent)
  if (definition !== undefined) return [definition.place]
  const given = spec?.lets.find(({ name }) => name === capability?.[3])
  return given && [given.place]
}

/** What was found about the rule at the cursor names the rule that decides in its place. */
function shadowing({ file, point }: Cursor, findings: readonly Diagnostic[]): readonly Place[] {
  return findings
    .filter(({ place }) => place.file === file && holdsPoint(place, point))
    .flatMap(({ related = [] }) => related.map(({ place }) => place))
}
