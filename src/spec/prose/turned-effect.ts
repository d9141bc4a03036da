import type { Effect } from '../../policy/types.ts'
import { closes, type EffectWord, effectCalled, effectSpokenOf, effectWords } from '../rule/effect-word.ts'
import { plain } from '../spelling.ts'

/**
 * What the words between an effect and its capability make of it: "allow only" is Only, and "deny all but" is it, too.
 * "Not only" and "deny nothing but" turn nothing around.
 */
export function turnedEffect(effect: EffectWord, between: string): EffectWord {
  const words = between.replace(/[*_:~\s]+/g, ' ').trim()
  if (effect === 'deny') return butAtEnd.test(words) && !noneAround.test(words) ? 'only' : effect
  if (effect !== 'allow') return effect
  if (noneAround.test(words) && butAtEnd.test(words)) return 'only'
  const said = words.replace(notOnly, '')
  if (closes(said)) return 'deny'
  return onlyAround.test(said) ? 'only' : effect
}

/** The effect that the words in front of a capability speak of, which may begin with one and turn it around. */
export function effectBefore(text: string): Effect | undefined {
  const [, word = '', between = ''] = /^\P{L}*(\p{L}+)(.*)$/su.exec(text) ?? []
  const effect = effectWords.find((one) => one === plain(word)) ?? effectCalled(word)
  const turned = effect && turnedEffect(effect, between)
  return turned === effect || turned === 'let' ? effectSpokenOf(text) : turned
}

const noneAround = /^(?:nothing|none)\b/i
const notOnly = /^not (?:only|just|solely|exclusively)\b/i
const onlyAround = /^(?:only|just|solely|exclusively)\b|\b(?:only|solely|exclusively)$/i
const butAtEnd = /\b(?:but|except(?: for)?|excluding|unless|outside(?: of)?|other than|apart from|besides)$/i
