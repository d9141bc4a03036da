import type { PathPlace } from '../match/path-glob.ts'
import { type PatternKind, resources } from '../resources.ts'
import { unknownTarget } from '../shell/git.ts'
import type { Capability, Resource } from '../types.ts'
import { type Automaton, type CompileOptions, compileAutomaton, uniteAutomata } from './automaton.ts'
import type { Budget } from './budget.ts'
import { anyCommand, commandLanguage, programLanguage } from './command-language.ts'
import { anyHost, hostLanguage } from './host-language.ts'
import { merged } from './merged.ts'
import { anyName, nameAlternatives, nameLanguage } from './name-language.ts'
import { anyPath, pathLanguage } from './path-language.ts'
import {
  charsetBut,
  either,
  type Language,
  many,
  mark,
  optional,
  type Regular,
  sequence,
  word,
} from './regular.ts'

/** How a capability's pattern is read: as `TargetIndex` has it, and what a constraint on host or remote asks for. */
export interface Reading {
  readonly surely: boolean
  readonly tail: 'met' | 'may-concern'
}

/** Of languages, in all of which a text is. */
export type Numbers = readonly [number, ...number[]]

/** More states than any pattern that a person writes needs. */
const mostStates = 2_000
/** More than all patterns of a large spec together need. */
const mostUnited = 2_000

interface Entry {
  readonly language?: Language
  /** Until it was asked for. */
  compile?: (() => Automaton | undefined) | undefined
  automaton?: Automaton | undefined
}

/** The languages of one resource's patterns, each called by a number and compiled when it is first asked for. */
export class Languages {
  /** The number of the language of everything that can be asked about. */
  readonly any = 0
  private readonly resource: Resource
  private readonly place: PathPlace
  private readonly numbers = new Map<string, number>()
  private readonly conjunctions = new Map<string, Numbers>()
  private readonly entries: Entry[] = []
  private readonly named: CompileOptions['known'] & {} = new Map()
  private readonly tailed: boolean
  private readonly ends: 'anywhere' | 'after-mark'
  private readonly budget: Budget

  /** `capabilities`: all that will be asked about. What is compiled once the budget is spent counts as too large. */
  constructor(
    resource: Resource,
    capabilities: readonly Capability[],
    place: PathPlace,
    budget: Budget = { left: Number.POSITIVE_INFINITY },
  ) {
    this.resource = resource
    this.place = place
    this.budget = budget
    this.tailed = capabilities.some(
      ({ constraints }) => constraints.to !== undefined || constraints.remote !== undefined,
    )
    this.ends = resources[resource].pattern === 'words' ? 'after-mark' : 'anywhere'
    this.compile('', () => this.anyTarget(capabilities))
  }

  of(capability: Capability, reading: Reading): number {
    return this.compile(keyOf(capability, reading), () => this.language(capability, reading))
  }

  /** In turn, where a pattern asks for several things at once: together they make a far greater automaton than each does. */
  allOf(capability: Capability, reading: Reading): Numbers {
    const key = keyOf(capability, reading)
    const known = this.conjunctions.get(key)
    if (known) return known
    const language = this.language(capability, reading)
    const [first, ...others] = 'all' in language ? language.all : [language]
    const isOne = first === undefined || others.length === 0
    const numbers: Numbers = isOne
      ? [this.compile(key, () => language)]
      : [this.part(`first ${key}`, first), ...others.map((part, index) => this.part(`${index} ${key}`, part))]
    this.conjunctions.set(key, numbers)
    return numbers
  }

  programs(names: readonly string[]): number {
    return this.compile(JSON.stringify(names), () => programLanguage(names))
  }

  /** The language of all that any of these says; nothing if it needs too many states. */
  union(numbers: readonly number[]): number | undefined {
    const distinct = [...new Set(numbers)].sort((a, b) => a - b)
    const [first] = distinct
    if (distinct.length < 2) return first
    const number = this.number(`any of ${distinct}`, {
      compile: () => this.uniteSaid(distinct) ?? this.uniteCompiled(distinct),
    })
    return this.automaton(number) && number
  }

  /** Nothing if it needs too many states. */
  automaton(number: number): Automaton | undefined {
    const entry = this.entries[number]
    if (entry?.compile) {
      entry.automaton = entry.compile()
      entry.compile = undefined
    }
    return entry?.automaton
  }

  /** These and that of everything; nothing if one of them needs too many states. */
  automata(numbers: Iterable<number>): ReadonlyMap<number, Automaton> | undefined {
    const found = new Map<number, Automaton>()
    for (const number of new Set([this.any, ...numbers])) {
      const automaton = this.automaton(number)
      if (automaton === undefined) return undefined
      found.set(number, automaton)
    }
    return found
  }

  /** Of what each says, at once: far fewer steps than one automaton for each takes. */
  private uniteSaid(numbers: readonly number[]): Automaton | undefined {
    const said = numbers.map((number) => saidBy(this.entries[number]?.language))
    if (!said.every((each) => each !== undefined)) return undefined
    return this.compileLanguage({ says: merged(said.flat()) }, mostUnited)
  }

  private uniteCompiled(numbers: readonly number[]): Automaton | undefined {
    const automata = numbers.map((number) => this.automaton(number))
    if (!automata.every((automaton) => automaton !== undefined)) return undefined
    return uniteAutomata(automata, { mostStates: mostUnited, ends: this.ends, budget: this.budget })
  }

  private language({ pattern, constraints }: Capability, reading: Reading): Language {
    const { allowlist } = constraints
    const language = this.targets(pattern, reading.surely, this.tail(constraints, reading))
    return reading.surely && allowlist ? { all: [language, programLanguage(allowlist)] } : language
  }

  private part(key: string, part: Language): number {
    // Parts are made as small as can be, a whole is not.
    return this.compile(('says' in part && part.name) || key, () => ({ all: [part] }))
  }

  private compile(key: string, make: () => Language): number {
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    const language = make()
    return this.number(key, { language, compile: () => this.compileLanguage(language, mostStates) })
  }

  private compileLanguage(language: Language, most: number): Automaton | undefined {
    const { ends, named: known, budget } = this
    return budget.left < 0 ? undefined : compileAutomaton(language, { mostStates: most, ends, known, budget })
  }

  private number(key: string, entry: Entry): number {
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    this.numbers.set(key, this.entries.length)
    return this.entries.push(entry) - 1
  }

  private targets(pattern: string, surely: boolean, tail: Regular): Language {
    const kinds: Readonly<Record<PatternKind, () => Language>> = {
      path: () => pathLanguage(pattern, this.place),
      host: () => ({ says: hostLanguage(pattern, surely) }),
      words: () => commandLanguage(pattern, surely ? 'exact' : 'anywhere'),
      name: () => ({ any: nameAlternatives(pattern).map((part) => ({ says: sequence(part, tail) })) }),
    }
    return kinds[resources[this.resource].pattern]()
  }

  private anyTarget(capabilities: readonly Capability[]): Language {
    const kinds: Readonly<Record<PatternKind, () => Regular>> = {
      path: () => anyPath,
      host: () => anyHost(capabilities.map(({ pattern }) => pattern)),
      words: () => anyCommand,
      name: () => sequence(anyName, this.tailed ? optional(this.anyTail(capabilities)) : sequence()),
    }
    return { says: kinds[resources[this.resource].pattern]() }
  }

  /** After a mark: the host that a secret goes to, the remote that a branch goes to. */
  private anyTail(capabilities: readonly Capability[]): Regular {
    const hosts = capabilities.flatMap(({ constraints: { to } }) => to ?? [])
    const value = this.resource === 'secret' ? anyHost(hosts, 'hosts-alone') : either(anyName, unknown)
    return sequence(word(mark), value)
  }

  private tail({ to, remote }: Capability['constraints'], reading: Reading): Regular {
    if (!this.tailed) return sequence()
    const value = wantedValue(to, remote)
    if (value === undefined) return optional(sequence(word(mark), many(charsetBut(''))))
    if (reading.tail === 'met') return sequence(word(mark), value)
    return optional(sequence(word(mark), remote === undefined ? value : either(value, unknown)))
  }
}

/** Expressions of which the language is any; nothing where it is more than that. */
function saidBy(language: Language | undefined): readonly Regular[] | undefined {
  if (language === undefined) return undefined
  if ('says' in language) return [language.says]
  const parts = ('any' in language ? language.any : language.all).map(saidBy)
  const isChoice = 'any' in language || parts.length === 1
  return isChoice && parts.every((part) => part !== undefined) ? parts.flat() : undefined
}

function keyOf({ pattern, constraints }: Capability, reading: Reading): string {
  const { to, remote, allowlist } = constraints
  return JSON.stringify([pattern, reading, to, remote, allowlist])
}

/** A remote that is only known at run time could be any. */
const unknown = word(unknownTarget)

function wantedValue(to: string | undefined, remote: string | undefined): Regular | undefined {
  if (to !== undefined) return hostLanguage(to, true)
  return remote === undefined ? undefined : nameLanguage(remote)
}
