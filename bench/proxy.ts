import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Decision } from '../src/policy/types.ts'
import { startProxy } from '../src/sandbox/network/proxy.ts'
import { median, type Row } from './row.ts'

const mostDelay = 2
const leastThroughput = 0.8
const connections = 300
const rounds = 7
const bytes = 256 * 1024 * 1024

/** What the proxy adds to a new connection, and what it takes from a fast one. It and its peer run in processes of their own. */
export async function bench(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'oos-bench-proxy-'))
  const origin = createServer(answer).listen(0, '127.0.0.1')
  await once(origin, 'listening')
  const { port } = origin.address() as AddressInfo
  const proxy = await startServer('proxy', folder, port)
  const pipe = await startServer('pipe', folder, port)
  try {
    return [await latencyRow(proxy.path, port), await throughputRow(proxy.path, pipe.path, port)]
  } finally {
    proxy.child.kill()
    pipe.child.kill()
    origin.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function latencyRow(path: string, port: number): Promise<Row> {
  const direct: number[] = []
  const through: number[] = []
  for (let round = 0; round < connections + 50; round++) {
    direct.push(await timed(() => roundTrip({ port, host: '127.0.0.1' })))
    through.push(await timed(() => roundTrip({ path }, connectLine(port))))
  }
  const [bare, ours] = [median(direct.slice(50)), median(through.slice(50))]
  return {
    what: 'a new CONNECT, with its first byte back',
    must: `≤ ${mostDelay} ms over direct`,
    measured: `${(ours - bare).toFixed(2)} ms over direct`,
    peer: `direct ${bare.toFixed(2)} ms`,
    holds: ours - bare <= mostDelay,
  }
}

async function throughputRow(proxyPath: string, pipePath: string, port: number): Promise<Row> {
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round < rounds; round++) {
    bare.push(await timed(() => download({ path: pipePath })))
    ours.push(await timed(() => download({ path: proxyPath }, connectLine(port))))
  }
  const rate = (times: readonly number[]): number => bytes / 1e6 / (median(times) / 1000)
  const ratio = rate(ours) / rate(bare)
  return {
    what: 'throughput of a tunnel',
    must: `≥ ${leastThroughput} × a bare \`node:net\` pipe`,
    measured: `${ratio.toFixed(2)} ×, ${rate(ours).toFixed(0)} MB/s`,
    peer: `pipe ${rate(bare).toFixed(0)} MB/s`,
    holds: ratio >= leastThroughput,
  }
}

const connectLine = (port: number): string => `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`

/** One byte is sent back; `D` is answered with many. */
function answer(socket: Socket): void {
  socket.on('error', () => undefined).setNoDelay()
  socket.once('data', (asked) => {
    if (asked[0] !== 0x44) return socket.end(asked)
    const chunk = Buffer.alloc(256 * 1024)
    let left = bytes
    const send = (): void => {
      while (left > 0) {
        left -= chunk.length
        if (!socket.write(chunk) && left > 0) return void socket.once('drain', send)
      }
      socket.end()
    }
    send()
  })
}

async function roundTrip(where: NetConnectOpts, greeting?: string): Promise<void> {
  const socket = await open(where, greeting)
  socket.write('x')
  await once(socket, 'data')
  socket.destroy()
}

async function download(where: NetConnectOpts, greeting?: string): Promise<void> {
  const socket = await open(where, greeting)
  socket.write('D')
  let got = 0
  socket.on('data', (chunk) => (got += chunk.length))
  await once(socket, 'end')
  if (got !== bytes) throw new Error(`${got} bytes arrived instead of ${bytes}`)
}

async function open(where: NetConnectOpts, greeting: string | undefined): Promise<Socket> {
  const socket = connect(where)
  await once(socket, 'connect')
  if (greeting === undefined) return socket
  socket.write(greeting)
  await once(socket, 'data')
  return socket
}

async function timed(act: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

async function startServer(
  kind: 'proxy' | 'pipe',
  folder: string,
  port: number,
): Promise<{ path: string; child: ChildProcess }> {
  const child = fork(import.meta.filename, [kind, folder, `${port}`])
  const [path] = (await once(child, 'message')) as [string]
  return { path, child }
}

async function serve(kind: string, folder: string, port: number): Promise<string> {
  if (kind === 'proxy') {
    const allow: Decision = { effect: 'allow', reasons: [], constraints: {} }
    return (await startProxy({ decide: () => allow, record: () => undefined, folder })).socketPath
  }
  const path = join(folder, 'pipe.sock')
  const server = createServer((near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    near.pipe(far).pipe(near)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
  })
  await once(server.listen(path), 'listening')
  return path
}

if (process.send && process.argv[1] === import.meta.filename) {
  const [kind = '', folder = '', port] = process.argv.slice(2)
  process.send(await serve(kind, folder, Number(port)))
}
