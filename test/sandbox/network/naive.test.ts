import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect as dial } from 'node:net'
import { describe, expect, test } from 'vitest'
import { listening, readAll, speak, startWorld } from './world.ts'

// The control: a proxy as one writes it at first. Each attack gets through it, so each tests something.
async function startNaive(allowed: string, refused: string, path: string) {
  const judged = new WeakSet<object>()
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const { hostname, port } = new URL(incoming.url ?? '')
    const host = incoming.headers.host?.split(':')[0] ?? ''
    const good =
      judged.has(incoming.socket) ||
      (host.endsWith(allowed) && !incoming.url?.includes(refused) && incoming.url?.includes(path))
    if (!good) return response.writeHead(403).end('no')
    judged.add(incoming.socket)
    const target = hostname.endsWith('.example') ? '127.0.0.1' : hostname
    request({ host: target, port, path: incoming.url, method: incoming.method }, (answer) =>
      answer.pipe(response),
    ).end()
  })
  server.on('connect', (incoming, socket, head) => {
    const [host = '', port] = (incoming.url ?? '').split(':')
    if (!host.endsWith(allowed) && !/^[0-9a-fx.]+$/.test(host)) return socket.end('HTTP/1.1 403 no\r\n\r\n')
    if (host === refused) return socket.end('HTTP/1.1 403 no\r\n\r\n')
    const far = dial(Number(port), host.endsWith('.example') ? '127.0.0.1' : host).on('error', () =>
      socket.destroy(),
    )
    socket.on('error', () => far.destroy()).write('HTTP/1.1 200 OK\r\n\r\n')
    far.write(head)
    far.pipe(socket).pipe(far)
  })
  const port = await listening(server)
  const ask = async (bytes: string): Promise<string> => {
    const socket = dial(port, '127.0.0.1')
    socket.write(bytes)
    return readAll(socket)
  }
  return { ask, [Symbol.asyncDispose]: async () => void server.close() }
}

describe('what a naive proxy lets through, ours does not', () => {
  const get = (url: string, host: string, end = 'Connection: close\r\n'): string =>
    `GET ${url} HTTP/1.1\r\nHost: ${host}\r\n${end}\r\n`
  const tunnel = (host: string): string => `CONNECT ${host}:PORT HTTP/1.1\r\nHost: x\r\n\r\n${get('/', 'x')}`
  test.each([
    ['a name that ends like an allowed one', tunnel('evilgood.example')],
    ['a refused address in another notation', tunnel('0x7f.1')],
    ['a refused address as one number', tunnel('2130706433')],
    ['an allowed name at an address that no rule names', tunnel('good.example')],
    ['an allowed Host with another URL', get('http://evil.example:PORT/ok/', 'good.example')],
    ['a refused path behind dots', get('http://good.example:PORT/ok/../admin', 'good.example')],
    [
      'a second request',
      get('http://good.example:PORT/ok/', 'good.example', '') +
        get('http://good.example:PORT/admin', 'good.example'),
    ],
  ])('%s', async (_name, template) => {
    const rules = template.startsWith('CONNECT') ? tunnelRules : pathRules
    await using world = await startWorld(rules)
    const bytes = template.replaceAll('PORT', `${world.port}`)
    await using naive = await startNaive('good.example', '127.0.0.1', '/ok/')
    await naive.ask(bytes)
    const wrong = () => world.seen.filter(({ url }) => url !== '/ok/').length
    const through = wrong()
    expect(through).toBeGreaterThan(0)
    await speak(world.proxy.socketPath, bytes)
    expect(wrong()).toBe(through)
  })
  const tunnelRules = ['Allow http:good.example:PORT:request', 'Deny http:127.0.0.1:*:*']
  const pathRules = ['Allow http:good.example:PORT/ok/*:get', 'Allow http:127.0.0.1:PORT/ok/*:get']
})
