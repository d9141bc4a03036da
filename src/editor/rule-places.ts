import type { Rule } from '../policy/types.ts'
import type { Diagnostic, Place } from '../shared/diagnostics.ts'

/** What rules say, without where: an edit that leaves it as it was leaves what was found about them, too. */
export function meaningText(rules: readonly Rule[]): string {
  return JSON.stringify(rules, (key, value) =>
    key === 'source' ? sourceText(value as Rule['source']) : value,
  )
}

function sourceText({ file, pack, text }: Rule['source']): unknown {
  return [file, pack, text]
}

/** The same findings where the same rules stand now; undefined if one is about no rule. */
export function moveFindings(
  findings: readonly Diagnostic[],
  { from, to }: { readonly from: readonly Rule[]; readonly to: readonly Rule[] },
): readonly Diagnostic[] | undefined {
  const places = new Map(from.map(({ source }, index) => [placeKey(source), to[index]?.source]))
  const moved = findings.map((finding) => moveOne(finding, places))
  return moved.every((finding) => finding !== undefined) ? moved : undefined
}

function moveOne(
  { place, related, ...rest }: Diagnostic,
  places: ReadonlyMap<string, Place | undefined>,
): Diagnostic | undefined {
  const at = places.get(placeKey(place))
  const others = (related ?? []).map((each) => ({ ...each, place: places.get(placeKey(each.place)) }))
  if (at === undefined || !others.every(hasPlace)) return undefined
  return { ...rest, place: at, ...(related && { related: others }) }
}

function hasPlace<Some extends { readonly place: Place | undefined }>(
  each: Some,
): each is Some & { readonly place: Place } {
  return each.place !== undefined
}

function placeKey({ file, line, column }: Place): string {
  return JSON.stringify([file, line, column])
}
