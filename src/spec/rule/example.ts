import type { ListItem, Nodes } from 'mdast'
import { parseRequest } from '../../policy/request/parse.ts'
import type { RuleExample } from '../../policy/types.ts'
import { type CodeToken, spanInCode, type Token, tokenize } from '../markdown/inline.ts'
import { oneLine, type SpecText } from '../markdown/text.ts'
import type { Report } from '../report.ts'
import { isNearlyCapability, startsAsCapability } from './effect-word.ts'
import { isSeparator } from './words.ts'

const marks: Readonly<Record<string, RuleExample['expected']>> = { '✓': 'allow', '✗': 'deny', '?': 'ask' }
const alikes = [
  { mark: '✓', words: /^(?:✔|✅|☑|v|ok)$/u },
  { mark: '✗', words: /^(?:✘|❌|✖|×|x|X)$/u },
] as const

/** What a nested item is: an example, a broken one (`undefined`), or something else. */
export function readExample(
  item: ListItem,
  text: SpecText,
  report: Report,
): RuleExample | 'other' | undefined {
  const [paragraph] = item.children
  if (paragraph?.type !== 'paragraph') return 'other'
  const [mark, code, ...rest] = tokenize(text.text, paragraph)
  if (mark?.kind !== 'word') return 'other'
  const expected = Object.hasOwn(marks, mark.text) ? marks[mark.text] : undefined
  if (!expected) {
    const meant = alikes.find(({ words }) => words.test(mark.text.replace(/\uFE0F/g, '')))?.mark
    if (meant === undefined || code?.kind !== 'code' || !isNearlyCapability(code.text)) return 'other'
    report('example/near-miss', mark, `\`${mark.text}\` marks no example`, {
      fix: `write: ${meant} \`${code.text}\``,
    })
    return undefined
  }
  if (code?.kind === 'code') {
    for (const other of othersIn(rest)) {
      report('example/near-miss', other, 'an example asks one thing, and this is a second', {
        fix: `give it a line of its own: ${mark.text} \`${other.text}\``,
      })
    }
    return checkRequest(code, text, report)
      ? { expected, request: code.text, place: text.place(code) }
      : undefined
  }
  // A question mark may well begin a sentence.
  if (mark.text === '?') return 'other'
  const bare = bareRequest(code, rest, text.text)
  report('example/syntax', mark, `no request in backticks follows \`${mark.text}\``, {
    ...(bare && { fix: `write: ${mark.text} \`${bare}\`` }),
  })
  return undefined
}

/** A request that lost its backticks ends where a reason begins. */
function bareRequest(first: Token | undefined, rest: readonly Token[], source: string): string | undefined {
  const end = rest.findIndex(isSeparator)
  const last = (end < 0 ? rest : rest.slice(0, end)).at(-1) ?? first
  const said = oneLine(source.slice(first?.start ?? 0, last?.end ?? 0))
  return isNearlyCapability(said) && !said.includes('`') ? said : undefined
}

/** What stands behind the first request, and in no reason. */
function othersIn(rest: readonly Token[]): readonly CodeToken[] {
  const end = rest.findIndex(isSeparator)
  return rest
    .slice(0, end < 0 ? rest.length : end)
    .filter((token): token is CodeToken => token.kind === 'code' && startsAsCapability(token.text))
}

/** What a block tries, if it is an example: its mark's effect, and the span that may be no request. */
export function exampleIn(
  block: Nodes,
  source: string,
): { readonly effect: RuleExample['expected']; readonly code: CodeToken } | undefined {
  if (block.type !== 'paragraph') return undefined
  const [mark, code] = tokenize(source, block)
  const effect = mark?.kind === 'word' && Object.hasOwn(marks, mark.text) ? marks[mark.text] : undefined
  return effect && code?.kind === 'code' && startsAsCapability(code.text) ? { effect, code } : undefined
}

/** Where the project and the home folder are changes nothing of whether a request is one. */
const anyPlace = { root: '/project', home: '/home/user', cwd: '/project' }

function checkRequest(code: CodeToken, text: SpecText, report: Report): boolean {
  const result = parseRequest(code.text, anyPlace)
  if (result.ok) return true
  for (const { column, message, fix } of result.problems) {
    report('example/request', spanInCode(text.text, code, column - 1), message, fix ? { fix } : {})
  }
  return false
}
