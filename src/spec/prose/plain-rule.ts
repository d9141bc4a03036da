import { parseCapability } from '../../policy/capability/capability.ts'
import { looksLikePath } from '../../policy/capability/meant.ts'
import { knownProgram } from '../../policy/capability/programs.ts'
import { oneLine } from '../markdown/text.ts'
import { type EffectWord, effectTitle, effectWords } from '../rule/effect-word.ts'
import { plain } from '../spelling.ts'
import { suggestRule } from './suggest.ts'
import { turnedEffect } from './turned-effect.ts'

/** What stands behind the word that was meant as an effect, and how it was marked up. */
export interface Meant {
  readonly effect: EffectWord
  readonly text: string
  /** The first capability, for where nothing else of it can be kept. */
  readonly capability: string
  /** What the whole line was plainly meant as, the likeliest first. */
  readonly lines?: readonly string[]
}

/** A rule in plain words: what it was surely meant as, and what is wrong with it. */
export interface PlainRule {
  readonly severity: 'error' | 'warning'
  readonly why: string
  readonly meant: Meant
}

/**
 * A bold effect word with plain words behind it: `**Deny** editing package-lock.json`, `**Require** npm test before
 * commit`. `text` is the block behind the word. Words that name no file and no command are advice.
 */
export function readPlainRule(word: string, text: string): PlainRule | undefined {
  const line = firstSentence(text)
  if (line.length > longest) return undefined
  const named = effectWords.find((effect) => effect === plain(word))
  if (named !== undefined && named !== 'let' && all.test(coreOf(line))) return nothingNamed(named)
  if (named === 'limit') return readLimit(line)
  const effect = effectOf(word)
  if (effect === undefined) return undefined
  return effect === 'require' ? readRequire(line) : readAct(word, effect, line)
}

/** `all`, `everything`, `any network access`: no sentence of advice. */
const all =
  /^(?:all|any|every|everything|anything|nothing|no|none)(?: (?:of|the|access|to|commands?|programs?|tools?|files?|folders?|reads?|writes?|reading|writing|edits?|editing|hosts?|network|internet|web|requests?|pushes|commits|secrets?|environment|variables?))*[.!]?$/i
const longest = 300
/** Bold, they say no to whatever stands behind them. */
const refusals = ['never', 'forbid', 'disallow', 'prohibit']

function effectOf(word: string): EffectWord | undefined {
  if (refusals.includes(plain(word))) return 'deny'
  return effectWords.find((effect) => effect !== 'let' && effect !== 'limit' && effect === plain(word))
}

function firstSentence(text: string): string {
  const [own = ''] = text.slice(0, 2 * longest).split(/[\r\n](?=[\s>]*(?:\*\*|__))/)
  const body = oneLine(own).replace(/^[:*_~\s]+/, '')
  return body.split(/(?<=[.!?])\s+(?=[\p{Lu}*])/u)[0] ?? ''
}

function readRequire(line: string): PlainRule | undefined {
  const [, command = '', rest = ''] = /^([^`]+?)\s+(before (?:start|commit|push|done)\b.*)$/.exec(line) ?? []
  if (command === '') return undefined
  const bare = command.replace(/^["'“‘]|["'”’]$/g, '')
  const rule = `- **Require** \`shell:${bare}\` ${rest}`
  return knownProgram.test(bare)
    ? {
        severity: 'error',
        why: `\`${bare}\` has no backticks around it`,
        meant: { effect: 'require', text: '', capability: `shell:${bare}`, lines: [rule] },
      }
    : {
        severity: 'warning',
        why: 'it names no command',
        meant: {
          effect: 'require',
          text: '',
          capability: 'shell:npm test',
          lines: [`- **Require** \`shell:npm test\` ${rest}`],
        },
      }
}

/** All that is limited, or none of it: a part would be less than was written. */
function readLimit(line: string): PlainRule | undefined {
  const amounts = coreOf(line)
    .split(/[,;]| and /)
    .filter((piece) => /\d/.test(piece))
  const limits = amounts.flatMap((piece) => limitIn(piece.trim()) ?? [])
  if (limits.length === 0) return undefined
  const whole = `run:*{${limits.join(',')}}`
  const capability = limits.length === amounts.length && parseCapability(whole).ok ? whole : ''
  const meant = { effect: 'limit', text: '', capability } as const
  return { severity: 'warning', why: 'behind the effect stands a capability in backticks', meant }
}

function limitIn(piece: string): string | undefined {
  const [, name = '', amount = '', unit = ''] =
    /\b([a-z]+)\b(?:\s+(?:to|of|is|at))?[\s:=]+(\d[\d./]*)\s?([a-z/]*)/i.exec(piece) ?? []
  const [, count = '', size = '', kind = ''] = /^(\d[\d.]*) ?([a-z]+)?(?: of)? ([a-z]+)/i.exec(piece) ?? []
  const [, time = '', short, long = ''] = timed.exec(piece) ?? []
  const given = [
    `timeout:${time}${short ?? long}`,
    ...[amount + unit, amount].map((much) => `${name.toLowerCase()}:${much}`),
    `${kind.toLowerCase()}:${count}${size}`,
  ]
  return given.find((one) => parseCapability(`run:*{${one}}`).ok)
}

/** `30 minutes`, of whatever runs. */
const timed =
  /^(?:(?:the |each |every |a )?(?:runs?|everything|commands?|time)\s+)?(?:(?:to|at|of)\s+)?(\d+) ?(?:(ms|[smhd])|([smhd])(?:ec|in|our|ay)[a-z]*)\b/i

function readAct(word: string, effect: EffectWord, line: string): PlainRule | undefined {
  const reason = /\s(?:—|–|--?|because)\s+(.*)$/.exec(line)?.[1]
  const act = effect === 'ask' ? line.replace(/^before /, '') : line
  const rule = effect === 'deny' || effect === 'ask' ? suggestRule(`${says[effect]} ${act}`) : undefined
  const path = pathIn(line) ?? (effect === 'only' ? undefined : programIn(line))
  const before = path === undefined ? '' : (line.split(path)[0] ?? '').replace(/`$/, '')
  const turned = rule === undefined ? turnedEffect(effect, before) : effect
  const isEffect = plain(word) === effect
  // The other effects begin sentences of advice, too.
  if (word === 'Deny' && path === undefined && rule === undefined) return nothingNamed('deny')
  // What never happens is advice, and often has no path: only the rule that is lost on the way is told.
  if (path === undefined && (rule === undefined || !isEffect)) return undefined
  const none = isEffect
    ? 'behind the effect stands a capability in backticks'
    : `\`${word}\` is no effect, **${effectTitle(effect)}** is`
  const why = turned === effect ? none : `what this says is written **${effectTitle(turned)}**`
  const lines = rule === undefined ? [] : [...(reason ? [`- ${rule} — ${reason}`] : []), `- ${rule}`]
  return {
    severity: 'warning',
    why,
    meant: { effect: turned, text: '', capability: capabilityOf(turned, path, line), lines },
  }
}

const says = { deny: 'never', ask: 'ask before' } as const

function nothingNamed(effect: EffectWord): PlainRule {
  return {
    severity: 'warning',
    why: 'it names no capability',
    meant: { effect, text: '', capability: '' },
  }
}

/** All of the path; of an Only what it says, for the rest of the disk is closed by that. */
function capabilityOf(effect: EffectWord, path: string | undefined, line: string): string {
  const action = /\bread/i.test(line) ? 'read' : 'write'
  if (path === undefined) return ''
  if (effect === 'only') return hostCalled(path) ?? `file:${path}:${action}`
  const actions = looksLikePath(path) ? actionsAt(line) : ''
  return actions === '' ? path : `file:${path}:${actions}`
}

/** What no file is called. */
function hostCalled(path: string): string | undefined {
  const parsed = parseCapability(path)
  const meant = parsed.ok ? undefined : parsed.problems[0]?.fix
  return meant?.startsWith('http:') ? meant : undefined
}

/** `writes to …`, `read and write access to …`, where a line begins so. */
function actionsAt(line: string): string {
  const [, verbs = ''] = accessing.exec(line) ?? []
  const named = { read: /\bread/i, write: /\b(?:writ|edit|chang|modif)/i }
  return Object.entries(named)
    .filter(([, verb]) => verb.test(verbs))
    .map(([action]) => action)
    .join(',')
}

const verb = '(?:read|writ|edit|chang|modif)[a-z]*'
const accessing = new RegExp(
  `^(?:all |any )?(${verb}(?:(?: and | or |, ?|/)${verb})*)(?: access)?(?: (?:to|in|of|from))? `,
  'i',
)

/** What stands before the reason. */
function coreOf(line: string): string {
  return line.split(/\s(?:—|–|--?|because)\s/)[0] ?? ''
}

/** A program, or what one does, and nothing else. */
function programIn(line: string): string | undefined {
  const core = coreOf(line)
  const isCommand = knownProgram.test(core) && core.split(' ').length <= 2 && /^[\w -]+$/.test(core)
  return isCommand ? `shell:${core} *` : undefined
}

/** The first that is in backticks, else the first bare word with an ending, or that a slash or a star makes a path. */
function pathIn(line: string): string | undefined {
  const core = coreOf(line)
  const spans = [...core.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.trim())
  const words = core.replace(/`[^`]*`/g, ' ').split(/\s+/)
  const bare = words.map((text) => text.replace(/[,.;:!?)]+$/, ''))
  return (
    spans.find(looksLikePath) ?? bare.find((text) => /^[\w-]+\.[a-z]{2,5}$/.test(text) || isBarePath(text))
  )
}

/** `and/or` is none. */
function isBarePath(text: string): boolean {
  return looksLikePath(text) && /^(?:~?\/|\.\/|\.\w|\*\*?\/|\*\.)|\/(?:\*\*?)?$|\/\*/.test(text)
}
