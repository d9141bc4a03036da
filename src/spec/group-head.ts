import { agentsMeant, heldForAll } from './agents-meant.ts'
import { type EffectWord, effectTitle } from './effect-word.ts'
import { saysWhen } from './mend.ts'

/**
 * `**Deny** secrets:` above a list, as the head of a group. `turned` is the effect that its words make of it. What else
 * leaves something out is for a person, and so is when, or for whom, an Allow holds: as a reason it would hold nothing.
 */
export function groupHead(effect: EffectWord, turned: EffectWord, words: string): string | undefined {
  const head = `- **${effectTitle(turned)}**`
  if (turned !== effect) return turning.test(words) ? head : undefined
  if (effect === 'let' || !/^[^`]{0,200}$/.test(words) || leavingOut.test(words)) return undefined
  const whom = /^for (.*)$/.exec(words)?.[1]
  const agents = whom && agentsMeant(whom)
  if (agents === heldForAll) return head
  const clause = /^write: (for .*)$/.exec(agents ?? '')?.[1]
  if (clause) return `${head} ${clause}`
  if (effect === 'allow' && (whom !== undefined || saysWhen(words))) return undefined
  return words === '' ? head : `${head} — ${words}`
}

const turning =
  /^(?:only|just|solely|exclusively|none|nothing|(?:all|anything|everything|nothing),? (?:but|except|other than))(?: (?:for )?(?:of )?(?:this|these|those|the following))?$/i
const leavingOut = /\b(?:but|except|only|other|outside|unless|without)\b/i
