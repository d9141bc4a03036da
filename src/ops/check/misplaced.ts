import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { printCapability } from '../../policy/capability/capability.ts'
import { compilePathGlob, type PathPlace } from '../../policy/match/path-glob.ts'
import type { Capability, Rule } from '../../policy/types.ts'
import type { Diagnostic } from '../../shared/diagnostics.ts'
import { isFolder } from '../../shared/path-facts.ts'
import { diagnostic } from '../../spec/report.ts'

/** Patterns of files that, as this disk is, are most likely not what was meant. */
export function readMisplaced(place: PathPlace & { readonly rules: readonly Rule[] }): readonly Diagnostic[] {
  const own = place.rules.filter(({ layer, source }) => layer !== 'built-in' && source.pack === undefined)
  return own.flatMap((rule) => {
    const opens = rule.effect === 'allow' || rule.effect === 'only'
    return [
      ...rule.capabilities.flatMap((capability) => tell(capability, { rule, place, opens })),
      ...rule.except.flatMap((capability) => tell(capability, { rule, place, opens: !opens })),
    ]
  })
}

interface Asked {
  readonly rule: Rule
  readonly place: PathPlace
  /** Then nothing wider is offered. */
  readonly opens: boolean
}

function tell(capability: Capability, { rule, place, opens }: Asked): readonly Diagnostic[] {
  const meant = capability.resource === 'file' ? meantBy(capability, rule, place) : undefined
  if (meant === undefined) return []
  const fix = printCapability({ ...capability, pattern: meant.pattern })
  return [diagnostic('rule/unlikely', rule.source, meant.message, opens ? {} : { fix })]
}

interface Meant {
  readonly pattern: string
  readonly message: string
}

function meantBy({ pattern }: Capability, rule: Rule, place: PathPlace): Meant | undefined {
  const { root, home } = place
  if (/[*?[{\\]/.test(pattern)) return fromTheTop(pattern, root) ?? anywhere(pattern, place)
  const path = pattern.startsWith('/')
    ? pattern
    : pattern.replace(/^(~\/?)?/, (start) => `${start ? home : root}/`)
  const inside = pattern === '.' ? '**' : `${pattern === '/' ? '' : pattern}/**`
  const saysBoth = [...rule.capabilities, ...rule.except].some((other) => other.pattern === inside)
  if (saysBoth || !isFolder(path)) return fromTheTop(pattern, root)
  const message = `\`${pattern}\` is a folder: this is about the folder itself; what is in it is \`${inside}\``
  return { pattern: inside, message }
}

/** `*.ts` of who is used to other tools. */
function anywhere(pattern: string, place: PathPlace): Meant | undefined {
  if (!/^\*\.[^/]*$/.test(pattern)) return undefined
  const glob = compilePathGlob(pattern, place)
  if (readdirSync(place.root).some((name) => glob.matches(join(place.root, name)))) return undefined
  const message = `\`${pattern}\` is about the project's own folder alone, and nothing there; below it is \`**/${pattern}\``
  return { pattern: `**/${pattern}`, message }
}

/** `/src/**` of who is used to other tools. */
function fromTheTop(pattern: string, root: string): Meant | undefined {
  const [, first] = /^\/([^/*?[{\\]+)/.exec(pattern) ?? []
  if (first === undefined || isFolder(`/${first}`) || !isFolder(join(root, first))) return undefined
  const message = `\`/${first}\` is not there: below the project it is \`${pattern.slice(1)}\``
  return { pattern: pattern.slice(1), message }
}
