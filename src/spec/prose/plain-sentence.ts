import { oneLine } from '../markdown/text.ts'

/** A sentence without its markdown, in lower case; what stands in code spans is `§0`, `§1` … and kept as written. */
export interface PlainSentence {
  readonly words: string
  readonly spans: readonly string[]
}

/** Undefined where the sentence says more than one thing: a second half with code spans or a condition of its own. */
export function plainSentence(sentence: string): PlainSentence | undefined {
  if (sentence.length > longest || sentence.includes('§')) return undefined
  const spans: string[] = []
  const marked = dropLabel(sentence).replace(/(`+)(?!`)(.+?)(?<!`)\1(?!`)/g, (_, _fence, span: string) => {
    spans.push(span.trim())
    return `§${spans.length - 1}`
  })
  const named = markFileNames(marked, spans)
  const words = oneLine(named.replace(/[*_~"“”]|\[[ xX]\]/g, ''))
    .toLowerCase()
    .replace(/’/g, "'")
    .replace(/^[^\p{L}§]+/u, '')
    .replace(/^(never|always|must|don'ts?|do not):\s*/, '$1 ')
  const [core = '', rest = ''] = splitReason(words)
  if (spans.some((span) => span.includes('`')) || rest.includes('§') || condition.test(rest)) return undefined
  return { words: core.replace(/[\s.!,]+$/, ''), spans }
}

/** A bare word that can only be a file's name counts as a span; one in the reason is no second thing. */
function markFileNames(marked: string, spans: string[]): string {
  const { core, rest } = cutAt(marked, marked.search(new RegExp(reasonStart, 'i')))
  return (
    core.replace(fileName, (name) => {
      spans.push(name)
      return `§${spans.length - 1}`
    }) + rest
  )
}

/** Not `node.js`, which is a name of something else. */
const fileName =
  /(?<![^\s*_(])(?!(?:node|next|nuxt|vue|react|express|three|d3)\.js\b)(?:\.env(?:\.[a-z]+)*|[\w.-]+(?:\/[\w.-]+)*\.(?:jsonc?|lock|toml|ya?ml|md|txt|[cm]?[jt]sx?|py|rs|go|rb|java|sh|sql|db|sqlite|pem|key|html|css|xml|csv|ini|cfg|conf|proto))(?![\w/-]|\.\w)/g

/** Longer ones are not plain, and matching them would take long. */
const longest = 400

const condition = /\b(?:unless|until|except|if|when|whenever|while|but|only|without)\b/

const reasonStart =
  /\s*(?:[—–;(:]|\s--?\s|,? because\b|,? since\b|,? so (?:that\b|it\b)|, (?:it|they|this|that|these|which|as)\b)/

function splitReason(words: string): readonly [string, string] {
  const { core, rest } = cutAt(words, words.search(reasonStart))
  return [core, rest]
}

function cutAt(text: string, at: number): { core: string; rest: string } {
  return at < 0 ? { core: text, rest: '' } : { core: text.slice(0, at), rest: text.slice(at) }
}

/** `**Database safety**: never …` is about what it is headed by; `**On Fridays**: never …` would be a condition. */
function dropLabel(sentence: string): string {
  const label = /^\W*(?:\*\*|__)([^*_`]{1,40}?):?(?:\*\*|__):?\s+(?=\S)/.exec(sentence)
  const words = label?.[1]?.toLowerCase() ?? ''
  const colon = label?.[0].includes(':')
  if (
    !label ||
    !colon ||
    /\b(?:never|always|must|not|don't|on|in|for|during|at|if|when|unless|only)\b/.test(words)
  )
    return sentence
  return sentence.slice(label[0].length)
}
