import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Asked } from './asked.ts'
import { printAuthority } from './authority.ts'
import { printable } from './denial.ts'

/** A plain HTTP request that was judged, and the query that goes with it. */
export interface Wanted {
  readonly asked: Asked & { readonly method: string; readonly path: string }
  readonly query: string
}

interface Ends {
  readonly upstream: Socket
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
}

/** Sends the request on over a connection of its own, and the answer back; bodies are streamed. */
export function forward(wanted: Wanted, ends: Ends): void {
  const { upstream, incoming, response } = ends
  if (response.destroyed || incoming.socket.destroyed) {
    upstream.destroy()
    return
  }
  response.once('close', () => upstream.destroy())
  incoming.on('error', () => upstream.destroy())
  try {
    const outgoing = send(wanted, ends)
    if (incoming.headers.expect !== undefined) response.writeContinue()
    incoming.pipe(outgoing)
  } catch {
    badGateway(ends)
  }
}

function send({ asked, query }: Wanted, ends: Ends): ClientRequest {
  const { authority, method, path } = asked
  const headers = requestHeaders(ends.incoming, printAuthority(authority).replace(/:80$/, ''))
  const createConnection = (): Socket => ends.upstream
  const outgoing = request({ createConnection, method, path: path + query, headers, setHost: false })
  outgoing.on('error', () => badGateway(ends))
  outgoing.on('upgrade', () => badGateway(ends))
  outgoing.on('response', (answer) => giveBack(answer, ends))
  return outgoing
}

function giveBack(answer: IncomingMessage, ends: Ends): void {
  const { response, upstream } = ends
  answer.on('error', () => response.destroy()).once('close', () => upstream.destroy())
  try {
    response.writeHead(
      answer.statusCode ?? 502,
      printable(answer.statusMessage ?? ''),
      endToEnd(answer.rawHeaders),
    )
    answer.pipe(response)
  } catch {
    badGateway(ends) // a status or a header that cannot be written again
  }
}

function badGateway({ response, upstream }: Ends): void {
  upstream.destroy()
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(502, 'Bad Gateway', { connection: 'close' })
  response.end('the server gave no answer that can be passed on\n')
}

/** The client's own headers, with the judged authority as the only `Host` and the body framed anew. */
function requestHeaders(incoming: IncomingMessage, host: string): string[] {
  const kept = endToEnd(incoming.rawHeaders, 'host', 'expect', ...overriding)
  return ['Host', host, ...kept, ...framing(incoming), 'Connection', 'close']
}

// Said outright, since what Node would do on its own depends on the method, and a body without a frame is a next request.
function framing({ headers, method = '' }: IncomingMessage): string[] {
  if (headers['transfer-encoding'] !== undefined) return ['Transfer-Encoding', 'chunked']
  const bodiless = headers['content-length'] === undefined && ['POST', 'PUT', 'PATCH'].includes(method)
  return bodiless ? ['Content-Length', '0'] : []
}

/** By these, servers that stand behind proxies take another method, path or host than the one that was judged. */
const overriding = [
  'forwarded',
  'x-forwarded-host',
  'x-forwarded-path',
  'x-forwarded-prefix',
  'x-forwarded-server',
  'x-forwarded-uri',
  'x-host',
  'x-http-host-override',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-host',
  'x-original-uri',
  'x-original-url',
  'x-rewrite-url',
]

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
  return pairs.filter(([name]) => !gone.has(asVariable(name))).flat()
}

/** As variables of a program that a server starts, `X-Host` and `x_host` are one: HTTP_X_HOST. */
function asVariable(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-')
}
