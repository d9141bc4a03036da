import type { Rule } from '../policy/types.ts'
import { compareDiagnostics, type Diagnostic } from '../shared/diagnostics.ts'
import { checkAgents, collectAgents } from './agents.ts'
import { builtPacks } from './built-packs.ts'
import { extendSpecs } from './extend.ts'
import { mergeSettings } from './kinds/merge-settings.ts'
import { parseTree } from './markdown/parse.ts'
import { createTreeMemory, type ParseTree } from './markdown/tree-memory.ts'
import { parseSpec, ruleLimit } from './parse-spec.ts'
import { diagnostic } from './report.ts'
import { alwaysIn, isProjectSource } from './source.ts'
import type { Spec, SpecSet, SpecSource } from './types.ts'

export { parseSpec } from './parse-spec.ts'

/**
 * All files understood together. The protected pack and the base always hold; other packs only where a file
 * extends them. Names that a **Let** gives hold in their own file alone.
 */
export function parseSources(
  sources: readonly SpecSource[],
  parseOne: (source: SpecSource) => Spec = parseOnce,
): SpecSet {
  const parsed = new Map<string, Spec>()
  const parse = (source: SpecSource) => {
    const known = parsed.get(source.path) ?? parseOne(source)
    parsed.set(source.path, known)
    return known
  }
  const always = sources.filter((source) => !isPack(source) || alwaysIn.has(source.path)).map(parse)
  const packs = (path: string) => {
    const source = sources.find((candidate) => candidate.path === path)
    return source && parse(source)
  }
  const names = sources.map(({ path }) => path)
  const { rules, diagnostics: extending } = extendSpecs(always, { find: packs, names })
  const { agents, diagnostics: naming } = collectAgents([...parsed.values()])
  const { settings, diagnostics: setting } = mergeSettings([...parsed.values()])
  const specs = [...parsed.values()]
  const found = [
    ...specs.flatMap((spec) => spec.diagnostics),
    ...extending,
    ...naming,
    ...setting,
    ...checkAgents(rules, agents),
    ...tooMany(rules),
  ]
  return {
    specs,
    rules: rules.slice(0, ruleLimit),
    agents,
    settings,
    diagnostics: found.sort(compareDiagnostics),
  }
}

/** For sets that are almost alike, one after the other: of files that differ only what does is parsed again. */
export function createParser(): (source: SpecSource) => Spec {
  const trees = new Map<string, ParseTree>()
  return (source) => {
    if (!isProjectSource(source)) return parseOnce(source)
    const parse = trees.get(source.path) ?? createTreeMemory(parseTree)
    trees.set(source.path, parse)
    return parseSpec(source, parse)
  }
}

const understood = new WeakMap<SpecSource, Spec>()

/** Sources are values, and many sets share most of theirs. */
function parseOnce(source: SpecSource): Spec {
  const known = understood.get(source) ?? asBuilt(source) ?? parseSpec(source)
  understood.set(source, known)
  return known
}

/** Nothing where a pack is not the one that was built. */
function asBuilt({ pack, bytes }: SpecSource): Spec | undefined {
  const built = pack !== undefined && Object.hasOwn(builtPacks, pack) ? builtPacks[pack] : undefined
  return built && Buffer.from(built.text).equals(bytes) ? built.spec : undefined
}

/** Taken in only where a file extends it; an agent's definition holds for its agent anyhow. */
function isPack({ pack, kind }: SpecSource): boolean {
  return pack !== undefined && kind !== 'definition'
}

function tooMany(rules: readonly Rule[]): readonly Diagnostic[] {
  const beyond = rules[ruleLimit]
  return beyond ? [diagnostic('rule/too-many', beyond.source, `there are ${rules.length} rules in all`)] : []
}
