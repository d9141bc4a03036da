import { decide } from '../decide.ts'
import type { Request } from '../types.ts'
import { type Answer, answerOf, type Sides, type Witness } from './answers.ts'
import { freest, type Turn } from './turn.ts'

/** From one answer to another, with requests that turn so. */
export interface Way extends Turn {
  readonly witnesses: readonly Witness[]
}

/** How what a changed line is about comes out differently. Nothing is kept that the policies do not say themselves. */
export class Ways {
  private readonly sides: Sides
  private readonly kept = new Map<string, [Answer, ...Answer[]]>()
  private readonly doubts = new Map<string, Turn>()

  constructor(sides: Sides) {
    this.sides = sides
  }

  has(turn: Turn): boolean {
    return this.kept.has(keyOf(turn))
  }

  /** Unless there are the most of its kind already. */
  keep(answer: Answer, most: number): void {
    const known = this.kept.get(keyOf(answer))
    if (known === undefined) this.kept.set(keyOf(answer), [answer])
    else if (known.length < most) known.push(answer)
  }

  /** The first request that both policies let turn so; without one the turn stays in doubt. */
  keepFirst(turn: Turn, requests: readonly Request[]): void {
    const answers = requests.map((request) => answerOf(request, this.sides))
    const answer = answers.find(({ from, to }) => from === turn.from && to === turn.to)
    if (answer === undefined) this.doubts.set(keyOf(turn), turn)
    else this.keep(answer, 1)
  }

  turns(): readonly Turn[] {
    return [...this.kept.values()].map(([first]) => first)
  }

  /** What the languages say and no request was found for that turns so. */
  doubted(): readonly Turn[] {
    return [...this.doubts.values()].filter((turn) => !this.has(turn))
  }

  /** Of commands those come first that come out so with everything that they do in turn. */
  list(): readonly Way[] {
    return [...this.kept.values()].map((answers) => {
      const [{ from, to }] = answers
      const whole = answers.filter((answer) => this.isWhole(answer))
      return { from, to, witnesses: whole.length > 0 ? whole : answers }
    })
  }

  private isWhole({ request, from, to }: Answer): boolean {
    if (request.resource !== 'shell') return true
    const { before, given, after } = this.sides
    const old = [before, ...(given ? [given] : [])].map((policy) => decide(policy, request).effect)
    return freest(old) === from && decide(after, request).effect === to
  }
}

function keyOf({ from, to }: Turn): string {
  return `${from} ${to}`
}
