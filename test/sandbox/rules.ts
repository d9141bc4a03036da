import { readFileSync } from 'node:fs'
import { parseCapability } from '../../src/policy/capability/capability.ts'
import type { Capability, Effect, LayerName, Rule } from '../../src/policy/types.ts'

/** Rules as a spec has them, a line each, capabilities joined by ` + `. */
export function rulesOf(lines: readonly string[], layer: LayerName = 'project'): Rule[] {
  return lines.map((text, index): Rule => {
    const [, effect = '', rest = ''] = /^(\w+) (.*)$/.exec(text) ?? []
    const [capabilities = '', except = ''] = rest.split(' except ')
    return {
      effect: effect.toLowerCase() as Effect,
      capabilities: capabilities.split(' + ').map(capabilityOf),
      except: except === '' ? [] : except.split(' + ').map(capabilityOf),
      agents: [],
      layer,
      examples: [],
      source: { file: `${layer}.md`, line: index + 1, column: 1, text },
    }
  })
}

/** The rules that ship with oos and hold in every run, read from their markdown by the shape of their lines. */
export function builtInRules(): Rule[] {
  return ['protected', 'base'].flatMap((pack) => {
    const text = readFileSync(new URL(`../../specs/packs/${pack}.md`, import.meta.url), 'utf8')
    let effect = ''
    return text.split('\n').flatMap((line) => {
      effect = /^- \*\*(\w+)\*\*/.exec(line)?.[1] ?? effect
      if (!/^- \*\*|^ {2}- `/.test(line)) return []
      return [...line.matchAll(/`([^`]+:[^`]+)`/g)].flatMap(([, one]) =>
        rulesOf([`${effect} ${one}`], 'built-in'),
      )
    })
  })
}

function capabilityOf(text: string): Capability {
  const result = parseCapability(text.trim())
  if (!result.ok) throw new Error(`${text}: ${result.problems.map(({ message }) => message).join(', ')}`)
  return result.value
}
