import { parseCapability, printCapability } from '../../policy/capability/capability.ts'
import { constraintsWithin } from '../../policy/capability/constraint-group.ts'
import { moveConstraints } from '../../policy/capability/misplaced-constraints.ts'
import { textOutside } from '../../policy/match/braces.ts'
import { resources } from '../../policy/resources.ts'
import type { Capability, Constraints, Resource } from '../../policy/types.ts'

/** A capability that is right as it stands, and most likely not what was meant. */
export interface Unlikely {
  readonly message: string
  /** The whole capability, as it was meant. */
  readonly fix?: string
}

/** `written`: as it stands in the file. Whoever writes a backslash before a character means the character. */
export function unlikelyIn(capability: Capability, written: string): Unlikely | undefined {
  const { resource } = capability
  const looks = written.includes('\\')
    ? (escaped[resource] ?? [])
    : [misplaced, unknownAmount, ...(plain[resource] ?? [])]
  for (const look of looks) {
    const found = look(capability, written)
    if (found) return { message: found.message, ...fixOf(capability, found) }
  }
  return undefined
}

interface Found {
  readonly message: string
  readonly pattern?: string
  readonly actions?: readonly string[]
  readonly constraints?: Constraints
  /** The whole capability, where more than its parts is other. */
  readonly whole?: string
}

type Look = (capability: Capability, written: string) => Found | undefined

function fixOf(
  capability: Capability,
  { message: _, constraints, whole, ...found }: Found,
): { fix?: string } {
  if (whole !== undefined) return wholeFix(whole)
  if (found.pattern === undefined || found.pattern === capability.pattern) return {}
  const meant = { ...capability, ...found, constraints: { ...capability.constraints, ...constraints } }
  const fix = printCapability(meant)
  return parseCapability(fix).ok ? { fix } : {}
}

function wholeFix(whole: string): { fix?: string } {
  const parsed = parseCapability(whole)
  const fix = parsed.ok ? whole : parsed.problems[0]?.fix
  return fix === undefined ? {} : { fix }
}

const misplaced: Look = ({ pattern }, written) => {
  const group = constraintsWithin(pattern)
  if (group === undefined) return undefined
  const whole = moveConstraints(written)?.text
  return {
    message: `\`${group}\` is a part of the pattern here: constraints stand at the very end`,
    ...(whole !== undefined && { whole }),
  }
}

/** Where several actions could stand behind, the braces would have been read as constraints. */
const unknownAmount: Look = ({ resource, pattern }) => {
  const [group, name] = /(?<=\S)\{([a-z]+):\d[^{},\s]*\}$/.exec(pattern) ?? []
  return group === undefined
    ? undefined
    : {
        message: `\`${group}\` is a part of the pattern here: \`${name}\` is no constraint of \`${resource}\``,
      }
}

const variable: Look = ({ resource, pattern }) => {
  const odd = resource === 'env' ? /[^\w*?]/ : /[$%=]/
  if (!odd.test(textOutside(pattern.replace(/\$\{\w+\}/g, '$')))) return undefined
  const name = pattern
    .replace(/(?<=[\w*])[=:].*$/, '')
    .replace(/\$\{(\w+)\}/g, '$1')
    .replace(/^["'$%]+|["'%]+$/g, '')
    .replace(/^[^{}]*,[^{}]*$/, (list) => `{${list}}`)
  const what = resource === 'env' ? 'a variable' : 'a secret'
  return {
    message: `\`${pattern}\` is taken as it stands: ${what} is named by its name alone`,
    pattern: name,
  }
}

/** An address with its network's length, or a query: read as a path that no request has. */
const host: readonly Look[] = [
  ({ pattern }) =>
    /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])\/\d{1,3}$/i.test(pattern)
      ? {
          message: `\`${pattern}\` is one address and a path: networks are not known here, name each address`,
        }
      : undefined,
  ({ pattern }) =>
    /\/[^?]*\?\w+=/.test(pattern)
      ? {
          message: 'what stands behind `?` is never looked at: the path ends before it',
          pattern: pattern.replace(/\?\w+=.*$/, ''),
        }
      : undefined,
]

const listed: Look = ({ pattern }) =>
  textOutside(pattern).includes(',')
    ? {
        message: 'a comma is a character of the name here: one of several stands in braces',
        ...(/[{[]/.test(pattern) ? {} : { pattern: `{${pattern.replace(/,\s+/g, ',')}}` }),
      }
    : undefined

const plain: Partial<Record<Resource, readonly Look[]>> = {
  http: host,
  browser: host,
  env: [variable],
  secret: [variable],
  ...{ mcp: [listed], model: [listed], agent: [listed], task: [listed] },
  git: [
    listed,
    ({ resource, pattern, actions }) => {
      if (!Object.hasOwn(resources[resource].actions, pattern)) return undefined
      const isMeant = actions.length > 1 || actions[0] === pattern
      return {
        message: `\`${pattern}\` is the name of a branch here; what is done to it stands behind it: \`git:*:${pattern}\``,
        ...(isMeant && { pattern: '*', actions: [pattern] }),
      }
    },
    ({ pattern }) =>
      pattern.startsWith('refs/')
        ? {
            message: 'a branch or tag stands here without its `refs/…/`',
            pattern: pattern.replace(/^refs\/(?:heads|tags)\//, ''),
          }
        : undefined,
    ({ pattern }) => {
      const [, remote, branch] = /^(origin|upstream)\/(.+)$/.exec(pattern) ?? []
      if (remote === undefined || branch === undefined) return undefined
      return {
        message: `\`${pattern}\` is the name of a branch here, and names no remote`,
        pattern: branch,
        constraints: { remote },
      }
    },
  ],
  file: [
    ({ pattern }) =>
      pattern.startsWith('!')
        ? { message: '`!` is a character of the name here: what is left out stands behind `except`' }
        : undefined,
    ({ pattern }) =>
      /^["'^]|["'$]$|^\.\*\/|(?:^|\/)\.\.\.(?=\/|$)|\{[^{}]* /.test(pattern)
        ? {
            message:
              'names stand here as they are, with `*`, `**` and braces: no quotes, no regular expression, no blank in braces',
            pattern: pattern
              .replace(/^["'^]+|["'$]+$/g, '')
              .replace(/^\.\*(?=\/)|(?<=^|\/)\.\.\.(?=\/|$)/g, '**')
              .replace(/, +(?=[^{}]*\})/g, ','),
          }
        : undefined,
    ({ pattern }) =>
      /\$(?:\w|\{)|%\w+%/.test(pattern)
        ? {
            message: 'variables are not replaced in a pattern: your own folder is `~`',
            pattern: pattern.replace(/^(?:\$HOME|\$\{HOME\})(?=\/|$)/, '~'),
          }
        : undefined,
    ({ pattern }) =>
      /^~[^/]/.test(pattern)
        ? { message: '`~` is your own folder alone; others are named from `/` on' }
        : undefined,
    ({ pattern }) =>
      /\([^()]*\|[^()]*\)/.test(pattern)
        ? {
            message: 'brackets and bars are characters of the name here: one of several stands in braces',
            pattern: pattern.replace(
              /\(([^()]*\|[^()]*)\)/g,
              (_, list: string) => `{${list.replaceAll('|', ',')}}`,
            ),
          }
        : undefined,
    listed,
  ],
  shell: [
    ({ pattern }) =>
      /^execute:./.test(pattern)
        ? {
            message: `the action stands behind the words, or not at all: this is a program called \`${firstWord(pattern)}\``,
            pattern: pattern.replace(/^execute:/, ''),
          }
        : undefined,
    ({ pattern }, written) =>
      /^shell:[\w./-]+:\*$/.test(written)
        ? {
            message: `\`${pattern}\` is the program with no words behind it, for \`:*\` is read as the action`,
            pattern: `${pattern} *`,
          }
        : undefined,
    ({ pattern }) =>
      /^[\w./-]+:\*(?: |$)/.test(pattern)
        ? {
            message: `\`${firstWord(pattern)}\` is the name of a program here: words stand behind a blank`,
          }
        : undefined,
    ({ pattern }) => {
      const [, quoted, rest] = /^["']([\w.-]+ [^"']*)["']( .*)$/.exec(pattern) ?? []
      if (quoted === undefined) return undefined
      return { message: `quotes make one word: a program called \`${quoted}\``, pattern: `${quoted}${rest}` }
    },
    ({ pattern }) =>
      /^[^\s*]+\*$/.test(pattern)
        ? {
            message: `\`${pattern}\` is one word: the program, with nothing behind it`,
            pattern: `${pattern} *`,
          }
        : undefined,
    ({ pattern }) =>
      /^\w+=/.test(pattern)
        ? {
            message: 'a variable that is set for a command is no part of it',
            pattern: pattern.replace(/^(?:\w+=\S* +)+/, ''),
          }
        : undefined,
    ({ pattern }) =>
      /^[$>%] | (?:\.\.\.|[[<]\w+[\]>])$/.test(pattern)
        ? {
            message: 'a command stands here as it is typed, with `*` for whatever follows',
            pattern: pattern.replace(/^[$>%] +/, '').replace(/ (?:\.\.\.|[[<]\w+[\]>])$/, ' *'),
          }
        : undefined,
    ({ pattern }) =>
      /(?:,| or| and) \w+ /.test(pattern) && !/["']/.test(pattern)
        ? { message: 'this is one command, with each of these words: write a rule for each' }
        : undefined,
    ({ pattern }) =>
      /^(?:Bash|Shell|Run)\(.*\)$/.test(pattern)
        ? {
            message: `\`${pattern}\` is how other tools write it: here a command stands as it is typed`,
            pattern: pattern.replace(/^\w+\(|\)$/g, '').replace(/:\*$/, ' *'),
          }
        : undefined,
    ({ pattern }) => {
      const [, inner] = /^(["'])([^"']* [^"']*)\1$/.exec(pattern)?.slice(1) ?? []
      if (inner === undefined) return undefined
      return { message: `quotes make one word: a program called \`${inner}\``, pattern: inner }
    },
    ({ pattern }) =>
      /^\/?\^|(?<=\w)\$\/?$|^\/.* .*\/$/.test(pattern)
        ? {
            message:
              'this is read word by word, with `*` for whatever stands there, and not as a regular expression',
            pattern: pattern
              .replace(/^\/?\^|\$\/?$|^\/(?=.* .*\/$)|(?<= .*)\/$/g, '')
              .replace(/ ?\.\*/g, ' *'),
          }
        : undefined,
  ],
  mcp: [
    ({ pattern }) => {
      if (/[/*?[{]/.test(pattern) && !pattern.startsWith('mcp__')) return undefined
      const named = pattern.replace(/^mcp__/, '').replace(/__|[:.]/, '/')
      return {
        message: 'a tool is named behind its server, as `server/tool`',
        pattern: named.includes('/') ? named : `${named}/*`,
      }
    },
  ],
}

const escaped: Partial<Record<Resource, readonly Look[]>> = {
  file: [
    (_, written) =>
      /\\(?:\w|\*\*)/.test(written)
        ? { message: 'a backslash takes away what the next character means: folders stand behind `/`' }
        : undefined,
  ],
}

function firstWord(pattern: string): string {
  return pattern.split(' ')[0] ?? ''
}
