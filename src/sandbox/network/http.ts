import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { answerFor, plainAnswer } from './answer.ts'
import type { Asked } from './asked.ts'
import { parseAuthority } from './authority.ts'
import { createDeadline, type Deadline } from './deadline.ts'
import { malformed } from './event.ts'
import { forward, type Wanted } from './forward.ts'
import type { Gate } from './gate.ts'
import { parsePath } from './path.ts'
import { reach } from './reach.ts'
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
  // The server never listens itself, so its own timeouts for headers do not run.
  const deadlines = new WeakMap<Socket, Deadline>()
  const serve = (incoming: IncomingMessage, response: ServerResponse): void => {
    deadlines.get(incoming.socket)?.begin()
    response.once('finish', () => deadlines.get(incoming.socket)?.end())
    exchange(gate, incoming, response).catch(() => incoming.socket.destroy())
  }
  server.on('request', serve)
  server.on('checkContinue', serve)
  server.on('connect', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    deadlines.get(socket)?.begin()
    connect(gate, incoming, socket, head).catch(() => socket.destroy())
  })
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket: Socket) => {
    // A client that only went away has asked for nothing.
    if (!code.startsWith('HPE_') || code === 'HPE_INVALID_EOF_STATE') return socket.destroy()
    gate.record(malformed('a request that is not HTTP'))
    // Never into the middle of an answer.
    if (deadlines.get(socket)?.isBusy()) socket.destroy()
    else socket.end(plainAnswer(400, 'not a request that this proxy can read\n'))
  })
  return (socket) => {
    deadlines.set(socket, createDeadline(socket, gate.limits.headerMs))
    server.emit('connection', socket)
  }
}

async function connect(gate: Gate, incoming: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
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
  if (reached.kind === 'open') {
    return forward(wanted, { upstream: reached.socket, incoming, response })
  }
  const { status, line, body, headers } = answerFor(wanted.asked, reached)
  // What follows of a refused body is not read as a next request.
  response.writeHead(status, line, {
    ...headers,
    connection: 'close',
    'content-type': 'text/plain; charset=utf-8',
  })
  response.end(body)
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
