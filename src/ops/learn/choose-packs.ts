import { compilePolicy, type Policy } from '../../policy/compile.ts'
import { decide } from '../../policy/decide.ts'
import type { Request } from '../../policy/types.ts'
import { isBelow, isInHome } from '../../shared/within.ts'
import type { FileUse } from './learned.ts'
import type { LearningPacks, Pack } from './packs.ts'

export interface ChosenPack {
  readonly name: string
  /** What it is taken in for. */
  readonly uses: readonly string[]
  readonly allows: (request: Request) => boolean
}

export interface PackUses {
  readonly files: readonly FileUse[]
  /** Of variables. */
  readonly names: readonly string[]
}

export interface PackFacts {
  readonly policy: Policy
  readonly packs: LearningPacks
  readonly own: readonly string[]
}

/**
 * Packs for what was read below HOME: the one that covers most first. For the sake of a variable alone only that of a
 * language of the project: nobody can see whether a program has read it.
 */
export function choosePacks({ files, names }: PackUses, facts: PackFacts): readonly ChosenPack[] {
  const all = facts.packs.languages.map((pack) => candidate(pack, facts)).sort(byRank(facts.own))
  const { root, home } = facts.policy
  const outside = files.filter(
    ({ target, action }) => action === 'read' && isInHome(target, home) && !isBelow(target, root),
  )
  const chosen: ChosenPack[] = []
  let left = outside.map(({ target }) => target)
  while (left.length > 0 && all.length > 0) {
    const covered = all.map((pack) => ({ pack, uses: left.filter((target) => pack.allows(readOf(target))) }))
    const best = covered.reduce((most, one) => (one.uses.length > most.uses.length ? one : most))
    if (best.uses.length === 0) break
    chosen.push({ ...best.pack, uses: best.uses })
    left = left.filter((target) => !best.uses.includes(target))
  }
  const named = all.flatMap((pack) => {
    const uses = names.filter((target) => pack.allows({ resource: 'env', action: 'read', target }))
    const isNew = !chosen.some(({ name }) => name === pack.name)
    return isNew && uses.length > 0 && facts.own.includes(pack.name) ? [{ ...pack, uses }] : []
  })
  return [...chosen, ...named].sort((a, b) => (a.name < b.name ? -1 : 1))
}

type Candidate = Omit<ChosenPack, 'uses'>

const readOf = (target: string): Request => ({ resource: 'file', action: 'read', target })

function candidate({ name, rules }: Pack, { policy }: PackFacts): Candidate {
  const alone = compilePolicy({ ...policy, rules })
  return { name, allows: (request) => decide(alone, request).effect === 'allow' }
}

/** Of two that cover as much, the language that the project is written in. */
function byRank(own: readonly string[]) {
  const rank = ({ name }: Candidate) => (own.includes(name) ? 0 : 1)
  return (a: Candidate, b: Candidate) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1)
}
