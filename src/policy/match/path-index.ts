import type { Hits } from './hits.ts'
import { compileSegments, deep, folder, type PathPlace, type Segment } from './path-glob.ts'
import type { Wildcard } from './wildcard.ts'

/**
 * All path patterns of a policy as one automaton over names. Patterns make a trie; a state is the set of its nodes
 * that a path's names can lead to. States are made when first needed and remembered, so that a path costs one
 * look-up for each of its names, however many patterns there are. What is remembered is bounded.
 */
export class PathIndex {
  private readonly trie = new Trie()
  private readonly place: PathPlace
  private readonly keep: (ids: number[]) => Hits
  private readonly fold: (path: string) => string
  private states = new Map<string, State>()
  private start: State | undefined
  private kept = 0

  constructor(place: PathPlace, keep: (ids: number[]) => Hits) {
    this.keep = keep
    this.place = place
    this.fold = folder(place)
  }

  add(id: number, pattern: string): void {
    for (const segments of compileSegments(pattern, this.place)) this.trie.add(segments, id)
    this.start = undefined
  }

  /** Nothing for a path that is not absolute and resolved. */
  find(path: string): Hits | undefined {
    if (path.charCodeAt(0) !== slash || path.includes('\0')) return undefined
    const folded = this.fold(path)
    let state = this.start ?? this.restart()
    if (folded.length === 1) return state.hits
    for (let from = 1; from <= folded.length; ) {
      const found = folded.indexOf('/', from)
      const to = found < 0 ? folded.length : found
      const name = folded.slice(from, to)
      const next = state.next.get(name) ?? this.step(state, name)
      if (next === undefined) return undefined
      state = next
      from = to + 1
    }
    return state.hits
  }

  private restart(): State {
    this.states = new Map()
    this.kept = 0
    this.start = this.stateOf(closure([this.trie.top]))
    return this.start
  }

  private step(state: State, name: string): State | undefined {
    if (name === '' || name === '.' || name === '..') return undefined
    const next = this.stateOf(closure(state.nodes.flatMap((node) => follow(node, name))))
    if (name.length <= longestName) this.count(state.next).set(name, next)
    return next
  }

  private stateOf(nodes: readonly Node[]): State {
    const key = nodes.map((node) => node.number).join()
    const known = this.states.get(key)
    if (known) return known
    const state = { nodes, hits: this.keep(nodes.flatMap((node) => node.ids)), next: new Map() }
    this.count(this.states).set(key, state)
    return state
  }

  /** Whatever grows is counted; beyond the bound the next path starts anew. */
  private count(grows: Map<string, State>): Map<string, State> {
    if (++this.kept > mostKept) this.start = undefined
    return grows
  }
}

const slash = 0x2f
const longestName = 255
const mostKept = 50_000

interface State {
  readonly hits: Hits
  readonly nodes: readonly Node[]
  readonly next: Map<string, State>
}

/** A place in the trie of patterns. */
interface Node {
  /** Its place among all nodes. */
  readonly number: number
  readonly literals: Map<string, Node>
  readonly wildcards: { readonly source: string; readonly segment: Wildcard; readonly node: Node }[]
  /** Where `**` leads. */
  deep?: Node
  /** `**` itself: any name stays here. */
  readonly loops: boolean
  readonly ids: number[]
}

/** The trie of patterns, grown one pattern at a time. */
class Trie {
  private count = 0
  readonly top = this.node(false)

  add(segments: readonly Segment[], id: number): void {
    segments.reduce((node, segment) => this.child(node, segment), this.top).ids.push(id)
  }

  private child(node: Node, segment: Segment): Node {
    if (segment === deep) {
      if (node.loops) return node
      node.deep ??= this.node(true)
      return node.deep
    }
    return segment.literal === undefined ? this.wildcard(node, segment) : this.literal(node, segment.literal)
  }

  private literal(node: Node, name: string): Node {
    const known = node.literals.get(name)
    if (known) return known
    const child = this.node(false)
    node.literals.set(name, child)
    return child
  }

  private wildcard(node: Node, segment: Wildcard): Node {
    const known = node.wildcards.find(({ source }) => source === segment.source)
    if (known) return known.node
    const child = this.node(false)
    node.wildcards.push({ source: segment.source, segment, node: child })
    return child
  }

  private node(loops: boolean): Node {
    return { number: this.count++, literals: new Map(), wildcards: [], loops, ids: [] }
  }
}

function follow(node: Node, name: string): readonly Node[] {
  const next = node.loops ? [node] : []
  const literal = node.literals.get(name)
  if (literal) next.push(literal)
  for (const { segment, node: child } of node.wildcards) if (segment.matches(name)) next.push(child)
  return next
}

/** With what `**` reaches over no name at all; in order, each once. */
function closure(nodes: readonly Node[]): readonly Node[] {
  const all = new Set<Node>()
  for (let node of nodes) {
    all.add(node)
    while (node.deep) {
      node = node.deep
      all.add(node)
    }
  }
  return [...all].sort((a, b) => a.number - b.number)
}
