import { CompletionItemKind } from 'vscode-languageserver'
import { constraintKinds } from '../policy/capability/constraints.ts'
import { escapePattern } from '../policy/match/wildcard.ts'
import { isResource, resources } from '../policy/resources.ts'
import type { ConstraintName, Resource } from '../policy/types.ts'
import type { EffectWord } from '../spec/rule/effect-word.ts'
import type { Cursor } from './cursor.ts'
import type { CodeContext } from './item-context.ts'
import type { Offer, Offers } from './offer.ts'

export interface FolderEntry {
  readonly name: string
  readonly isFolder: boolean
}

/** What lies in a folder of the project, by its path from the root; not all of it where there is much. */
export type ListFolder = (folder: string) => readonly FolderEntry[]

export interface Known {
  readonly list: ListFolder
  readonly agents: readonly Offer[]
}

/** Resources, then the pattern, actions, and constraints of the one that is named. */
export function offerCapability(cursor: Cursor, context: CodeContext, known: Known): Offers | undefined {
  const { text, offset } = cursor
  const { start } = context.span
  const typed = text.slice(start, offset)
  const colon = typed.indexOf(':')
  if (colon === -1) return { typed: { start, end: offset }, offers: resourceOffers(context) }
  const resource = typed.slice(0, colon)
  if (!isResource(resource)) return undefined
  const place = { resource, rest: typed.slice(colon + 1), context, cursor, known }
  const found = constraintOffers(place) ?? actionOffers(place) ?? patternOffers(place)
  return found && { typed: { start: offset - found.typed.length, end: offset }, offers: found.offers }
}

interface Place {
  readonly resource: Resource
  /** Behind the resource and its colon. */
  readonly rest: string
  readonly context: CodeContext
  readonly cursor: Cursor
  readonly known: Known
}

interface Found {
  /** The end of what is typed, that an offer takes the place of. */
  readonly typed: string
  readonly offers: readonly Offer[]
}

/** A run as a whole can only be limited, and `via` names a command. */
function resourceOffers({ effect, role }: CodeContext): readonly Offer[] {
  const names = Object.keys(resources).filter(isResource)
  const fitting = names.filter((name) =>
    role === 'command' ? name === 'shell' : name !== 'run' || effect === 'limit',
  )
  return fitting.map((name) => ({
    text: `${name}:`,
    about: resources[name].about,
    kind: CompletionItemKind.Module,
  }))
}

/** Values as people write them, with their units. */
export const constraintExamples: Readonly<Record<ConstraintName, readonly string[]>> = {
  timeout: ['30s', '5m', '1h'],
  memory: ['512MB', '4GB'],
  disk: ['1GB', '10GB'],
  output: ['10MB'],
  cpu: ['10m'],
  processes: ['64', '512'],
  rate: ['10/s', '100/min', '1000/h', '5000/day'],
  max: ['5', '100'],
  tokens: ['200k', '2M/day'],
  usd: ['5/day', '20'],
  allowlist: ['ls,cat'],
  to: ['api.example.com'],
  remote: ['origin'],
  everywhere: [],
  expires: ['2027-01-31T00:00:00Z'],
}

/** In an open brace; of a path it is mostly alternatives that stand there. */
function constraintOffers({ resource, rest, context }: Place): Found | undefined {
  const open = rest.lastIndexOf('{')
  if (open === -1 || rest.indexOf('}', open) !== -1) return undefined
  const { actions } = resources[resource]
  const constraints = resources[resource].constraints.filter((each) => fits(each, context.effect))
  const needsAction = Object.keys(actions).length > 1
  if (needsAction && !rest.slice(0, open).includes(':')) return undefined
  const items = rest.slice(open + 1).split(',')
  const typed = items.at(-1) ?? ''
  const name = constraints.find((each) => typed.startsWith(`${each}:`))
  if (name !== undefined) {
    const offers = constraintExamples[name].map((value) => offerConstraint(name, `${name}:${value}`))
    return { typed, offers }
  }
  const given = new Set(items.map((item) => item.replace(/:.*$/s, '')))
  const free = constraints.filter((each) => each === typed || !given.has(each))
  return {
    typed,
    offers: free.map((each) => offerConstraint(each, each === 'everywhere' ? each : `${each}:`)),
  }
}

function fits(name: ConstraintName, effect: EffectWord): boolean {
  if (name === 'expires') return effect === 'allow' || effect === 'only'
  return name !== 'everywhere' || effect === 'deny'
}

function offerConstraint(name: ConstraintName, text: string): Offer {
  return { text, about: constraintKinds[name].about, kind: CompletionItemKind.Unit }
}

/** Behind the colon after the pattern; what is listed already is not offered again. */
function actionOffers({ resource, rest }: Place): Found | undefined {
  const names = Object.keys(resources[resource].actions)
  const colon = rest.lastIndexOf(':')
  const isImplied = resources[resource].patternOptional === 'always'
  if (names.length === 0 || (colon === -1 && !isImplied) || rest.includes('{', colon + 1)) return undefined
  const items = rest.slice(colon + 1).split(',')
  if (colon === -1 && items.length === 1) return undefined
  const given = items.slice(0, -1)
  const all = given.length === 0 ? [{ text: '*', about: 'all of them', kind: CompletionItemKind.Value }] : []
  const free = names.filter((name) => !given.includes(name))
  return {
    typed: items.at(-1) ?? '',
    offers: [...free.map((text) => ({ text, kind: CompletionItemKind.Value })), ...all],
  }
}

function patternOffers(place: Place): Found | undefined {
  const { resource, rest, cursor, known } = place
  if (rest.startsWith('@')) return { typed: rest, offers: letOffers(cursor) }
  if (resource === 'file') return pathOffers(place)
  const all: Offer = { text: '*', about: 'any', kind: CompletionItemKind.Value }
  if (resource === 'run') return { typed: rest, offers: [all, ...known.agents] }
  if (resource === 'agent') {
    const actions = Object.keys(resources.agent.actions).map((text) => ({
      text,
      kind: CompletionItemKind.Value,
    }))
    return { typed: rest, offers: [...known.agents, ...actions] }
  }
  return undefined
}

function letOffers({ spec }: Cursor): readonly Offer[] {
  return (spec?.lets ?? []).map(({ name, pattern }) => ({
    text: name,
    about: pattern,
    kind: CompletionItemKind.Variable,
  }))
}

const mostPaths = 100

/** Names in the folder that is typed so far, as patterns. */
function pathOffers({ rest, cursor, known }: Place): Found | undefined {
  const { root } = cursor.snapshot
  if (root === undefined || /^[~/]|[*?[\]{}\\]|(?:^|\/)\.\.?\//.test(rest)) return undefined
  const folder = rest.slice(0, rest.lastIndexOf('/') + 1)
  const name = rest.slice(folder.length)
  const entries = known.list(folder).filter((entry) => entry.name.startsWith(name) && isWritable(entry.name))
  const paths = entries.slice(0, mostPaths).flatMap(({ name: each, isFolder }): Offer[] => {
    const path = folder + escapePattern(each)
    return isFolder
      ? [
          { text: `${path}/**`, about: 'all below', kind: CompletionItemKind.Folder },
          { text: `${path}/`, kind: CompletionItemKind.Folder },
        ]
      : [{ text: path, kind: CompletionItemKind.File }]
  })
  const lets = folder === '' ? letOffers(cursor) : []
  const all: Offer = { text: `${folder}**`, about: 'all below', kind: CompletionItemKind.Folder }
  return { typed: rest, offers: [...lets, all, ...paths] }
}

/** In a code span, as a pattern, and seen by who reads it. */
function isWritable(name: string): boolean {
  return !/[`:\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name) && name !== '.git'
}
