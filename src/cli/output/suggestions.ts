import type { LookedAt, Suggestion, SuggestionResult } from '../../ops/check/suggestions.ts'
import { renderPlace } from './diagnostics.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'

/** The sentence as it stands, and the rule that would stand below it. */
export function renderSuggestion({ line, rule }: Pick<Suggestion, 'line' | 'rule'>, style: Style): string {
  const place = style.place(renderPlace(line.place))
  return `${place} ${sanitizeLine(line.text)}\n  ${style.good('+')} - ${sanitizeLine(rule)}\n`
}

export function renderSuggestions(
  results: readonly SuggestionResult[],
  looked: LookedAt,
  style: Style,
): string {
  if (results.length === 0) return renderNothing(looked)
  const each = results.map((result) => `${renderSuggestion(result, style)}${renderState(result, style)}`)
  const offered = results.filter(({ state }) => state === 'offered').length
  const next =
    offered === 0
      ? ''
      : `\n${offered === 1 ? 'this is' : `these ${offered} are`} not written yet: oos spec suggest --write\n`
  return `${each.join('')}${next}`
}

/** What was read counts here, or nobody knows whether his file was. */
function renderNothing({ read, unread }: LookedAt): string {
  const list = (paths: readonly string[]) => paths.map((path) => `\`${sanitizeLine(path)}\``).join(', ')
  const isOne = unread.length === 1
  const others =
    unread.length === 0
      ? ''
      : `${list(unread)} ${isOne ? 'is' : 'are'} not read, for no rule holds there: copy a sentence into a file in \`.agent-os/\` first\n`
  return `nothing to suggest: no sentence plainly means a rule that is not there yet\nread ${list(read)}\n${others}`
}

export function suggestionData({ line, rule, state, problem }: SuggestionResult) {
  return { place: line.place, text: line.text, rule, state, problem }
}

function renderState({ state, problem }: SuggestionResult, style: Style): string {
  switch (state) {
    case 'offered':
      return ''
    case 'written':
      return `  ${style.good('written')}\n`
    case 'declined':
      return `  ${style.dim('not written')}\n`
    case 'left':
      return `  ${style.warn('has no place beside its sentence: write it as a list item of its own')}\n`
    case 'failed':
      return `  ${style.bad(`not written: ${sanitizeLine(problem ?? '')}`)}\n`
  }
}
