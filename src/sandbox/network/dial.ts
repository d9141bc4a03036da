import { connect, isIP, type Socket, type TcpNetConnectOpts } from 'node:net'
import { isAddress } from '../../policy/match/host-glob.ts'
import { addressHost } from './authority.ts'
import type { Gate } from './gate.ts'

/** Every address of a host, each as a rule would name it. One that cannot be read spoils the answer. */
export async function resolveHost(gate: Gate, host: string): Promise<readonly string[]> {
  if (isAddress(host)) return [host]
  const { limits, signal } = gate
  const found = await within(gate.resolve(host), {
    ms: limits.resolveMs,
    late: `no answer for ${host}`,
    signal,
  })
  const known = found.map(addressHost).filter((address) => address !== undefined)
  if (known.length === 0 || known.length < found.length) {
    throw coded('ENOTFOUND', `no usable address for ${host}`)
  }
  return known
}

/** Connects to one of these addresses, and to nothing else: what was checked is what is dialled. */
export async function dial(
  addresses: readonly string[],
  port: number,
  { limits, signal }: Gate,
): Promise<Socket> {
  if (signal.aborted) throw ended()
  const socket = connect({ ...target(addresses.map(bare)), port, allowHalfOpen: true, noDelay: true })
  try {
    await within(connected(socket), {
      ms: limits.connectMs,
      late: `no connection within ${limits.connectMs} ms`,
      signal,
    })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

type Target = Pick<TcpNetConnectOpts, 'host' | 'lookup' | 'autoSelectFamily'>

function target(addresses: readonly string[]): Target {
  const [only = '', ...others] = addresses
  if (others.length === 0) return { host: only }
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
  // Every attempt takes its address from here, and none asks a resolver again.
  return {
    host: 'checked.invalid',
    lookup: (_host, _options, done) => done(null, all),
    autoSelectFamily: true,
  }
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject).once('connect', () => {
      socket.off('error', reject)
      resolve()
    })
  })
}

interface Within {
  readonly ms: number
  readonly late: string
  readonly signal: AbortSignal
}

/** Settles as the promise does, unless that takes too long or the proxy ends before. */
function within<T>(promise: Promise<T>, { ms, late, signal }: Within): Promise<T> {
  return new Promise((resolve, reject) => {
    const cut = (): void => reject(ended())
    if (signal.aborted) cut()
    signal.addEventListener('abort', cut)
    const timer = setTimeout(() => reject(coded('ETIMEDOUT', late)), ms)
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', cut)
    }
    promise.finally(done).then(resolve, reject)
  })
}

const ended = (): Error => coded('ECANCELED', 'the run is over')

function coded(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code })
}

// Sockets know no brackets.
function bare(address: string): string {
  return address.replace(/^\[|\]$/g, '')
}
