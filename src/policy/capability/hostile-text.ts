import { refuse } from './problem.ts'

/**
 * Refuses what a reader cannot see or would take for something else: control, invisible and bidirectional
 * characters, odd spaces, compatibility forms, look-alike punctuation, and words that mix Latin letters with
 * those of a script that looks like it.
 */
export function refuseHostileText(text: string): void {
  if (/^[\x20-\x7e]*$/.test(text)) return
  const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u.exec(text)
  if (unseen) refuseCharacter('hidden-character', 'cannot be seen', text, unseen)
  const alike = /[⁄∕⧸∶꞉ː׃∗⁎‐‒–—―−‘’“”‚„ʼǃ∣⧵∖。｡]/u.exec(text) ?? compatibilityForm(text)
  if (alike) refuseCharacter('look-alike', 'looks like another character', text, alike)
  const mixed = mixedWord(text)
  if (mixed)
    refuseCharacter(
      'look-alike',
      `stands among letters of another alphabet in \`${mixed.word}\``,
      text,
      mixed.match,
    )
}

function refuseCharacter(code: string, what: string, text: string, match: RegExpExecArray): never {
  const codePoint = match[0].codePointAt(0) ?? 0
  const name = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
  const fix = text.slice(0, match.index) + plainForm(match[0]) + text.slice(match.index + match[0].length)
  return refuse(
    code,
    `the character ${name} ${what}`,
    match.index,
    /^[\x20-\x7e]*$/.test(fix) ? fix : undefined,
  )
}

/** The ASCII character that it pretends to be; nothing for one that cannot be seen. */
function plainForm(character: string): string {
  const folded = character.normalize('NFKC')
  if (/^[\x20-\x7e]+$/.test(folded)) return folded
  const pairs =
    "⁄/∕/⧸/∶:꞉:ː:׃:∗*⁎*‐-‒-–-—-―-−-‘'’'“\"”\"ʼ'ǃ!∣|⧵\\∖\\。.аaеeоoрpсcхxуyіiѕsјjԁdһhԛqԝwоoοoαaνvρpτt"
  const index = pairs.indexOf(character)
  return index >= 0 && index % 2 === 0 ? (pairs[index + 1] ?? '') : ''
}

function compatibilityForm(text: string): RegExpExecArray | null {
  const composed = text.normalize('NFC')
  if (composed.normalize('NFKC') === composed) return null
  for (const match of text.matchAll(/./gu)) {
    const one = match[0].normalize('NFC')
    if (one.normalize('NFKC') !== one) return match
  }
  return null
}

function mixedWord(text: string): { word: string; match: RegExpExecArray } | undefined {
  for (const word of text.matchAll(/[\p{L}\p{M}]+/gu)) {
    if (!/\p{Script=Latin}/u.test(word[0])) continue
    const foreign =
      /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Lisu}]/u
    const match = foreign.exec(word[0])
    if (!match) continue
    match.index += word.index
    return { word: word[0], match }
  }
  return undefined
}
