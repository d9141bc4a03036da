import { knownProgram } from './programs.ts'
import { type ResourceEntry, resources } from './resources.ts'
import type { Resource } from './types.ts'

/**
 * What the capability is for, so that the fix of a faulty one never does less than was meant: where something is
 * closed all of it is, where something is opened as little as possible; `runs` is one command, word for word.
 */
export type Aim = 'opens' | 'closes' | 'runs'

/** The actions to propose where none stand. */
export function meantActions(resource: Resource, aim: Aim): string {
  const { actions, usualAction }: ResourceEntry = resources[resource]
  return aim === 'closes' ? '*' : (usualAction ?? Object.keys(actions)[0] ?? '*')
}

/** All of a resource, as far as a pattern says it: files are those of the project. */
export function anyPattern(resource: Resource): string {
  return resources[resource].pattern === 'path' ? '**' : '*'
}

/** A text without a resource, behind the one that it looks like; what else is missing is for the next fix. */
export function meantResource(text: string, aim: Aim): string | undefined {
  const head = /^[^:]*/.exec(text)?.[0] ?? ''
  if (isUrl(text) || hostName.test(text)) return `http:${text}`
  if (aim === 'runs') return head === text || head.includes(' ') ? `shell:${text}` : undefined
  if (knownProgram.test(text)) return `shell:${aim === 'closes' ? text.replace(/(?: \*+)?$/, ' *') : text}`
  if (/^[A-Z][A-Z0-9]*_[A-Z0-9_]*\*?$/.test(text)) return `env:${text}`
  if (!looksLikePath(head)) return undefined
  // `*.pem` alone would be those of the project's own folder, and leave the others open.
  return `file:${aim === 'closes' && /^\*[^/]*$/.test(head) ? '**/' : ''}${text}`
}

export function isUrl(text: string): boolean {
  return /^https?:\/\/[^\s/]/i.test(text)
}

/** A folder, a dot file, or a name with an ending. */
export function looksLikePath(text: string): boolean {
  const shaped = /^(?:~?\/)?[\w@*?{},+.-]+(?:\/[\w@*?{},+.-]+)*\/?$/.test(text) && /[a-z]/i.test(text)
  return shaped && (text.includes('/') || /^\.\w|[\w*]\.[a-z][a-z0-9]{0,9}$/i.test(text))
}

/** Of the endings that hosts have, those that no file has. */
const hostName = /^(?:\*\.)?(?:[a-z0-9-]+\.)+(?:com|org|net|io)(?=$|[:/])/
