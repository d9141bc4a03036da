import type { Policy } from '../../policy/compile.ts'
import type { Request } from '../../policy/types.ts'
import { privatePlace } from '../../sandbox/private.ts'
import { readOutside } from '../../sandbox/tree/read.ts'
import { remembered } from '../../shared/remembered.ts'
import { isWithin } from '../../shared/within.ts'

/** The place of a run's own in which a file lies, `/tmp` for one; none where it is the host's. */
export type OwnPlaces = (file: Request) => string | undefined

/** What a run has for itself under these rules: where they open something there, that is the host's. */
export function ownPlaces(policy: Policy): OwnPlaces {
  const entriesOf = remembered((agent: string) => readOutside(policy, agent))
  return ({ target, agent = 'command' }) => {
    const place = privatePlace(target, policy.home)
    // Of the project nothing is the run's own: what it writes there is meant to stay.
    if (place === undefined || isWithin(target, policy.root)) return undefined
    const [nearest] = entriesOf(agent)
      .filter(({ path }) => isWithin(path, place) && isWithin(target, path))
      .sort((a, b) => b.path.length - a.path.length)
    const isHosts = nearest !== undefined && (nearest.access !== 'none' || nearest.rule !== undefined)
    return isHosts ? undefined : place
  }
}
