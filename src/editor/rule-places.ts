import type { Analyzed } from '../ops/check/findings.ts'
import type { Rule } from '../policy/types.ts'
import type { Diagnostic, Place } from '../shared/diagnostics.ts'

/** What the analysis looks at. */
export type Said = Pick<Analyzed, 'rules' | 'agents' | 'holes'>

/** What specs say, without where: an edit that leaves it as it was leaves what was found about them, too. */
export function meaningText({ rules, agents, holes }: Said): string {
  const said = [rules, agents.map(({ name }) => name), holes.map(({ pack, except }) => [pack, except])]
  return JSON.stringify(said, (key, value) =>
    key === 'source' ? sourceText(value as Rule['source']) : value,
  )
}

function sourceText({ file, pack, text }: Rule['source']): unknown {
  return [file, pack, text]
}

/** The same findings where the same lines stand now; undefined if one is about something else. */
export function moveFindings(
  findings: readonly Diagnostic[],
  { from, to }: { readonly from: Said; readonly to: Said },
): readonly Diagnostic[] | undefined {
  const now = placesOf(to)
  const places = new Map(placesOf(from).map((place, index) => [placeKey(place), now[index]]))
  const moved = findings.map((finding) => moveOne(finding, places))
  return moved.every((finding) => finding !== undefined) ? moved : undefined
}

function placesOf({ rules, holes }: Said): readonly Place[] {
  return [...rules.map(({ source }) => source), ...holes.map(({ place }) => place)]
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
