import type { EffectWord } from './effect-word.ts'

/** What the words between an effect and its capability make of it: "allow only" is Only, and "deny all but" is it, too. */
export function turnedEffect(effect: EffectWord, between: string): EffectWord {
  const words = between.replace(/[*_:~\s]+/g, ' ').trim()
  if (effect === 'deny') return butAtEnd.test(words) ? 'only' : effect
  if (effect !== 'allow') return effect
  if (onlyAround.test(words) || (/^(?:nothing|none)\b/i.test(words) && butAtEnd.test(words))) return 'only'
  return /^(?:no|not|nothing|none|never)\b/i.test(words) || butAtEnd.test(words) ? 'deny' : effect
}

const onlyAround = /^(?:only|just|solely|exclusively)\b|\b(?:only|solely|exclusively)$/i
const butAtEnd = /\b(?:but|except(?: for)?|excluding|unless|outside(?: of)?|other than|apart from|besides)$/i
