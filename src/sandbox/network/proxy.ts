import { chmodSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { once } from '../../shared/remembered.ts'
import { afterMs } from '../timer.ts'
import type { Gate, ProxyLimits } from './gate.ts'
import { makeSocketFolder, type SocketFolder } from './socket-folder.ts'

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
  const { resolve, ownAddresses } = options
  const folder = options.socket ?? makeSocketFolder()
  const server = createServer({ allowHalfOpen: true })
  const ending = new AbortController()
  const sockets = new Set<Socket>()
  const unrecorded = new Set<Promise<void>>()
  const limits = { ...defaultLimits, ...options.limits }
  const close = async (): Promise<void> => {
    ending.abort()
    for (const socket of sockets) socket.destroy()
    if (server.listening) server.close()
    folder.remove()
    callOff()
    await Promise.allSettled(unrecorded)
  }
  // Node's own HTTP and the like take longer to load than all else of a start, and many a command connects to nothing.
  const answerer = once(async () => {
    const { createAnswerer, sweepStale } = await import('./protocols.ts')
    // What cannot be swept is in nobody's way.
    sweepStale(dirname(dirname(folder.socketPath))).catch(() => undefined)
    return createAnswerer({
      decide: options.decide,
      record: boundedRecord(options.record, limits.requests, () => void close().catch(() => undefined)),
      track: (recorded) => {
        unrecorded.add(recorded)
        void recorded.catch(() => undefined).finally(() => unrecorded.delete(recorded))
      },
      signal: ending.signal,
      limits,
      ...(resolve && { resolve }),
      ...(ownAddresses && { ownAddresses }),
    })
  })
  // Before an update of oos could take it away.
  const callOff = afterMs(loadMs, () => answerer().catch(() => undefined))
  server.maxConnections = limits.connections
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    answerer().then(
      (answer) => {
        if (!socket.destroyed) answer(socket)
      },
      () => socket.destroy(),
    )
  })
  await listen(server, folder.socketPath).catch((error) => {
    callOff()
    folder.remove()
    throw error
  })
  return { socketPath: folder.socketPath, close }
}

const loadMs = 500

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
