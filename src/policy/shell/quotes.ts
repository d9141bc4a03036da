import type { ParameterExpansionPart, Word } from 'unbash'

/**
 * Within double quotes and here-documents a single quote in `${x:-'…'}` is a character like any other, or quotes: that
 * depends on the shell, its version and the operator. So nothing may stand in the expansion that it could quote or not.
 */
export function hasDoubtfulQuote(part: ParameterExpansionPart): boolean {
  if (!part.text.includes("'")) return false
  const inside = part.text.slice(2, -1)
  const outside = withoutScripts(inside, operandsOf(part)).replace(/\\./gs, '')
  if (!outside.includes("'")) return false
  return /[$`"}]/.test(inside) || outside.split("'").length % 2 === 0
}

/** What stands in a `$(…)` has quotes of its own, which every shell reads alike. */
function withoutScripts(text: string, operands: readonly Word[]): string {
  let rest = text
  for (const { parts } of operands)
    for (const part of parts ?? [])
      if (part.type === 'CommandExpansion') rest = rest.replace(part.text, () => '')
  return rest
}

function operandsOf({ index, operation }: ParameterExpansionPart): readonly Word[] {
  const words = index === undefined ? [] : [index]
  switch (operation?.type) {
    case 'Default':
      return [...words, operation.operand]
    case 'Replace':
      return [...words, operation.pattern, operation.replacement]
    default:
      return words
  }
}
