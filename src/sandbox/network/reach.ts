import { connect, isIP, type Socket } from 'node:net'
import { canonicalHost } from '../../policy/host.ts'
import type { Decision } from '../../policy/types.ts'
import { type AddressClass, addressSet, classifyAddress } from './address.ts'
import { type Asked, type Decide, judge, judgeAddress } from './asked.ts'
import type { NetworkEvent } from './event.ts'
import { namesLocalhost } from './localhost.ts'

/** What the proxy stands on: the policy's answer, the record, and the machine. */
export interface Gate {
  readonly decide: Decide
  readonly record: (event: NetworkEvent) => void
  readonly resolve: (name: string) => Promise<readonly string[]>
  /** Addresses of this machine's own interfaces, asked at each new connection: they come and go. */
  readonly ownAddresses: () => Iterable<string>
  readonly limits: ProxyLimits
}

export interface ProxyLimits {
  readonly connections: number
  readonly headerBytes: number
  /** Until a request, or a SOCKS handshake, has been read whole; also how long an idle connection is kept. */
  readonly headerMs: number
  readonly resolveMs: number
  readonly connectMs: number
}

export type Reached =
  | { readonly kind: 'open'; readonly socket: Socket; readonly address: string; readonly decision: Decision }
  | { readonly kind: 'denied'; readonly decision: Decision; readonly note?: string }
  | { readonly kind: 'failed'; readonly decision?: Decision; readonly error: string; readonly code: string }

/**
 * Judge, resolve, check every address, dial: in this order, so that a name that is not allowed is never looked up,
 * and what is dialled is what was checked. Records the request exactly once, whatever becomes of it.
 */
export async function reach(gate: Gate, asked: Asked): Promise<Reached> {
  const start = performance.now()
  const result = await attempt(gate, asked)
  const finish = (error?: string): void =>
    gate.record(eventOf(asked, result, performance.now() - start, error))
  if (result.kind !== 'open') finish()
  else {
    let fault: string | undefined
    result.socket.on('error', (error) => (fault = error.message)).once('close', () => finish(fault))
  }
  return result
}

async function attempt(gate: Gate, asked: Asked): Promise<Reached> {
  let decision: Decision | undefined
  try {
    decision = judge(gate.decide, asked)
    if (decision.effect !== 'allow') return { kind: 'denied', decision }
    const addresses = await addressesOf(gate, asked.authority.host)
    const own = addressSet(gate.ownAddresses())
    for (const address of addresses) {
      const refusal = refuseAddress(gate.decide, asked, decision, address, own)
      if (refusal) return refusal
    }
    const socket = await dial(addresses, asked.authority.port, gate.limits.connectMs)
    return { kind: 'open', socket, address: socket.remoteAddress ?? '', decision }
  } catch (error) {
    const { message, code = 'EFAIL' } = error as NodeJS.ErrnoException
    return { kind: 'failed', ...(decision && { decision }), error: message || code, code }
  }
}

async function addressesOf({ resolve, limits }: Gate, host: string): Promise<readonly string[]> {
  if (isIP(host)) return [host]
  const found = await within(limits.resolveMs, `no answer for the name ${host}`, resolve(host))
  const addresses = found.map((address) => canonicalHost(address.includes(':') ? `[${address}]` : address))
  const known = addresses.filter((address) => address !== undefined && isIP(address) !== 0) as string[]
  if (known.length === 0 || known.length < found.length)
    throw coded('ENOTFOUND', `no usable address for ${host}`)
  return known
}

/** An address is good if a rule names it, or if it is public and no rule refuses it. */
function refuseAddress(
  decide: Decide,
  asked: Asked,
  decision: Decision,
  address: string,
  own: ReadonlySet<string>,
): (Reached & { kind: 'denied' }) | undefined {
  if (address === asked.authority.host) return undefined
  const named = judgeAddress(decide, asked, address)
  if (named.effect === 'allow') return undefined
  const note = `${asked.authority.host} is at ${address}`
  if (refusedByName(named)) return { kind: 'denied', decision: named, note }
  const kind: AddressClass = classifyAddress(address, own)
  if (kind === 'public') return undefined
  if (
    asked.authority.host === 'localhost' &&
    kind === 'loopback' &&
    namesLocalhost(decision, asked.authority.port)
  )
    return undefined
  return { kind: 'denied', decision: named, note: `${note}, which is ${kind} and which no rule names` }
}

// The "everything else" of an Only is no word about this address: its name was allowed by that same rule.
function refusedByName(decision: Decision): boolean {
  return decision.reasons.some(
    ({ kind, rule }) => kind !== 'no-allow' && kind !== 'constraint' && rule?.effect !== 'only',
  )
}

function dial(addresses: readonly string[], port: number, ms: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const all = addresses.map((address) => ({ address, family: isIP(address) }))
    const socket = connect({
      host: 'checked.invalid',
      port,
      allowHalfOpen: true,
      noDelay: true,
      autoSelectFamily: true,
      // Every attempt comes from this list, so nothing is dialled that was not checked.
      lookup: (_host, _options, done) => done(null, all),
    })
    const fail = (error: Error): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    const timer = setTimeout(() => fail(coded('ETIMEDOUT', `no connection within ${ms} ms`)), ms)
    socket.once('error', fail).once('connect', () => {
      clearTimeout(timer)
      socket.off('error', fail)
      resolve(socket)
    })
  })
}

async function within<T>(ms: number, message: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(coded('ETIMEDOUT', message)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function coded(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code })
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
    effect: result.decision?.effect ?? 'deny',
    ...(result.decision?.rule && { rule: result.decision.rule }),
    ...(open && { address: open.address }),
    bytesUp: open?.socket.bytesWritten ?? 0,
    bytesDown: open?.socket.bytesRead ?? 0,
    ms,
    ...(error !== undefined && { error }),
  }
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
