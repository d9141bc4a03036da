import { editDistance } from '../shared/closest.ts'
import type { Diagnostic } from '../shared/diagnostics.ts'
import type { Span } from '../spec/markdown/text.ts'
import { effectTitle, effectWords } from '../spec/rule/effect-word.ts'
import { plain } from '../spec/spelling.ts'
import { readItemContext } from './item-context.ts'

/** Text that takes the place of a stretch. */
export interface Fix extends Span {
  readonly text: string
}

/** What would put a fault right, read off its words: whether it does is for the reader of specs to say. */
export function proposeFix(
  { code, message, fix = '' }: Diagnostic,
  span: Span,
  text: string,
): Fix | undefined {
  const written = text.slice(span.start, span.end)
  const meant = /^did you mean `([^`]+)`\?$/.exec(fix)?.[1]
  switch (code) {
    case 'rule/near-miss':
      return fixEffect(written, span)
    case 'rule/unexpected':
      return fixUnexpected(fix, span, text) ?? fixOwnLine(fix, span, text)
    case 'rule/in-reason':
      return fixOwnLine(fix, span, text)
    case 'rule/stage':
      return replaceBy(/^write it without backticks: before (\w+)$/.exec(fix)?.[1], span)
    case 'front-matter/unknown-key':
      return /^[\w-]+$/.test(written) ? replaceBy(meant, span) : undefined
    case 'extends/unknown':
      return /^[\w:./-]+$/.test(written) ? replaceBy(meant, span) : undefined
    case 'agent/unknown':
      return fixAgent(meant, /`([^`]+)`$/.exec(message)?.[1], { span, text })
    default:
      return misspelt.has(code) && fix !== '' ? fixCapability(fix, span, text) : undefined
  }
}

/** Faults of a capability whose fix is the same capability with one word put right. */
const misspelt = new Set([
  'capability/unknown-resource',
  'capability/unknown-action',
  'capability/unknown-constraint',
  'capability/repeated',
])

function replaceBy(text: string | undefined, span: Span): Fix | undefined {
  return text === undefined ? undefined : { ...span, text }
}

/** A bold word that is one edit away from one effect, and from no other. */
function fixEffect(written: string, span: Span): Fix | undefined {
  const [, mark = '', word = '', rest = ''] = /^(\*\*|__)(\p{L}+)(:?)\1$/u.exec(written) ?? []
  const near = effectWords.filter((effect) => editDistance(plain(word), effect, 2) < 2)
  const exact = near.filter((effect) => effect === plain(word))
  const [effect, ...others] = exact.length > 0 ? exact : near
  if (mark === '' || effect === undefined || others.length > 0) return undefined
  return { ...span, text: `${mark}${effectTitle(effect)}${rest}${mark}` }
}

function fixUnexpected(fix: string, span: Span, text: string): Fix | undefined {
  const written = text.slice(span.start, span.end)
  const gap =
    span.start - (/[ \t]*$/.exec(text.slice(Math.max(0, span.start - 100), span.start))?.[0].length ?? 0)
  if (fix === 'put a comma between code spans') return { start: gap, end: span.end, text: ',' }
  if (fix === 'put a comma between them') return { start: gap, end: gap, text: ',' }
  if (fix === `leave the \`${written}\` out`) return { ...span, text: '' }
  return replaceBy(/^write `(\w+)`$/.exec(fix)?.[1], span)
}

/** The rest of the rule that began in the middle of another goes with it. */
function fixOwnLine(fix: string, span: Span, text: string): Fix | undefined {
  const rule = /^write it as a rule of its own, on the next line: - (.*)$/.exec(fix)?.[1]
  const [line = ''] = text.slice(0, span.start).split(/\n/).slice(-1)
  const [bullet] = /^[ \t]*[-+*][ \t]+/.exec(line) ?? []
  if (rule === undefined || bullet === undefined) return undefined
  const start = span.start - (/[ \t]*$/.exec(line)?.[0].length ?? 0)
  return { start, end: span.end, text: `\n${bullet}${rule}` }
}

function fixAgent(
  meant: string | undefined,
  name: string | undefined,
  { span, text }: { readonly span: Span; readonly text: string },
): Fix | undefined {
  const rule = text.slice(span.start, span.end)
  const at = rule.lastIndexOf(`\`${name}\``)
  if (meant === undefined || name === undefined || at === -1 || rule.indexOf(`\`${name}\``) !== at)
    return undefined
  const start = span.start + at + 1
  return { start, end: start + name.length, text: meant }
}

/** A name in place of a pattern has another text than the one that was understood. */
function fixCapability(fix: string, span: Span, text: string): Fix | undefined {
  const context = readItemContext(text, span.start)
  if (context?.kind !== 'code') return undefined
  const written = text.slice(context.span.start, context.span.end)
  return /^[a-z]+:@|[`\r\n]/.test(written + fix) ? undefined : { ...context.span, text: fix }
}
