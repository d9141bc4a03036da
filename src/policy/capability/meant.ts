import { type ResourceEntry, resources } from '../resources.ts'
import type { Resource } from '../types.ts'
import { knownProgram } from './programs.ts'

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

/** What people call a resource. */
const otherNames: Readonly<Record<string, Resource>> = {
  ...{ tcp: 'http', socket: 'http', host: 'http', domain: 'http' },
  ...{ bash: 'shell', sh: 'shell', cmd: 'shell', command: 'shell', exec: 'shell', terminal: 'shell' },
  ...{
    https: 'http',
    net: 'http',
    network: 'http',
    web: 'http',
    url: 'http',
    fetch: 'http',
    webfetch: 'http',
  },
  ...{ files: 'file', fs: 'file', path: 'file', dir: 'file', folder: 'file' },
  ...{ environment: 'env', variable: 'env', var: 'env' },
}

export function resourceCalled(name: string): Resource | undefined {
  const letters = name.toLowerCase()
  return Object.hasOwn(otherNames, letters) ? otherNames[letters] : undefined
}

/** What people call an action. */
const otherActions: Readonly<Record<string, readonly [Resource, string]>> = {
  read: ['http', 'get'],
  fetch: ['http', 'get'],
  edit: ['file', 'write'],
  modify: ['file', 'write'],
  update: ['file', 'write'],
  remove: ['file', 'delete'],
  execute: ['file', 'read'],
  r: ['file', 'read'],
  ro: ['file', 'read'],
  list: ['file', 'read'],
  open: ['file', 'read'],
  w: ['file', 'write'],
  rw: ['file', 'read,write'],
  rwx: ['file', 'read,write'],
  force: ['git', 'force-push'],
}

export function actionCalled(name: string, resource: Resource, aim: Aim): string | undefined {
  const letters = name.toLowerCase()
  if (letters === 'all' || letters === 'any') return '*'
  if (resource === 'git' && letters === 'merge') return aim === 'closes' ? 'commit,push' : 'commit'
  const [of, action] = Object.hasOwn(otherActions, letters) ? (otherActions[letters] ?? []) : []
  return of === resource ? action : undefined
}

/** All of a resource, as far as a pattern says it: files are those of the project. */
export function anyPattern(resource: Resource): string {
  return resources[resource].pattern === 'path' ? '**' : '*'
}

/** A text without a resource, behind the one that it looks like; what else is missing is for the next fix. */
export function meantResource(text: string, aim: Aim): string | undefined {
  const tool = meantTool(text)
  if (tool !== undefined) return tool
  const [, act = '', path = ''] = /^(read|write|create|change|delete|edit)[: ](\S+)$/i.exec(text) ?? []
  if (looksLikePath(path)) return `file:${path}:${act.toLowerCase()}`
  const head = /^[^:]*/.exec(text)?.[0] ?? ''
  if (aim === 'closes' && head !== text && resources.run.constraints.some((name) => name === head))
    return `run:*{${text}}`
  // A pasted address ends in a slash, and means the host.
  if (isUrl(text) || hostName.test(text) || ownHost.test(text))
    return `http:${text.replace(/^((?:https?:\/\/)?[^/]+)\/$/i, '$1')}`
  if (aim === 'runs') return head === text || head.includes(' ') ? `shell:${text}` : undefined
  if (knownProgram.test(text)) return `shell:${aim === 'closes' ? text.replace(/(?: \*+)?$/, ' *') : text}`
  if (/^[A-Z][A-Z0-9]*_[A-Z0-9_]*\*?$/.test(text)) return `env:${text}`
  if (!looksLikePath(head)) return undefined
  // `*.pem` alone would be those of the project's own folder, and leave the others open.
  return `file:${aim === 'closes' && /^\*[^/]*$/.test(head) ? '**/' : ''}${text}`
}

/** How other tools write it: `Bash(git push:*)`, `Read(./.env)`, `mcp__server__tool`. */
function meantTool(text: string): string | undefined {
  const [, server, tool] = /^mcp__([\w-]+?)(?:__([\w*-]+))?$/.exec(text) ?? []
  if (server !== undefined) return `mcp:${server}/${tool ?? '*'}`
  const [, name = '', inner = ''] = /^([A-Z][A-Za-z]+|bash|shell)\((.+)\)$/.exec(text) ?? []
  const path = inner.replace(/^\.\//, '').replace(/^\/\//, '/')
  if (/^(?:Bash|Shell|Run)$/i.test(name)) return `shell:${inner.replace(/:\*$/, ' *')}`
  if (/^(?:Read|Glob|Grep)$/.test(name)) return `file:${path}:read`
  if (/^(?:Edit|Write|MultiEdit|NotebookEdit)$/.test(name)) return `file:${path}:write`
  return name === 'WebFetch' ? `http:${inner.replace(/^domain:/, '')}:request` : undefined
}

export function isUrl(text: string): boolean {
  return /^https?:\/\/[^\s/]/i.test(text)
}

/** A folder, a dot file, or a name with an ending. */
export function looksLikePath(text: string): boolean {
  const shaped = /^(?:~?\/)?[\w@*?{},+.-]+(?:\/[\w@*?{},+.-]+)*\/?$/.test(text) && /[a-z]/i.test(text)
  return shaped && (text.includes('/') || /^\.\w|[\w*]\.[a-z][a-z0-9]{0,9}$/i.test(text))
}

const ownHost = /^(?:localhost|\d{1,3}(?:\.\d{1,3}){3})(?=$|[:/])/

/** Of the endings that hosts have, those that no file has. */
const hostName = /^(?:\*\.)?(?:[a-z0-9-]+\.)+(?:com|org|net|io)(?=$|[:/])/
