import { createServer, type IncomingMessage, request, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Asked } from './asked.ts'
import { parseAuthority, printAuthority } from './authority.ts'
import { renderDenial } from './denial.ts'
import { malformed } from './event.ts'
import type { Gate } from './gate.ts'
import { parsePath } from './path.ts'
import { type Reached, reach } from './reach.ts'
import { tunnel } from './tunnel.ts'

/**
 * The HTTP side: CONNECT, and absolute-form requests, each of them judged also when the connection is kept.
 * Node's own strict parser splits the bytes into requests (it refuses a length beside chunks, folded headers, stray
 * control bytes); what is asked for is then read by `parseAuthority` and `parsePath` alone.
 */
export function httpSide(gate: Gate): (socket: Socket) => void {
  const server = createServer({
    maxHeaderSize: gate.limits.headerBytes,
    insecureHTTPParser: false,
    requireHostHeader: false,
    noDelay: true,
    keepAliveTimeout: gate.limits.headerMs,
  })
  const deadlines = new WeakMap<Socket, NodeJS.Timeout>()
  const arm = (socket: Socket): void => {
    disarm(socket)
    // The server never listens itself, so its own timeouts for headers do not run.
    const timer = setTimeout(() => socket.destroy(), gate.limits.headerMs)
    deadlines.set(socket, timer)
    socket.once('close', () => clearTimeout(timer))
  }
  const disarm = (socket: Socket): void => clearTimeout(deadlines.get(socket))
  const serve = (incoming: IncomingMessage, response: ServerResponse): void => {
    disarm(incoming.socket)
    response.once('finish', () => arm(incoming.socket))
    exchange(gate, incoming, response).catch(() => incoming.socket.destroy())
  }
  server.on('request', serve)
  server.on('checkContinue', serve)
  server.on('connect', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    disarm(socket)
    connect(gate, incoming, socket, head).catch(() => socket.destroy())
  })
  server.on('clientError', (_error, socket) => {
    gate.record(malformed('a request that is not HTTP'))
    socket.on('error', () => socket.destroy())
    socket.end(plainAnswer(400, 'not a request that this proxy can read\n'))
  })
  return (socket) => {
    arm(socket)
    server.emit('connection', socket)
  }
}

async function connect(gate: Gate, incoming: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
  socket.on('error', () => socket.destroy())
  const authority = parseAuthority(incoming.url ?? '')
  if (!authority) {
    gate.record(malformed(incoming.url ?? ''))
    socket.end(plainAnswer(400, 'CONNECT takes a host name or an address, a colon and a port\n'))
    return
  }
  const asked: Asked = { authority, action: 'request' }
  const reached = await reach(gate, asked)
  if (reached.kind !== 'open') {
    const { status, line, body, headers } = answerFor(asked, reached)
    socket.end(plainAnswer(status, body, line, headers))
    return
  }
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
  if (head.length > 0) reached.socket.write(head)
  tunnel(socket, reached.socket)
}

async function exchange(gate: Gate, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const wanted = parseTarget(incoming)
  if (!wanted) {
    gate.record(malformed(incoming.url?.split('?', 1)[0] ?? ''))
    response.writeHead(400, { connection: 'close' })
    response.end('this is a proxy: it takes http://host/path, without a user name and without dot segments\n')
    return
  }
  const reached = await reach(gate, wanted.asked)
  if (reached.kind === 'open') return forward(wanted, reached.socket, incoming, response)
  const { status, line, body, headers } = answerFor(wanted.asked, reached)
  // What follows of a refused body is not read as a next request.
  response.writeHead(status, line, {
    ...headers,
    connection: 'close',
    'content-type': 'text/plain; charset=utf-8',
  })
  response.end(body)
}

interface Wanted {
  readonly asked: Asked & { readonly method: string; readonly path: string }
  readonly query: string
}

const ownActions = new Set(['get', 'head', 'post', 'put', 'patch', 'delete', 'options'])

function parseTarget({ url = '', method = '' }: IncomingMessage): Wanted | undefined {
  const parts = /^http:\/\/([^/?#]*)(.*)$/is.exec(url)
  const authority = parseAuthority(parts?.[1] ?? '', 80)
  const target = parsePath(parts?.[2] ?? '')
  if (!parts || !authority || !target) return undefined
  const action = method.toLowerCase()
  const asked = { authority, method, path: target.path, action: ownActions.has(action) ? action : 'request' }
  return { asked, query: target.query }
}

function forward(
  wanted: Wanted,
  upstream: Socket,
  incoming: IncomingMessage,
  response: ServerResponse,
): void {
  const { authority, method, path } = wanted.asked
  const outgoing = request({
    createConnection: () => upstream,
    method,
    path: path + wanted.query,
    headers: requestHeaders(incoming, printAuthority(authority).replace(/:80$/, '')),
    setHost: false,
  })
  const stop = (): void => void upstream.destroy()
  outgoing.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders))
    answer.on('error', () => response.destroy()).once('close', stop)
    answer.pipe(response)
  })
  outgoing.on('error', () => (response.headersSent ? response.destroy() : badGateway(response)))
  response.once('close', stop)
  incoming.on('error', stop)
  if (incoming.headers.expect !== undefined) response.writeContinue()
  incoming.pipe(outgoing)
}

function badGateway(response: ServerResponse): void {
  response.writeHead(502, { connection: 'close' })
  response.end('the server ended the connection before it answered\n')
}

/** The client's own headers, with the judged authority as the only `Host` and the body framed anew. */
function requestHeaders(incoming: IncomingMessage, host: string): string[] {
  const kept = endToEnd(incoming.rawHeaders, 'host', 'expect')
  const chunked = incoming.headers['transfer-encoding'] !== undefined
  return ['Host', host, ...kept, ...(chunked ? ['Transfer-Encoding', 'chunked'] : []), 'Connection', 'close']
}

const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

function endToEnd(raw: readonly string[], ...dropped: string[]): string[] {
  const pairs = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []))
  const listed = pairs
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(','))
  const gone = new Set([...hopByHop, ...dropped, ...listed.map((name) => name.trim().toLowerCase())])
  // A `Connection` header cannot take the length off a body that is sent all the same.
  gone.delete('content-length')
  return pairs.filter(([name]) => !gone.has(name.toLowerCase())).flat()
}

interface Answer {
  readonly status: number
  readonly line: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

function answerFor(asked: Asked, reached: Exclude<Reached, { kind: 'open' }>): Answer {
  if (reached.kind === 'denied') {
    const { line, body } = renderDenial(asked, reached.decision, reached.note)
    return { status: 403, line, body, headers: { 'x-oos-decision': line } }
  }
  const status = reached.code === 'ETIMEDOUT' ? 504 : 502
  const body = `${printAuthority(asked.authority)} is allowed, and cannot be reached: ${reached.error}\n`
  return { status, line: STATUS_CODES[status] ?? '', body, headers: { 'x-oos-decision': 'failed' } }
}

function plainAnswer(
  status: number,
  body: string,
  line = STATUS_CODES[status] ?? '',
  headers: Readonly<Record<string, string>> = {},
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = Buffer.byteLength(body)
  return `HTTP/1.1 ${status} ${line}\r\n${lines.join('')}content-type: text/plain; charset=utf-8\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${body}`
}
