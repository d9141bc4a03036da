import type { ListItem } from 'mdast'
import { parseCapability } from '../../policy/capability/capability.ts'
import { saysWhen } from '../prose/mend.ts'
import { agentsMeant, heldForAll } from './agents-meant.ts'
import { aims } from './build.ts'
import { type EffectWord, effectTitle } from './effect-word.ts'

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
  if (effect === 'require' && stage.test(words)) return `${head} ${words}`
  if (effect === 'ask' && words === 'before') return head
  if (effect === 'allow' && (whom !== undefined || saysWhen(words))) return undefined
  return words === '' ? head : `${head} — ${words}`
}

/** The same for a list of paths and commands, of which none is a capability yet: what the first of them is. */
export function groupAdvice(
  effect: EffectWord,
  words: string,
  items: readonly ListItem[],
): string | undefined {
  if (effect === 'let' || effect === 'limit') return undefined
  const head = groupHead(effect, effect, words)
  const first = items[0]?.children[0]?.type === 'paragraph' ? items[0].children[0].children[0] : undefined
  const text = first?.type === 'inlineCode' ? first.value : first?.type === 'text' ? first.value.trim() : ''
  if (head === undefined || text === '') return undefined
  const parsed = parseCapability(text, aims[effect])
  const meant = parsed.ok ? undefined : parsed.problems[0]?.fix
  return meant && `write \`${head}\`, and below it each as in: - \`${meant}\``
}

const stage = /^before (?:start|commit|push|done)$/
const turning =
  /^(?:only|just|solely|exclusively|none|nothing|(?:all|anything|everything|nothing),? (?:but|except|other than))(?: (?:for )?(?:of )?(?:this|these|those|the following))?$/i
const leavingOut = /\b(?:but|except|only|other|outside|unless|without)\b/i
