import { existsSync, statSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listening, readAll, speak, startWorld } from './world.ts'

const get = (url: string, headers = 'Connection: close\r\n'): string =>
  `GET ${url} HTTP/1.1\r\nHost: good.example\r\n${headers}\r\n`
const status = (answer: string): string => answer.split('\r\n', 1)[0] ?? ''

function socks5(host: string | Buffer, port: number): Buffer {
  const name = Buffer.from(host as string, 'latin1')
  const address =
    typeof host === 'string'
      ? Buffer.from([3, name.length, ...name])
      : Buffer.from([host.length === 4 ? 1 : 4, ...host])
  return Buffer.from([5, 1, 0, 5, 1, 0, ...address, port >> 8, port & 255])
}

describe('what a rule allows', () => {
  test('goes through CONNECT, both ways, and is recorded once', async () => {
    await using world = await startWorld([
      'Allow http:good.example:PORT:request',
      'Allow http:127.0.0.1:PORT:request',
    ])
    const { proxy, port, events } = world
    const answer = await speak(proxy.socketPath, `CONNECT good.example:${port} HTTP/1.1\r\n\r\n${get('/x')}`)
    expect(status(answer)).toBe('HTTP/1.1 200 Connection established')
    expect(answer).toContain('origin GET /x')
    await expect
      .poll(() => events)
      .toMatchObject([
        { host: 'good.example', port, action: 'request', effect: 'allow', address: '127.0.0.1' },
      ])
    expect(events[0]?.bytesUp).toBe(get('/x').length)
    expect(events[0]?.rule?.source.line).toBe(7)
  })

  test.each([
    ['a name', (port: number) => socks5('good.example', port)],
    ['an IPv4 address', (port: number) => socks5(Buffer.from([127, 0, 0, 1]), port)],
    [
      'SOCKS 4a',
      (port: number) =>
        Buffer.from(
          `\x04\x01${String.fromCharCode(port >> 8, port & 255)}\0\0\0\x01\0good.example\0`,
          'latin1',
        ),
    ],
    [
      'SOCKS 4',
      (port: number) =>
        Buffer.from(`\x04\x01${String.fromCharCode(port >> 8, port & 255)}\x7f\0\0\x01user\0`, 'latin1'),
    ],
  ])('goes through SOCKS: %s', async (_name, hello) => {
    await using world = await startWorld([
      'Allow http:good.example:PORT:request',
      'Allow http:127.0.0.1:PORT:request',
    ])
    const bytes = Buffer.concat([hello(world.port), Buffer.from(get('/s'))])
    expect(await speak(world.proxy.socketPath, bytes)).toContain('origin GET /s')
    await expect.poll(() => world.events.length).toBe(1)
  })

  test('a request without its query is recorded, with it sent', async () => {
    await using world = await startWorld(['Allow http:127.0.0.1:PORT/v1/*:get'])
    const { proxy, port, seen, events } = world
    expect(await speak(proxy.socketPath, get(`http://127.0.0.1:${port}/v1/%61?token=secret`))).toContain(
      'origin GET',
    )
    expect(seen).toMatchObject([{ url: '/v1/a?token=secret' }])
    expect(seen[0]?.headers.filter((_, at, all) => all[at - 1]?.toLowerCase() === 'host')).toEqual([
      `127.0.0.1:${port}`,
    ])
    await expect
      .poll(() => events)
      .toMatchObject([{ method: 'GET', path: '/v1/a', action: 'get', effect: 'allow' }])
    expect(JSON.stringify(events)).not.toContain('secret')
  })

  test.each([
    ['with a length', 'Content-Length: 5\r\n', 'hello'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n', '3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n'],
    ['after 100-continue', 'Expect: 100-continue\r\nContent-Length: 5\r\n', 'hello'],
    ['with a length that Connection lists', 'Connection: content-length\r\nContent-Length: 5\r\n', 'hello'],
  ])('a body arrives whole: %s', async (_name, headers, body) => {
    await using world = await startWorld(['Allow http:127.0.0.1:PORT:post,delete'])
    for (const method of ['POST', 'DELETE']) {
      const head = `${method} http://127.0.0.1:${world.port}/ HTTP/1.1\r\nHost: x\r\n${headers}\r\n${body}`
      await speak(world.proxy.socketPath, `${head}${get(`http://127.0.0.1:${world.port}/`)}`)
    }
    expect(world.seen.map(({ method, body }) => `${method} ${body}`)).toEqual(['POST hello', 'DELETE hello'])
  })

  test('a body is asked for where the request is allowed, and only there', async () => {
    await using world = await startWorld(['Allow http:127.0.0.1:PORT/ok:post'])
    const answers = ['ok', 'no'].map((path) => {
      const head = `POST http://127.0.0.1:${world.port}/${path} HTTP/1.1\r\nHost: x\r\n`
      return speak(
        world.proxy.socketPath,
        `${head}Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi`,
      )
    })
    const told = (await Promise.all(answers)).map((text) => text.match(/^HTTP\/1.1 \d+/gm))
    expect(told).toEqual([['HTTP/1.1 100', 'HTTP/1.1 200'], ['HTTP/1.1 403']])
  })

  test('no header makes another request of it', async () => {
    await using world = await startWorld(['Allow http:127.0.0.1:PORT/v1/*:get'])
    const method = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'X_HTTP_Method_Override']
    const ends = ['Host', 'Path', 'Prefix', 'Server', 'Uri']
    const host = ['Forwarded', ...ends.map((end) => `X-Forwarded-${end}`), 'X-Host', 'X-HTTP-Host-Override']
    const path = ['x-original-host', 'x-original-uri', 'x-original-url', 'x.original.url', 'X-Rewrite-URL']
    const names = [...method, ...host, ...path, 'X-Other']
    const headers = [...names, 'Connection'].map((name) => `${name}: close\r\n`).join('')
    await speak(world.proxy.socketPath, get(`http://127.0.0.1:${world.port}/v1/a`, headers))
    expect(world.seen[0]?.headers.filter((_, at) => at % 2 === 0)).toEqual(['Host', 'X-Other', 'Connection'])
  })

  test('an end in one direction is passed on, and the other goes on', async () => {
    const echo = createServer({ allowHalfOpen: true }, async (socket) =>
      socket.end(`got ${await readAll(socket)}`),
    )
    const port = await listening(echo)
    await using world = await startWorld([`Allow http:127.0.0.1:${port}:request`])
    const socket = connect({ path: world.proxy.socketPath, allowHalfOpen: true })
    socket.end(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\n\r\n${'x'.repeat(1_000_000)}`)
    expect((await readAll(socket)).length).toBe(
      'HTTP/1.1 200 Connection established\r\n\r\ngot '.length + 1_000_000,
    )
    echo.close()
  })
})

describe('what no rule allows', () => {
  const rules = [
    'Allow http:good.example:PORT:request',
    'Allow http:*.sub.example:request',
    'Allow http:127.0.0.1:PORT/ok/*:get',
    'Deny http:bad.example:*',
  ]

  const hosts = [
    'evil.example',
    'good.example.evil.example',
    'evilgood.example',
    'good.example@evil.example',
    'good.example:80@evil.example',
    'good.example#evil.example',
    'good.example\\.evil.example',
    'evil.example\0.good.example',
    'evil.example%00good.example',
    'evil.example%2egood.example',
    'good.example\t',
    'gööd.example',
    'sub.example',
    'sub.example.',
    '127.0.0.2',
    '0x7f.2',
    '2130706434',
    '[::1]',
    '[::ffff:127.0.0.2]',
    '0.0.0.0',
    '169.254.169.254',
    'localhost',
    'bad.example',
    'BAD.example.',
  ]

  test.each(hosts)('is refused by CONNECT, plain HTTP and SOCKS, without a look-up: %j', async (host) => {
    await using world = await startWorld(rules)
    const { proxy, port, seen, events, resolved } = world
    const answers = [
      await speak(proxy.socketPath, `CONNECT ${host}:${port} HTTP/1.1\r\nHost: good.example:${port}\r\n\r\n`),
      await speak(proxy.socketPath, get(`http://${host}:${port}/`)),
      await speak(proxy.socketPath, socks5(host, port)),
    ]
    expect(answers[0]).toMatch(/^HTTP\/1\.1 40[03] /)
    expect(answers[1]).toMatch(/^HTTP\/1\.1 40[03] /)
    expect(answers[2]).toMatch(/^\x05\x00\x05\x02/)
    expect({ seen, resolved }).toEqual({ seen: [], resolved: [] })
    expect(events.map(({ effect }) => effect)).toEqual(['deny', 'deny', 'deny'])
  })

  test.each([
    ['another port', 'CONNECT good.example:1 HTTP/1.1\r\n\r\n'],
    ['a tunnel where one path is allowed', 'CONNECT 127.0.0.1:PORT HTTP/1.1\r\n\r\n'],
    ['another path', get('http://127.0.0.1:PORT/admin')],
    ['another path by dots', get('http://127.0.0.1:PORT/ok/../admin')],
    ['a path of two slashes, which is one to many', get('http://127.0.0.1:PORT/ok//no/x')],
    ['a path with an encoded slash', get('http://127.0.0.1:PORT/ok%2fno')],
    ['a path with parameters', get('http://127.0.0.1:PORT/ok;v=1/%3bx/no')],
    ['another path by encoded dots', get('http://127.0.0.1:PORT/ok/%2e%2e/admin')],
    [
      'another method',
      'POST http://127.0.0.1:PORT/ok/x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    ],
    [
      'the URL, whatever the Host says',
      `GET http://evil.example:PORT/ HTTP/1.1\r\nHost: good.example:PORT\r\nConnection: close\r\n\r\n`,
    ],
    ['no URL', get('/ok/x')],
    ['another scheme', get('https://127.0.0.1:PORT/ok/x')],
    ['a line break in the target', `GET http://good.example:PORT/\r\n /x HTTP/1.1\r\n\r\n`],
    [
      'a length beside chunks',
      `GET http://127.0.0.1:PORT/ok/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'two lengths',
      `GET http://127.0.0.1:PORT/ok/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 0\r\n\r\n`,
    ],
    ['bytes that are no request', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03'],
    ['a header without an end', `GET http://127.0.0.1:PORT/ok/x HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`],
  ])('is refused: %s', async (_name, bytes) => {
    await using world = await startWorld(rules)
    const answer = await speak(world.proxy.socketPath, bytes.replaceAll('PORT', `${world.port}`))
    expect(status(answer)).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(world.seen).toEqual([])
    expect(world.events).toMatchObject([{ effect: 'deny' }])
  })

  test('never reaches the server with a body whose end is not known', async () => {
    await using world = await startWorld(rules)
    const { proxy, port, seen } = world
    const head = `GET http://127.0.0.1:${port}/ok/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n`
    expect(
      await speak(proxy.socketPath, `${head}0\r\n\r\n${get(`http://127.0.0.1:${port}/admin`)}`),
    ).not.toContain(' 200 ')
    await world.proxy.close()
    expect(seen).toEqual([])
  })

  test('is refused on a kept connection, and when it is sent ahead', async () => {
    await using world = await startWorld(rules)
    const { proxy, port, seen, events } = world
    const good = get(`http://127.0.0.1:${port}/ok/1`, '')
    const answer = await speak(proxy.socketPath, good + get(`http://127.0.0.1:${port}/admin`, '') + good)
    expect(answer).toMatch(/ 200 OK\r\n.*origin GET \/ok\/1HTTP\/1\.1 403 denied by oos/s)
    expect(seen.map(({ url }) => url)).not.toContain('/admin')
    await expect.poll(() => events.map(({ path }) => path)).toContain('/admin')
  })

  test('is refused as the target of a redirect', async () => {
    await using world = await startWorld(rules)
    const { proxy, port, seen } = world
    const first = await speak(proxy.socketPath, get(`http://127.0.0.1:${port}/ok/x`))
    expect(status(first)).toBe('HTTP/1.1 200 OK')
    expect(status(await speak(proxy.socketPath, get(`http://127.0.0.1:${port}/to?x`)))).toContain('403')
    expect(seen.length).toBe(1)
  })

  test.each([
    ['BIND', Buffer.from([5, 1, 0, 5, 2, 0, 1, 127, 0, 0, 1, 0, 80]), '\x05\x00\x05\x07'],
    ['UDP', Buffer.from([5, 1, 0, 5, 3, 0, 1, 127, 0, 0, 1, 0, 80]), '\x05\x00\x05\x07'],
    ['another kind of address', Buffer.from([5, 1, 0, 5, 1, 0, 9, 127, 0, 0, 1, 0, 80]), '\x05\x00\x05\x08'],
    ['a user name', Buffer.from([5, 1, 2]), '\x05\xff'],
    ['SOCKS 4 BIND', Buffer.from([4, 2, 0, 80, 127, 0, 0, 1, 0]), '\x00\x5b'],
  ])('SOCKS offers no %s', async (_name, bytes, answer) => {
    await using world = await startWorld(rules)
    expect((await speak(world.proxy.socketPath, bytes)).slice(0, answer.length)).toBe(answer)
  })

  test('is recorded without its query, also where it is no request that can be read', async () => {
    await using world = await startWorld(rules)
    await speak(world.proxy.socketPath, get('ftp://good.example/x?token=secret'))
    expect(world.events).toMatchObject([{ host: 'ftp://good.example/x', effect: 'deny' }])
  })

  test('is answered also where the rule has letters that no header takes', async () => {
    await using world = await startWorld([...rules, 'Deny http:bücher.example:*'])
    const answer = await speak(world.proxy.socketPath, get('http://xn--bcher-kva.example/x'))
    expect(status(answer)).toMatch(/ 403 denied by oos: \S+ \*\*Deny\*\* `http:b\?cher\.example:\*`$/)
  })

  test('is answered with the rule, its place and what to type', async () => {
    await using world = await startWorld([...rules, 'Ask http:ask.example:request'])
    const answers = await Promise.all(
      ['bad.example', 'new.example', 'ask.example'].map((host) =>
        speak(world.proxy.socketPath, get(`http://${host}/x`)),
      ),
    )
    expect(answers[0]).toContain(
      'x-oos-decision: denied by oos: .agent-os/AGENT.md:7 **Deny** `http:bad.example:*`',
    )
    expect(answers[1]).toContain('\n- **Allow** `http:new.example:get`')
    expect(answers[2]).toContain('nobody can be asked')
    expect(world.events.map(({ effect }) => effect).toSorted()).toEqual(['ask', 'deny', 'deny'])
  })
})

describe('an allowed name at an address that is not public', () => {
  const rows: readonly [string, string[], readonly string[], 'allow' | 'deny' | 'failed'][] = [
    ['loopback', ['127.0.0.1'], [], 'deny'],
    ['mapped loopback', ['::ffff:127.0.0.1'], [], 'deny'],
    ['IPv6 loopback', ['::1'], [], 'deny'],
    ['the network at home', ['192.168.0.1'], [], 'deny'],
    ['metadata', ['169.254.169.254'], [], 'deny'],
    ['this host itself', ['192.88.98.1'], [], 'deny'],
    ['one of several', ['127.0.0.1', '10.0.0.1'], ['Allow http:127.0.0.1:PORT:request'], 'deny'],
    ['nothing that is an address', ['good.example'], ['Allow http:127.0.0.1:PORT:request'], 'failed'],
    [
      'an address and nothing',
      ['127.0.0.1', 'good.example'],
      ['Allow http:127.0.0.1:PORT:request'],
      'failed',
    ],
    ['a public one that a rule refuses', ['198.41.0.4'], ['Deny http:198.41.0.4:*:*'], 'deny'],
    ['no address', [], [], 'failed'],
    ['what another port is named for', ['127.0.0.1'], ['Allow http:127.0.0.1:1:request'], 'deny'],
    ['what a glob seems to name', ['127.0.0.1'], ['Allow http:*:PORT:request'], 'deny'],
    [
      'what a rule refuses by its address',
      ['127.0.0.1'],
      ['Allow http:127.0.0.1:PORT:request', 'Deny http:127.0.0.1:*:*'],
      'deny',
    ],
    [
      'what an Only names with it',
      ['127.0.0.1'],
      ['Only http:{good.example,127.0.0.1}:PORT:request'],
      'allow',
    ],
    [
      'what an Only leaves out',
      ['127.0.0.1'],
      ['Only http:good.example:PORT:request', 'Allow http:127.0.0.1:PORT:request'],
      'deny',
    ],
    ['what a rule names', ['127.0.0.1'], ['Allow http:127.0.0.1:PORT:request'], 'allow'],
  ]
  test.each(rows)('%s', async (_name, addresses, more, expected) => {
    await using world = await startWorld(['Allow http:good.example:PORT:request', ...more], {
      resolve: async () => addresses,
      ownAddresses: () => ['192.88.98.1'],
    })
    const { proxy, port, seen, events } = world
    const answers = [
      await speak(proxy.socketPath, `CONNECT good.example:${port} HTTP/1.1\r\n\r\n${get('/')}`),
      await speak(proxy.socketPath, get(`http://good.example:${port}/`)),
    ]
    await speak(proxy.socketPath, Buffer.concat([socks5('good.example', port), Buffer.from(get('/'))]))
    expect(answers.map((answer) => answer.includes('origin GET /'))).toEqual(
      Array(2).fill(expected === 'allow'),
    )
    expect(seen.length).toBe(expected === 'allow' ? 3 : 0)
    await proxy.close()
    expect(events.map(({ effect, address }) => (effect === 'allow' && !address ? 'failed' : effect))).toEqual(
      Array(3).fill(expected),
    )
  })

  test('is answered with why, and with the rule that names the address', async () => {
    const resolve = async (host: string) => [host === 'localhost' ? '127.0.0.1' : '10.0.0.1']
    await using world = await startWorld(['Allow http:*:request'], { resolve })
    const told = async (host: string) => speak(world.proxy.socketPath, get(`http://${host}/`))
    const named = await told('good.example')
    expect(named).toContain('good.example is at 10.0.0.1, which is private and which no rule names\n')
    expect(named).toContain('\n- **Allow** `http:10.0.0.1:request`')
    expect(await told('localhost')).toContain('\n- **Allow** `http:localhost:request`')
    const address = await told('169.254.169.254')
    const why = "no rule allows this address, which is a cloud's metadata (wildcards match none)"
    expect(address).toContain(`x-oos-decision: denied by oos: ${why}`)
    expect(address).toContain('\n- **Allow** `http:169.254.169.254:get`')
    expect(await told('1.1.1.1')).toContain('no rule allows this address (wildcards match none)\n')
    await world.proxy.close()
    expect(world.events.map(({ unnamed }) => unnamed)).toEqual([
      '10.0.0.1',
      'localhost',
      undefined,
      undefined,
    ])
  })

  test.each([
    ['a rule that names localhost', 'Allow http:localhost:PORT:request', true],
    ['a rule that names it among others', 'Allow http:{localhost,x.example}:PORT:request', true],
    ['a glob', 'Allow http:*:PORT:request', false],
    ['a glob beside another name', 'Allow http:*:PORT:request, http:x.example:PORT:request', false],
    ['a glob beside its name at another port', 'Allow http:*:PORT:request, http:localhost:1:request', false],
  ])('localhost is let through by its name alone: %s', async (_name, rule, through) => {
    await using world = await startWorld([rule])
    const answer = await speak(world.proxy.socketPath, get(`http://localhost:${world.port}/`))
    expect(answer.includes('origin GET /')).toBe(through)
  })

  test.each([
    ['another name that leads there', 'good.example', '127.0.0.1'],
    ['it where it leads elsewhere', 'localhost', '0.0.0.0'],
  ])('a rule that names localhost lets through no other: %s', async (_name, host, address) => {
    const rules = ['Allow http:{localhost,good.example}:PORT:request']
    await using world = await startWorld(rules, { resolve: async () => [address] })
    const answer = await speak(world.proxy.socketPath, get(`http://${host}:${world.port}/`))
    expect(answer).toContain(`${host} is at ${address}, which is `)
    expect(world.seen).toEqual([])
  })

  test('is answered with the port that was asked for and those that a rule names', async () => {
    const rules = ['Allow http:*:82:request', 'Allow http:10.0.0.1:81:request']
    await using world = await startWorld(rules, { resolve: async () => ['10.0.0.1'] })
    const told = async (host: string) => speak(world.proxy.socketPath, get(`http://${host}/`))
    const why =
      'no rule allows port 82 of 10.0.0.1: .agent-os/AGENT.md:7 **Allow** `http:10.0.0.1:81:request` is for 81'
    expect(await told('10.0.0.1:82')).toContain(`x-oos-decision: denied by oos: ${why}\r\n`)
    expect(await told('good.example:82')).toContain(
      `good.example is at 10.0.0.1, which is private and which no rule names with port 82\n${why}\n`,
    )
  })

  test('is resolved once, so that a second answer changes nothing', async () => {
    let calls = 0
    await using world = await startWorld(
      ['Allow http:good.example:PORT:request', 'Allow http:127.0.0.1:PORT:request'],
      {
        resolve: async () => [calls++ === 0 ? '127.0.0.1' : '127.0.0.2'],
      },
    )
    expect(await speak(world.proxy.socketPath, get(`http://good.example:${world.port}/`))).toContain(
      'origin GET /',
    )
    expect(calls).toBe(1)
    expect(status(await speak(world.proxy.socketPath, get(`http://good.example:${world.port}/`)))).toContain(
      '403',
    )
    expect(world.seen.length).toBe(1)
  })
})

describe('a constraint of a rule', () => {
  test.each([
    ['rate', ['Allow http:127.0.0.1:PORT:get{rate:2/h}']],
    ['max', ['Allow http:127.0.0.1:PORT:get{max:2}']],
    ['rate', ['Allow http:127.0.0.1:PORT:get', 'Limit http:127.0.0.1:PORT:get{rate:2/h}']],
    ['max', ['Allow http:127.0.0.1:PORT:get', 'Limit http:127.0.0.1:PORT:get{max:2}']],
    ['max', ['Allow http:127.0.0.1:PORT:get{max:9}, http:other.example:get{max:2}']],
  ])('ends what it allows: %s of %j', async (name, rules) => {
    await using world = await startWorld(rules)
    const url = get(`http://127.0.0.1:${world.port}/`)
    const answers = [1, 2, 3].map(() => speak(world.proxy.socketPath, url))
    expect((await Promise.all(answers)).filter((answer) => answer.includes('origin')).length).toBe(2)
    expect(await speak(world.proxy.socketPath, url)).toContain(`its \`${name}\` is used up`)
    expect(world.seen.length).toBe(2)
  })

  test('ends what it allows, in time: timeout', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume())
    const port = await listening(silent)
    await using world = await startWorld([`Allow http:127.0.0.1:${port}:request{timeout:1s}`])
    expect(await speak(world.proxy.socketPath, `CONNECT 127.0.0.1:${port} HTTP/1.1\r\n\r\n`)).toContain(
      ' 200 ',
    )
    await expect.poll(() => world.events).toMatchObject([{ error: 'the `timeout` of the rule is over' }])
    silent.close()
  })
})

describe('the proxy itself', () => {
  test('has recorded every connection when it is closed', async () => {
    await using world = await startWorld(
      ['Allow http:127.0.0.1:PORT:request', 'Allow http:slow.example:80:request'],
      {
        resolve: () => new Promise(() => undefined),
      },
    )
    const { proxy, port, events } = world
    const open = connect(proxy.socketPath).on('error', () => undefined)
    open.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\n\r\n`)
    await new Promise((done) => open.once('data', done))
    const waiting = speak(proxy.socketPath, 'CONNECT slow.example:80 HTTP/1.1\r\n\r\n')
    await expect.poll(() => world.resolved).toEqual(['slow.example'])
    await proxy.close()
    expect(events.map(({ host, error }) => [host, error]).toSorted()).toEqual([
      ['127.0.0.1', undefined],
      ['slow.example', 'the run is over'],
    ])
    await waiting
  })

  test.each([
    ['a status that cannot be written again', 'HTTP/1.1 099 x\r\n\r\n'],
    ['a status line with odd bytes', 'HTTP/1.1 200 \x01\x02\r\ncontent-length: 0\r\n\r\n'],
    ['a header with odd bytes', 'HTTP/1.1 200 OK\r\nx: \x01\r\ncontent-length: 0\r\n\r\n'],
    ['no HTTP', 'SSH-2.0-x\r\n'],
    [
      'a switch of protocols',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    ],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('lives on when a server answers with %s', async (_name, answer) => {
    const odd = createServer((socket) =>
      socket.on('error', () => undefined).once('data', () => socket.end(Buffer.from(answer, 'latin1'))),
    )
    const oddPort = await listening(odd)
    await using world = await startWorld([
      `Allow http:127.0.0.1:${oddPort}:request`,
      'Allow http:127.0.0.1:PORT:request',
    ])
    const { proxy, port } = world
    await speak(proxy.socketPath, get(`http://127.0.0.1:${oddPort}/`))
    expect(await speak(proxy.socketPath, get(`http://127.0.0.1:${port}/`))).toContain('origin GET /')
    odd.close()
  })

  test('has a socket that nobody else can reach, and leaves nothing', async () => {
    const world = await startWorld([])
    const { socketPath } = world.proxy
    expect(statSync(socketPath).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(socketPath)).mode & 0o777).toBe(0o700)
    await world.close()
    expect(existsSync(dirname(socketPath))).toBe(false)
  })

  test('refuses everything when the policy cannot decide', async () => {
    const decide = (): never => {
      throw new Error('broken')
    }
    await using world = await startWorld([], { decide })
    expect(await speak(world.proxy.socketPath, get('http://good.example/'))).toContain(
      'the rules cannot decide it: broken',
    )
    expect(world.events).toMatchObject([{ effect: 'deny' }])
    expect(world.resolved).toEqual([])
  })

  test('takes no more connections at a time than it may', async () => {
    await using world = await startWorld(['Allow http:127.0.0.1:PORT:get'], { limits: { connections: 1 } })
    const first = connect(world.proxy.socketPath)
    const url = get(`http://127.0.0.1:${world.port}/`)
    expect(await speak(world.proxy.socketPath, url)).toBe('')
    first.write(url)
    expect(await readAll(first)).toContain('origin GET /')
  })

  test.each([
    ['user name', '\x7f\0\0\x01'],
    ['host', '\0\0\0\x01\0'],
  ])('cuts a SOCKS 4 request whose %s has no end', async (_name, start) => {
    await using world = await startWorld([])
    expect(await speak(world.proxy.socketPath, `\x04\x01\0P${start}${'x'.repeat(300)}`)).toBe('')
    expect(world.events).toEqual([])
  })

  test('closes when the record is full', async () => {
    await using world = await startWorld(['Allow http:127.0.0.1:PORT:get'], { limits: { requests: 3 } })
    for (const _ of [1, 2, 3, 4]) await speak(world.proxy.socketPath, get('http://evil.example/'))
    expect(world.events.map(({ error }) => error)).toEqual([
      undefined,
      undefined,
      'request 3 of this run: its network is closed',
    ])
    expect(await speak(world.proxy.socketPath, get(`http://127.0.0.1:${world.port}/`))).toBe('')
  })

  test('closes when the record cannot be written', async () => {
    const record = (): never => {
      throw new Error('disk full')
    }
    await using world = await startWorld(['Allow http:127.0.0.1:PORT:get'], { record })
    await speak(world.proxy.socketPath, get('http://evil.example/'))
    await expect.poll(() => existsSync(world.proxy.socketPath)).toBe(false)
    expect(await speak(world.proxy.socketPath, get(`http://127.0.0.1:${world.port}/`))).toBe('')
  })

  test('records nothing of a client that only goes away', async () => {
    await using world = await startWorld(['Allow http:127.0.0.1:PORT:get'])
    for (const bytes of ['', 'GET http://127.0.0.1/ HT', '\x05\x01']) {
      const socket = connect(world.proxy.socketPath).on('error', () => undefined)
      await new Promise<void>((done) => socket.end(bytes, () => done()))
      socket.destroy()
    }
    await speak(world.proxy.socketPath, get(`http://127.0.0.1:${world.port}/`))
    await world.proxy.close()
    expect(world.events.map(({ effect }) => effect)).toEqual(['allow'])
  })

  test('says nothing into the middle of an answer', async () => {
    const half = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'))
    })
    const port = await listening(half)
    await using world = await startWorld([`Allow http:127.0.0.1:${port}:get`])
    const socket = connect(world.proxy.socketPath).on('error', () => undefined)
    socket.write(get(`http://127.0.0.1:${port}/`, ''))
    socket.once('data', () => socket.write('\0\r\n\r\n'))
    expect(await readAll(socket)).toMatch(/half$/)
    half.close()
  })

  test.each([
    ['says nothing', ''],
    ['never ends its header', 'GET http://good.example/ HTTP/1.1\r\nX'],
    ['never ends its SOCKS greeting', '\x05\x02\x00'],
    ['never ends its SOCKS 4 name', '\x04\x01\x00\x50\x00\x00\x00\x01user'],
  ])('ends a client that %s', async (_name, bytes) => {
    await using world = await startWorld([], { limits: { headerMs: 50 } })
    await speak(world.proxy.socketPath, bytes)
  })

  test('serves a thousand at once, half of them silent', async () => {
    await using world = await startWorld(['Allow http:127.0.0.1:PORT:request'])
    const { proxy, port, events } = world
    const silent = Array.from({ length: 500 }, () => connect(proxy.socketPath).on('error', () => undefined))
    const answers = await Promise.all(
      Array.from({ length: 500 }, () =>
        speak(proxy.socketPath, `CONNECT 127.0.0.1:${port} HTTP/1.1\r\n\r\n${get('/')}`),
      ),
    )
    expect(answers.filter((answer) => answer.includes('origin GET /')).length).toBe(500)
    for (const socket of silent) socket.destroy()
    await expect.poll(() => events.length).toBe(500)
  })

  test('lives on when a client or a server goes away in the middle', async () => {
    const rude = createServer((socket) =>
      socket.once('data', () => socket.resetAndDestroy()).on('error', () => undefined),
    )
    const rudePort = await listening(rude)
    await using world = await startWorld([
      `Allow http:127.0.0.1:${rudePort}:request`,
      'Allow http:127.0.0.1:PORT:request',
    ])
    const { proxy, port } = world
    await speak(proxy.socketPath, `CONNECT 127.0.0.1:${rudePort} HTTP/1.1\r\n\r\nx`)
    expect(status(await speak(proxy.socketPath, get(`http://127.0.0.1:${rudePort}/`)))).toContain('502')
    const client = connect(proxy.socketPath)
    client.write(`POST http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx`)
    await new Promise((done) => world.proxy && client.once('connect', done))
    client.destroy()
    expect(await speak(proxy.socketPath, get(`http://127.0.0.1:${port}/`))).toContain('origin GET /')
    rude.close()
  })
})
