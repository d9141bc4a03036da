import { parseCapability, printCapability } from '../../policy/capability/capability.ts'
import { isConstraintName } from '../../policy/capability/constraints.ts'
import type { Effect } from '../../policy/types.ts'
import type { CodeToken, Token } from '../markdown/inline.ts'
import { type Drafting, isOpening, joints, resourceOf } from './words.ts'

/** `secret:key` to `api.example.com`: where it may be sent is a part of it. */
export function secretTo(
  words: readonly string[],
  { text }: CodeToken,
  previous: Token | undefined,
): string | undefined {
  if (previous?.kind !== 'code' || resourceOf(previous.text) !== 'secret' || words.join(' ') !== 'to')
    return undefined
  const meant = parseCapability(`${previous.text}{to:${text}}`)
  const inside = meant.ok ? printCapability(meant.value) : meant.problems[0]?.fix
  return inside && `write it inside of the backticks: \`${inside}\``
}

/** `run:*` {timeout:30m}, `run:*` timeout 30m: behind the backticks constraints hold nothing. */
export function constraintsInside(
  before: readonly Token[],
  previous: Token | undefined,
  { effect }: Drafting,
): string | undefined {
  if (before.some(({ kind }) => kind !== 'word')) return undefined
  const text = before.map((token) => (token.kind === 'word' ? token.text : '')).join(' ')
  const dated = isOpening(effect) ? text.replace(/^(\(?)(?:until|till) /, '$1expires:') : text
  return withConstraints(previous, dated, effect)
}

export function withConstraints(
  previous: Token | undefined,
  text: string,
  effect: Effect,
): string | undefined {
  if (previous?.kind !== 'code') return undefined
  const bare = text.replace(/^\((.+)\)$/, '$1')
  const isOne = isConstraintName(/^([a-z]+)[ :=]+\S+$/.exec(bare)?.[1] ?? '')
  const braced = isOne ? `{${bare}}` : text
  if (!/^[{(].+[})]$/.test(braced)) return undefined
  const capability = parseCapability(previous.text + braced, isOpening(effect) ? 'opens' : 'closes')
  const inside = capability.ok ? previous.text + braced : capability.problems[0]?.fix
  // In round brackets may stand anything: `(read)`, or why the rule is there.
  return inside && hasConstraints(inside) ? `write it inside of the backticks: \`${inside}\`` : undefined
}

function hasConstraints(text: string): boolean {
  const parsed = parseCapability(text)
  return parsed.ok && Object.keys(parsed.value.constraints).length > 0
}

/** `file:src/**` read and write: what is missing inside. */
export function actionsInside(words: readonly string[], previous: Token | undefined): string | undefined {
  if (previous?.kind !== 'code' || parseCapability(previous.text).ok) return undefined
  const actions = words.filter((word) => word !== '' && !joints.has(word))
  const meant = `${previous.text}:${actions.join(',')}`
  return parseCapability(meant).ok ? `write it inside of the backticks: \`${meant}\`` : undefined
}

/** `to 30 minutes`, `up to 100/min`: how much or how often, of what stands before it. */
export function amountInside(before: readonly Token[], previous: Token | undefined): string | undefined {
  const text = before.map((token) => (token.kind === 'word' ? token.text : '`')).join(' ')
  const [, amount = ''] =
    /^\(?(?:(?:up |down )?to |at most |for |of |max |= ?)?(\d[\w./]*(?: [A-Za-z]+)?)\)?$/.exec(text) ?? []
  if (amount === '' || previous?.kind !== 'code') return undefined
  const texts = ['timeout', 'rate', 'memory'].map((name) => `${previous.text}{${name}:${amount}}`)
  const meant = texts.map((one) => {
    const parsed = parseCapability(one, 'closes')
    return parsed.ok ? one : parsed.problems[0]?.fix
  })
  const known = meant.find((one) => one !== undefined && parseCapability(one).ok)
  return known && `write it inside of the backticks: \`${known}\``
}
