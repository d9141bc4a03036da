import { isResource, resources } from '../resources.ts'
import type { ConstraintName, Resource } from '../types.ts'
import { constraintCalled, isConstraintName } from './constraints.ts'
import { isAction } from './parts.ts'

/** A faulty capability whose constraints stand elsewhere than at its end in braces, put there. */
export interface Moved {
  readonly text: string
  /** Where the first of them stood, from 0. */
  readonly offset: number
}

/**
 * `run:*(timeout:5m)`, `run{timeout:5m}:*`, `file:src/**{expires:…}:read`: the same with what is a constraint at its
 * end. Of words in braces before the actions each is taken for one, so that it is told what they are not.
 */
export function moveConstraints(text: string): Moved | undefined {
  const resource = /^[a-z]+(?=[^a-z])/.exec(text)?.[0] ?? ''
  if (!isResource(resource)) return undefined
  const found = findNamed(text, resource) ?? findBeforeActions(text, resource)
  if (found === undefined) return undefined
  const body = `${resource}:${bodyOf(found.rest.slice(resource.length), resource)}`
  const items = found.items.join(',')
  const moved = `${body}{${items}}`
  return moved === text ? undefined : { text: moved, offset: found.offset }
}

interface Found {
  readonly items: readonly string[]
  /** The text without them. */
  readonly rest: string
  readonly offset: number
}

/** Each `name:value` of constraints that the resource takes, with the brackets around it. */
function findNamed(text: string, resource: Resource): Found | undefined {
  const { constraints } = resources[resource]
  const items: string[] = []
  let offset = -1
  // Words of a command look the same: `make max=5`.
  const start = resource === 'shell' ? text.search(opened) : resource.length
  if (start < 0) return undefined
  const head = text.slice(0, start)
  const rest = text
    .slice(start)
    .replace(named(constraints), (whole: string, word: string, amount: string, at: number) => {
      if (offset < 0) offset = start + at + (/^[\s,;?&]*/.exec(whole)?.[0].length ?? 0)
      items.push(`${constraintCalled(word, constraints) ?? word}:${amount.replace(/^["']|["']$/g, '')}`)
      return ''
    })
  return items.length > 0 && isBalanced(rest) ? { items, rest: head + rest, offset } : undefined
}

const opened = /[({[<]\s*["']?[a-z]+["']?\s*[:=]/

/** Else a piece of a group would be taken for a pattern. */
function isBalanced(text: string): boolean {
  return ['{}', '()', '[]'].every(
    ([open = '', close = '']) => text.split(open).length === text.split(close).length,
  )
}

/**
 * `timeout:5m`, `mem = "4 GB"`: a name, or what it begins with, and a value, in whatever brackets; no folder of a path,
 * and no actions behind the value.
 */
function named(constraints: readonly ConstraintName[]): RegExp {
  const words = constraints.flatMap((name) => [
    name,
    ...[...name].map((_, at) => name.slice(0, at)).reverse(),
  ])
  const name = words.filter((word) => word.length > 2 || isConstraintName(word)).join('|')
  const value = String.raw`"[^"]*"|'[^']*'|(?:(?!:[a-z*][a-z,*-]*$)[^\s,;(){}[\]<>"'])+(?:\s(?=[A-Za-z]+\s*[,;)}\]>])[A-Za-z]+)?`
  return new RegExp(
    String.raw`[\s,;?&]*[({[<\s]*(?<![\w/-])["']?(${name})["']?\s*[:=]\s*(${value})\s*[)}\]>]*`,
    'g',
  )
}

/** `file:src/**{size:1MB}:write`, and `file:src/**:write,{size:1MB}`. */
function findBeforeActions(text: string, resource: Resource): Found | undefined {
  const [, head = '', comma = '', group = '', tail = ''] =
    /^([^{]+?)(,?)\{([^{}]+)\}((?::[a-z,*-]+)?)$/.exec(text) ?? []
  const actions = (tail || head.slice(head.lastIndexOf(':'))).slice(1).split(',')
  const isNamed =
    /^\s*[a-z]+\s*[:=]/.test(group) && actions.every((word) => word === '*' || isAction(resource, word))
  if (!isNamed || (tail === '' && comma === '')) return undefined
  const items = group.split(',').map((item) => item.trim().replace(/\s*[:=]\s*/, ':'))
  return { items, rest: head + tail, offset: head.length + comma.length }
}

/** What is left between the resource and the constraints: a pattern, perhaps with actions. */
function bodyOf(rest: string, resource: Resource): string {
  const body = rest.replace(/^[\s:]+/, '').replace(/[\s:,;]+$/, '')
  if (Object.keys(resources[resource].actions).length > 0) return body
  return body.replace(/[()[\]]/g, '') || '*'
}
