import { knownProgram } from '../../policy/capability/programs.ts'
import type { PlainSentence } from './plain-sentence.ts'

/** A stretch of a plain sentence that says what is done: `edit or delete §0`, `pushing to main`. */
export type Act = Pick<PlainSentence, 'words' | 'spans'>

/**
 * The capabilities that an act is plainly about, in the rule language. Every word of it must be known here: one that
 * is not could turn the meaning around.
 */
export function readAct({ words, spans }: Act): readonly string[] | undefined {
  const act = words.replace(/^(?:ever|directly|to) /, '')
  return readGitAct(act, spans) ?? readDone({ words: act, spans })
}

const thing = '(?: (?:any|the|your|our|my|all|more|anything|code|changes|commits|work|it))*'
const straight = '(?: (?:directly|straight))?'
const branchItem = '(?:the )?(?:§\\d+|main|master)'
const branches = `${branchItem}(?:(?:, or|, and|,| or| and) ${branchItem})*(?: branch(?:es)?)?`

const gitActs: readonly { readonly action: string; readonly pattern: RegExp }[] = [
  {
    action: 'force-push',
    pattern: new RegExp(
      `^force[- ]?push(?:ing)?${thing}${straight}(?: (?:to|on) (?<to>${branches}))?${straight}$`,
    ),
  },
  {
    action: 'push',
    pattern: new RegExp(
      `^(?:git )?push(?:ing)?${thing}${straight}(?: (?:to|on) (?<to>${branches}))?${straight}$`,
    ),
  },
  {
    action: 'commit',
    pattern: new RegExp(`^commit(?:ting)?${thing}${straight}(?: (?:to|on) (?<to>${branches}))?${straight}$`),
  },
  { action: 'delete', pattern: /^delet(?:e|ing) (?:(?:any|the|git|remote|local) )*branch(?:es)?$/ },
  {
    action: 'tag',
    pattern: /^(?:creat(?:e|ing) (?:(?:any|git|new|release) )*tags|tag(?:ging)?(?: releases)?)$/,
  },
]

function readGitAct(words: string, spans: readonly string[]): readonly string[] | undefined {
  for (const { action, pattern } of gitActs) {
    const match = pattern.exec(words)
    if (!match) continue
    const named = match.groups?.to?.match(/§\d+|main|master/g) ?? ['*']
    const names = named.map((name) => (name.startsWith('§') ? spanAt(name, spans) : name))
    return names.every((name) => /^[\w./*-]+$/.test(name))
      ? names.map((name) => `git:${name}:${action}`)
      : undefined
  }
  return undefined
}

type Kind = 'write' | 'delete' | 'read' | 'run' | 'use' | 'reach'

const verbs: Readonly<Record<Kind, string>> = {
  write:
    'modify(?:ing)?|modified|edit(?:ing|ed)?|chang(?:e|ing|ed)|writ(?:e|ing|ten)(?: to)?|alter(?:ing|ed)?|updat(?:e|ing|ed)|touch(?:ing|ed)?|overwrit(?:e|ing|ten)|renam(?:e|ing|ed)|mov(?:e|ing|ed)|creat(?:e|ing|ed)|commit(?:ting|ted)?',
  delete: 'delet(?:e|ing|ed)|remov(?:e|ing|ed)',
  read: 'read(?:ing)?(?: from)?|open(?:ing|ed)?|print(?:ing|ed)?|show(?:ing|n)?|shar(?:e|ing|ed)|log(?:ging|ged)?|expos(?:e|ing|ed)|leak(?:ing|ed)?|copy(?:ing)?|copied|upload(?:ing|ed)?|send(?:ing)?|sent',
  run: 'run(?:ning)?|execut(?:e|ing|ed)|invok(?:e|ing|ed)',
  use: 'us(?:e|ing|ed)|call(?:ing|ed)?',
  reach: 'connect(?:ing|ed)? to|contact(?:ing|ed)?|download(?:ing)? from|fetch(?:ing)? from|talk(?:ing)? to',
}
const anyVerb = `(?:${Object.values(verbs).join('|')})`
const adverb =
  '(?: (?:directly|manually|by hand|yourself|ever|at all|anywhere|under any circumstances|in any way))*'
const noun =
  '(?:files?|folders?|director(?:y|ies)|database|contents?|commands?|programs?|scripts?|variables?|hosts?|credentials|secrets)'
const before = `(?:(?:the|any|an?|this|that|all|our|your|of|in|under|inside|within|below|${noun}) )*`
const object = `${before}§\\d+(?: ${noun})?`
const objects = `${object}(?:(?:, or|, and|, nor|,| or| and| nor) ${object})*`
const done = new RegExp(
  `^(?:(?<verbs>${anyVerb}(?:(?:, or|, and|,| or| and| nor|/) ?${anyVerb})*)${adverb} )?(?<objects>${objects})${adverb}$`,
)

function readDone({ words, spans }: Act): readonly string[] | undefined {
  const match = done.exec(words)
  if (!match) return undefined
  const kinds = kindsOf(match.groups?.verbs)
  const named = [...(match.groups?.objects ?? '').matchAll(new RegExp(object, 'g'))].map(([text]) =>
    readThing(text, spans),
  )
  const capabilities = named.flatMap((one) => kinds.map((kind) => capabilityOf[kind](one)))
  return capabilities.every((text) => text !== undefined) ? [...new Set(capabilities)] : undefined
}

/** Without a verb there is only the thing itself: `rm -rf`, the folder `secrets/`. */
function kindsOf(text: string | undefined): readonly (Kind | 'itself')[] {
  if (text === undefined) return ['itself']
  const known = (Object.keys(verbs) as Kind[]).filter((kind) =>
    new RegExp(`(?:^|[ ,/])(?:${verbs[kind]})(?:$|[ ,/])`).test(text),
  )
  return known
}

interface Thing {
  readonly span: string
  /** `the folder §0`, `files in §0`. */
  readonly folder: boolean
  /** `§0 files`: wherever they lie. */
  readonly many: boolean
  /** The sentence calls it a file or folder. */
  readonly named: boolean
}

function readThing(text: string, spans: readonly string[]): Thing {
  return {
    span: spanAt(text, spans),
    folder: /\b(?:folders?|director(?:y|ies)|in|under|inside|within|below)\b/.test(text),
    many: /\d files$/.test(text),
    named: /\b(?:files?|folders?|director(?:y|ies))\b/.test(text),
  }
}

function spanAt(text: string, spans: readonly string[]): string {
  return spans[Number(/§(\d+)/.exec(text)?.[1])] ?? ''
}

const capabilityOf: Readonly<Record<Kind | 'itself', (thing: Thing) => string | undefined>> = {
  write: (thing) => fileOf(thing, 'write'),
  delete: (thing) => fileOf(thing, 'delete'),
  read: (thing) => variableOf(thing) ?? fileOf(thing, 'read'),
  run: ({ span }) => (/^[\w./~][\w./~-]*(?: |$)/.test(span) ? commandOf(span) : undefined),
  use: (thing) => programOf(thing) ?? variableOf(thing),
  reach: ({ span }) => (hostName.test(span) ? `http:${span}:request` : undefined),
  itself: (thing) =>
    programOf(thing) ?? variableOf(thing) ?? (isPlace(thing) ? fileOf(thing, '*') : undefined),
}

const hostName = /^(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d{1,5})?$/

function programOf({ span }: Thing): string | undefined {
  return knownProgram.test(span) ? commandOf(span) : undefined
}

function commandOf(span: string): string {
  return `shell:${span.replace(/\s*\*+$/, '')} *`
}

function variableOf({ span }: Thing): string | undefined {
  return /^\$?[A-Z][A-Z0-9]*_[A-Z0-9_]*\*?$/.test(span) ? `env:${span.replace(/^\$/, '')}` : undefined
}

function isPlace({ span, named }: Thing): boolean {
  return named || span.includes('/')
}

function fileOf({ span, folder, many }: Thing, action: string): string | undefined {
  const path = span.replace(/^\.\//, '')
  const shaped = /^(?:~\/|\/)?[\w.@*?{},+~-]+(?:\/[\w.@*?{},+-]+)*\/?$/.test(path) && /[a-z]/i.test(path)
  if (!shaped || path.startsWith('../') || !(folder || /[./]/.test(path))) return undefined
  const below = path.endsWith('/') ? `${path}**` : folder && !/[*]/.test(path) ? `${path}/**` : path
  const anywhere = !path.includes('/') && !folder && (many || path.includes('*'))
  return `file:${anywhere ? '**/' : ''}${below}:${action}`
}
