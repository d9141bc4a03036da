import { connect, isIP, type Socket } from 'node:net'
import { isAddress } from '../../policy/host-glob.ts'
import { addressHost } from './authority.ts'
import type { Gate } from './gate.ts'

/** Every address of a host, each as a rule would name it. One that cannot be read spoils the answer. */
export async function resolveHost({ resolve, limits }: Gate, host: string): Promise<readonly string[]> {
  if (isAddress(host)) return [host]
  const found = await within(limits.resolveMs, `no answer for the name ${host}`, resolve(host))
  const known = found.map(addressHost).filter((address) => address !== undefined)
  if (known.length === 0 || known.length < found.length)
    throw coded('ENOTFOUND', `no usable address for ${host}`)
  return known
}

/** Connects to one of these addresses, and to nothing else: what was checked is what is dialled. */
export function dial(addresses: readonly string[], port: number, ms: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const all = addresses.map(bare).map((address) => ({ address, family: isIP(address) }))
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

// Sockets know no brackets.
function bare(address: string): string {
  return address.replace(/^\[|\]$/g, '')
}
