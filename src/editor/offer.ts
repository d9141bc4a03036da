import type { CompletionItemKind } from 'vscode-languageserver'
import type { Span } from '../spec/markdown/text.ts'

/** One thing that could stand in the place of what is typed so far. */
export interface Offer {
  readonly text: string
  /** As shown, if not as it is written. */
  readonly label?: string
  readonly about?: string
  readonly kind: CompletionItemKind
}

export interface Offers {
  /** What an offer takes the place of. */
  readonly typed: Span
  readonly offers: readonly Offer[]
}
