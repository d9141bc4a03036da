import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import {
  type AddressInfo,
  connect,
  createServer,
  type NetConnectOpts,
  type Server as NetServer,
  type Socket,
} from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Decision } from '../src/policy/types.ts'
import { startProxy } from '../src/sandbox/network/proxy.ts'
import { makeSocketFolder } from '../src/sandbox/network/socket-folder.ts'
import { median, type Row } from './row.ts'

const mostDelay = 2
const leastThroughput = 0.8
const connections = 300
const rounds = 7
const bytes = 256 * 1024 * 1024

const srt = '@anthropic-ai/sandbox-runtime@0.0.78'

type Kind = 'proxy' | 'pipe' | 'srt'

/**
 * What the proxy adds to a new connection, and what it takes from a fast one; it and its peers run in processes of
 * their own. With `--peers` the proxy of srt, installed into a scratch folder, runs beside it.
 */
export async function bench(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'oos-bench-proxy-'))
  const kinds: readonly Kind[] = process.argv.includes('--peers')
    ? ['proxy', 'pipe', installSrt(folder)]
    : ['proxy', 'pipe']
  const origin = createServer(answer).listen(0, '127.0.0.1')
  await once(origin, 'listening')
  const { port } = origin.address() as AddressInfo
  const servers = await Promise.all(kinds.map((kind) => startServer(kind, folder, port)))
  try {
    return [await latencyRow(servers, port), await throughputRow(servers, port)]
  } finally {
    for (const { child } of servers) child.kill()
    origin.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Server {
  readonly kind: Kind
  readonly path: string
  readonly child: ChildProcess
}

async function latencyRow(servers: readonly Server[], port: number): Promise<Row> {
  const proxies = servers.filter(({ kind }) => kind !== 'pipe')
  const ways = [
    () => roundTrip({ port, host: '127.0.0.1' }),
    ...proxies.map(
      ({ path }) =>
        () =>
          roundTrip({ path }, connectLine(port)),
    ),
  ]
  const [direct = 0, ours = 0, peer] = await medians(ways, connections)
  return {
    what: 'a new CONNECT, with its first byte back',
    must: `≤ ${mostDelay} ms over direct`,
    measured: `${(ours - direct).toFixed(2)} ms over direct`,
    peer: `direct ${direct.toFixed(2)} ms${peer === undefined ? '' : ` · srt ${(peer - direct).toFixed(2)} ms over`}`,
    holds: ours - direct <= mostDelay,
  }
}

async function throughputRow(servers: readonly Server[], port: number): Promise<Row> {
  const ways = servers.map(
    ({ kind, path }) =>
      () =>
        download({ path }, kind === 'pipe' ? undefined : connectLine(port)),
  )
  const times = await medians(ways, rounds)
  const [ours = 0, bare = 0, peer] = times.map((ms) => bytes / 1e3 / ms)
  return {
    what: 'throughput of a tunnel',
    must: `≥ ${leastThroughput} × a bare \`node:net\` pipe`,
    measured: `${(ours / bare).toFixed(2)} ×, ${ours.toFixed(0)} MB/s`,
    peer: `pipe ${bare.toFixed(0)} MB/s${peer === undefined ? '' : ` · srt ${peer.toFixed(0)} MB/s`}`,
    holds: ours / bare >= leastThroughput,
  }
}

/** One after the other in turns, so that a busy machine is equally busy for all; a tenth before is not counted. */
async function medians(ways: readonly (() => Promise<void>)[], count: number): Promise<readonly number[]> {
  const times: number[][] = ways.map(() => [])
  for (let round = 0; round < count * 1.1; round++) {
    for (const [at, way] of ways.entries()) times[at]?.push(await timed(way))
  }
  return times.map((each) => median(each.slice(-count)))
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

async function download(where: { readonly path: string }, greeting?: string): Promise<void> {
  const socket = await open(where, greeting)
  socket.write('D')
  let got = 0
  socket.on('data', (chunk) => (got += chunk.length))
  await once(socket, 'end')
  if (got !== bytes) throw new Error(`${got} bytes arrived through ${where.path} instead of ${bytes}`)
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

async function startServer(kind: Kind, folder: string, port: number): Promise<Server> {
  const child = fork(import.meta.filename, [kind, folder, `${port}`])
  const [path] = (await once(child, 'message')) as [string]
  return { kind, path, child }
}

async function serve(kind: string, folder: string, port: number): Promise<string> {
  if (kind === 'proxy') {
    const allow: Decision = { effect: 'allow', reasons: [], constraints: {} }
    return (
      await startProxy({ decide: () => allow, record: () => undefined, socket: makeSocketFolder(folder) })
    ).socketPath
  }
  const path = join(folder, `${kind}.sock`)
  const server =
    kind === 'srt'
      ? await createSrt(folder)
      : createServer((near) => {
          const far = connect({ port, host: '127.0.0.1', noDelay: true })
          near.pipe(far).pipe(near)
          near.on('error', () => far.destroy())
          far.on('error', () => near.destroy())
        })
  await once(server.listen(path), 'listening')
  return path
}

// The folder needs a package of its own, or npm installs into one above it.
function installSrt(folder: string): 'srt' {
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  execFileSync('npm', ['install', '--no-audit', '--no-fund', srt], { cwd: folder, stdio: 'ignore' })
  return 'srt'
}

async function createSrt(folder: string): Promise<NetServer> {
  const module = join(folder, 'node_modules/@anthropic-ai/sandbox-runtime/dist/sandbox/http-proxy.js')
  const { createHttpProxyServer } = (await import(module)) as {
    createHttpProxyServer: (options: { filter: () => boolean }) => NetServer
  }
  return createHttpProxyServer({ filter: () => true })
}

if (process.send && process.argv[1] === import.meta.filename) {
  const [kind = '', folder = '', port] = process.argv.slice(2)
  process.send(await serve(kind, folder, Number(port)))
}
