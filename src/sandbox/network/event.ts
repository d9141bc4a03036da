import type { DecisionEffect, Rule } from '../../policy/types.ts'

/** One request on the network, recorded when it is over: let through, refused, or failed. */
export interface NetworkEvent {
  /** What the client asked for, canonical; the written text if it was no host at all. */
  readonly host: string
  readonly port: number
  /** Plain HTTP only: what is inside a tunnel is not seen. */
  readonly method?: string
  /** Without the query, which may hold secrets. */
  readonly path?: string
  /** The `http` action that was decided; `request` for a tunnel. */
  readonly action: string
  readonly effect: DecisionEffect
  /** The rule that determined it; none when nothing allowed the request. */
  readonly rule?: Rule
  /** The address that was dialled. */
  readonly address?: string
  /** The address that the name leads to and that no rule names, where it was refused for that. */
  readonly unnamed?: string
  readonly bytesUp: number
  readonly bytesDown: number
  readonly ms: number
  readonly error?: string
}

/** The record of what could not be read as a request at all, and so was refused. */
export function malformed(written: string): NetworkEvent {
  const host = written.replace(/[^\x20-\x7e]+/g, '?').slice(0, 300)
  return {
    host,
    port: 0,
    action: 'request',
    effect: 'deny',
    bytesUp: 0,
    bytesDown: 0,
    ms: 0,
    error: 'not a request that can be judged',
  }
}
