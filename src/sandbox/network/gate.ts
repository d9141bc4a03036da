import type { Decision, Request } from '../../policy/types.ts'
import type { NetworkEvent } from './event.ts'
import type { Quota } from './quota.ts'

export type Decide = (request: Request) => Decision

/** What the proxy stands on: the policy's answer, the record, and the machine. */
export interface Gate {
  readonly decide: Decide
  readonly record: (event: NetworkEvent) => void
  readonly quota: Quota
  /** Takes what must have been recorded before the proxy counts as closed. */
  readonly track: (recorded: Promise<void>) => void
  /** The end of the proxy: nothing is dialled after it. */
  readonly signal: AbortSignal
  readonly resolve: (name: string) => Promise<readonly string[]>
  /** Addresses of this machine's own interfaces, asked at each new connection: they come and go. */
  readonly ownAddresses: () => Iterable<string>
  readonly limits: ProxyLimits
}

export interface ProxyLimits {
  /** At a time. */
  readonly connections: number
  /** In all: each is a line of the record. */
  readonly requests: number
  readonly headerBytes: number
  /** Until a request, or a SOCKS handshake, has been read whole; also how long an idle connection is kept. */
  readonly headerMs: number
  readonly resolveMs: number
  readonly connectMs: number
}
