import { lookup } from 'node:dns/promises'
import type { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Gate } from './gate.ts'
import { httpSide } from './http.ts'
import { createQuota } from './quota.ts'
import { serveSocks } from './socks.ts'

export { sweepStale } from './stale-sockets.ts'

export type GateBase = Omit<Gate, 'quota' | 'resolve' | 'ownAddresses'> &
  Partial<Pick<Gate, 'resolve' | 'ownAddresses'>>

/** Answers each connection to the proxy: HTTP and SOCKS, told apart by the first byte. */
export function createAnswerer(base: GateBase): (socket: Socket) => void {
  const gate: Gate = {
    resolve: resolveName,
    ownAddresses: interfaceAddresses,
    quota: createQuota(() => performance.now()),
    ...base,
  }
  const speakHttp = httpSide(gate)
  return (socket) => {
    const deadline = setTimeout(() => socket.destroy(), gate.limits.headerMs)
    socket.once('close', () => clearTimeout(deadline))
    socket.once('data', (bytes) => {
      clearTimeout(deadline)
      socket.pause()
      socket.unshift(bytes)
      const first = bytes[0]
      if (first === 4 || first === 5) serveSocks(gate, socket, first).catch(() => socket.destroy())
      else {
        speakHttp(socket)
        socket.resume()
      }
    })
  }
}

async function resolveName(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true })
  return found.map(({ address }) => address)
}

function interfaceAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? [])
}
