import type { Clause } from '../clause.ts'
import { decide } from '../decide.ts'
import type { Request, Resource, Rule } from '../types.ts'
import { type Claim, claimsOf, type Matter } from './claims.ts'
import { isOwn } from './compared.ts'
import { type Ground, type Grounds, mattersAbout, sampleRequests } from './ground.ts'
import { findOutside } from './outside.ts'

/** A request with the Allow that lets it pass. */
export interface Allowed {
  readonly request: Request
  readonly rule: Rule
}

interface Asking {
  readonly grounds: Grounds
  readonly agent: string
}

/** Only the answer says that the request is let through; a question to a person is no way for a program. */
export function allowed(request: Request, { grounds, agent }: Asking): Allowed | undefined {
  const { effect, rule } = decide(grounds.policy, { ...request, agent })
  return effect === 'allow' && rule ? { request: { ...request, agent }, rule } : undefined
}

/** A request to one of these resources that leads out of the machine, and that is allowed; best with this action. */
export function findAllowed(names: readonly Resource[], action: string, asking: Asking): Allowed | undefined {
  const { grounds, agent } = asking
  const order = (matter: Matter) => (matter.action === action ? 0 : matter.action === 'head' ? 2 : 1)
  for (const resource of names) {
    const ground = grounds.of(agent, resource)
    const questions = ownFirst(ground.clauses.filter(({ effect }) => effect === 'allow'))
      .flatMap((clause) => mattersAbout(clause.capability, true).map((matter) => ({ clause, matter })))
      .toSorted((a, b) => order(a.matter) - order(b.matter))
    for (const { clause, matter } of questions) {
      const found = grounds.isSpent() ? undefined : findPassing(clause, { ground, matter }, asking)
      if (found) return found
    }
  }
  return undefined
}

interface Question {
  readonly ground: Ground
  readonly matter: Matter
}

/** A request that the Allow speaks of and that nothing stops. */
function findPassing(clause: Clause, question: Question, asking: Asking): Allowed | undefined {
  const { ground, matter } = question
  const check = (request: Request) => (isHere(request) ? undefined : allowed(request, asking))
  const samples = sampleRequests(clause.capability, matter, ground.policy)
  for (const request of samples) {
    const found = check(request)
    if (found) return found
  }
  // Only what names this machine is on it: the language of such an Allow is looked at for nothing.
  if (samples.every(isHere)) return undefined
  return passing({ ...question, inside: () => claimsOf([clause], matter, ground.languages()) }, check)
}

/** A request that all of these claims speak of and that no Deny or Ask stops, if the check takes it. */
export function passing(
  place: Question & { readonly inside: () => readonly Claim[] },
  check: (request: Request) => Allowed | undefined,
): Allowed | undefined {
  const stops = ({ effect }: Clause) => effect === 'deny' || effect === 'ask'
  const answer = findOutside({ ...place, known: [], covers: stops })
  return answer.found === 'outside' ? check(answer.request) : undefined
}

/** What is on this machine is no way out of it. */
function isHere({ resource, target }: Request): boolean {
  return (
    (resource === 'http' || resource === 'browser') &&
    /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\]):/.test(target)
  )
}

function ownFirst(clauses: readonly Clause[]): readonly Clause[] {
  return clauses.toSorted((a, b) => Number(isOwn(b.rule)) - Number(isOwn(a.rule)))
}
