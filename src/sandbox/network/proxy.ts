import { lookup } from 'node:dns/promises'
import { chmodSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { dirname } from 'node:path'
import type { Gate, ProxyLimits } from './gate.ts'
import { httpSide } from './http.ts'
import { createQuota } from './quota.ts'
import { makeSocketFolder, type SocketFolder } from './socket-folder.ts'
import { serveSocks } from './socks.ts'
import { sweepStale } from './stale-sockets.ts'

export interface ProxyOptions extends Pick<Gate, 'decide' | 'record'> {
  readonly resolve?: Gate['resolve']
  readonly ownAddresses?: Gate['ownAddresses']
  readonly limits?: Partial<ProxyLimits>
  /** Gone when the proxy is closed. */
  readonly socket?: SocketFolder
}

export interface Proxy {
  readonly socketPath: string
  /** Ends every connection; each is recorded. Nothing of the proxy is left on the disk. */
  readonly close: () => Promise<void>
}

/**
 * The one way out of a sandbox: HTTP and SOCKS on one Unix socket, told apart by the first byte. Every request is
 * judged by `decide` and recorded. A record that cannot be written, or is full, closes the proxy: nothing goes out unseen.
 */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const folder = options.socket ?? makeSocketFolder()
  // What cannot be swept is in nobody's way.
  sweepStale(dirname(dirname(folder.socketPath))).catch(() => undefined)
  const server = createServer({ allowHalfOpen: true })
  const ending = new AbortController()
  const sockets = new Set<Socket>()
  const unrecorded = new Set<Promise<void>>()
  const limits = { ...defaultLimits, ...options.limits }
  const gate: Gate = {
    decide: options.decide,
    record: boundedRecord(options.record, limits.requests, () => void close().catch(() => undefined)),
    track: (recorded) => {
      unrecorded.add(recorded)
      void recorded.catch(() => undefined).finally(() => unrecorded.delete(recorded))
    },
    quota: createQuota(() => performance.now()),
    signal: ending.signal,
    resolve: options.resolve ?? resolveName,
    ownAddresses: options.ownAddresses ?? interfaceAddresses,
    limits,
  }
  const close = async (): Promise<void> => {
    ending.abort()
    for (const socket of sockets) socket.destroy()
    if (server.listening) server.close()
    folder.remove()
    await Promise.allSettled(unrecorded)
  }
  const speakHttp = httpSide(gate)
  server.maxConnections = gate.limits.connections
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    greet(gate, socket, speakHttp)
  })
  await listen(server, folder.socketPath).catch((error) => {
    folder.remove()
    throw error
  })
  return { socketPath: folder.socketPath, close }
}

const defaultLimits: ProxyLimits = {
  connections: 2048,
  requests: 100_000,
  headerBytes: 16_384,
  headerMs: 30_000,
  resolveMs: 10_000,
  connectMs: 30_000,
}

/** A loop of refused requests must fill neither the memory nor the disk of who watches it. */
function boundedRecord(record: Gate['record'], most: number, end: () => void): Gate['record'] {
  let left = most
  return (event) => {
    left--
    try {
      record(left === 0 ? { ...event, error: `request ${most} of this run: its network is closed` } : event)
      if (left === 0) end()
    } catch {
      end()
    }
  }
}

function greet(gate: Gate, socket: Socket, speakHttp: (socket: Socket) => void): void {
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

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path, backlog: 1024 }, () => {
      chmodSync(path, 0o600)
      server.off('error', reject)
      server.on('error', () => undefined)
      resolve()
    })
  })
}

async function resolveName(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true })
  return found.map(({ address }) => address)
}

function interfaceAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? [])
}
