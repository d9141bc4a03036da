import type { Socket } from 'node:net'
import type { Decision } from '../../policy/types.ts'
import { addressSet, classifyAddress, classWords } from './address.ts'
import { type Asked, judge, judgeAddress, noAllowText, refusedByName } from './asked.ts'
import { dial, resolveHost } from './dial.ts'
import type { NetworkEvent } from './event.ts'
import type { Gate } from './gate.ts'
import { namesLocalhost } from './localhost.ts'

export type Reached =
  | { readonly kind: 'open'; readonly socket: Socket; readonly address: string; readonly decision: Decision }
  | Denied
  | { readonly kind: 'failed'; readonly decision: Decision; readonly error: string; readonly code: string }

interface Denied {
  readonly kind: 'denied'
  readonly decision: Decision
  readonly note?: string
  /** Behind the asked name, and what a rule would have to name; localhost is named as such. */
  readonly address?: string
}

/**
 * Judge, resolve, check every address, dial: in this order, so that a name that is not allowed is never looked up,
 * and what is dialled is what was checked. Records the request exactly once, whatever becomes of it.
 */
export async function reach(gate: Gate, asked: Asked): Promise<Reached> {
  const start = performance.now()
  const attempted = attempt(gate, asked)
  gate.track(
    attempted.then(async (result) => {
      const fault = await endOf(result)
      gate.record(eventOf(asked, result, performance.now() - start, fault))
    }),
  )
  return attempted
}

async function attempt(gate: Gate, asked: Asked): Promise<Reached> {
  const judged = judge(gate.decide, asked)
  const decision = judged.effect === 'allow' ? gate.quota.admit(judged) : judged
  if (decision.effect !== 'allow') return { kind: 'denied', decision }
  try {
    const addresses = await resolveHost(gate, asked.authority.host)
    for (const address of addresses) {
      const refusal = refuseAddress(gate, asked, decision, address)
      if (refusal) return refusal
    }
    const socket = await dial(addresses, asked.authority.port, gate)
    limitTime(socket, decision.constraints.timeout)
    return { kind: 'open', socket, address: socket.remoteAddress ?? '', decision }
  } catch (error) {
    const { message, code = 'EFAIL' } = error as NodeJS.ErrnoException
    return { kind: 'failed', decision, error: message || code, code }
  }
}

function limitTime(socket: Socket, ms: number | undefined): void {
  if (ms === undefined) return
  const timer = setTimeout(() => socket.destroy(new Error('the `timeout` of the rule is over')), ms)
  socket.once('close', () => clearTimeout(timer))
}

function endOf(result: Reached): Promise<string | undefined> {
  return new Promise((resolve) => {
    if (result.kind !== 'open' || result.socket.closed) return resolve(undefined)
    let fault: string | undefined
    result.socket.on('error', (error) => (fault = error.message)).once('close', () => resolve(fault))
  })
}

/** An address is good if a rule names it, or if it is public and no rule refuses it. */
function refuseAddress(gate: Gate, asked: Asked, decision: Decision, address: string): Denied | undefined {
  const { host, port } = asked.authority
  const named = judgeAddress(gate.decide, asked, address)
  if (named.effect === 'allow') return undefined
  const note = `${host} is at ${address}`
  if (refusedByName(named)) return { kind: 'denied', decision: named, note }
  const kind = classifyAddress(address, addressSet(gate.ownAddresses()))
  if (kind === 'public') return undefined
  if (host === 'localhost' && kind === 'loopback' && namesLocalhost(decision, port)) return undefined
  const at = noAllowText(named) === undefined ? '' : ` with port ${port}`
  const why = `${note}, which is ${classWords[kind]} and which no rule names${at}`
  return { kind: 'denied', decision: named, note: why, address: host === 'localhost' ? host : address }
}

function eventOf(asked: Asked, result: Reached, ms: number, fault: string | undefined): NetworkEvent {
  const { authority, action, method, path } = asked
  const open = result.kind === 'open' ? result : undefined
  const error = result.kind === 'failed' ? result.error : result.kind === 'denied' ? result.note : fault
  return {
    ...authority,
    action,
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path }),
    effect: result.decision.effect,
    ...(result.decision.rule && { rule: result.decision.rule }),
    ...(open && { address: open.address }),
    ...(result.kind === 'denied' && result.address !== undefined && { unnamed: result.address }),
    bytesUp: open?.socket.bytesWritten ?? 0,
    bytesDown: open?.socket.bytesRead ?? 0,
    ms,
    ...(error !== undefined && { error }),
  }
}
