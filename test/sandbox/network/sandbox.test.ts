import { createSocket } from 'node:dgram'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runSandbox } from '../../../src/sandbox/run.ts'
import { bareLaunch } from '../process/bare.ts'
import { runInside, startInside } from './inside.ts'
import { readAll, startWorld } from './world.ts'

let world: Awaited<ReturnType<typeof startWorld>>
beforeAll(async () => {
  world = await startWorld([
    'Allow http:good.example:PORT:request',
    'Allow http:127.0.0.1:PORT:request',
    'Allow http:read.example:PORT/docs/*:get',
  ])
})
afterAll(() => world.close())

const inside = (script: string, env?: Record<string, string>) =>
  runInside(world.proxy.socketPath, script.replaceAll('PORT', `${world.port}`), env)
const node = (code: string): string => `${process.execPath} -e '${code}'`
const python = (code: string): string => `python3 -c '${code}'`

describe('inside a sandbox', () => {
  test.each([
    ['curl', 'curl -s http://good.example:PORT/curl'],
    ['curl through a tunnel', 'curl -sp http://good.example:PORT/curl'],
    ['curl through SOCKS', 'env -u HTTP_PROXY -u http_proxy curl -s http://good.example:PORT/curl'],
    [
      'python',
      python(
        'import urllib.request as u; print(u.urlopen("http://good.example:PORT/python").read().decode())',
      ),
    ],
    ['fetch', node('fetch("http://good.example:PORT/node").then((r) => r.text()).then(console.log)')],
    [
      'node:http',
      node('require("http").get("http://good.example:PORT/http", (r) => r.pipe(process.stdout))'),
    ],
  ])('an allowed host is reached by %s', async (_name, script) => {
    const { code, stdout, stderr } = await inside(script)
    expect({ code, stdout, stderr }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('origin GET /'),
    })
  })

  test.each([
    ['another host', 'curl -s http://evil.example:PORT/ | grep "no rule allows it"'],
    ['another host through a tunnel', '! curl -sfp http://evil.example:PORT/'],
    ['another host through SOCKS', '! curl -s --socks5-hostname 127.0.0.1:1080 http://evil.example:PORT/'],
    ['another path', 'curl -s http://read.example:PORT/admin | grep "no rule allows it"'],
    ['another path by a redirect', '! curl -sfL "http://good.example:PORT/to?http%3A%2F%2Fevil.example%2F"'],
    ['the host past the proxy', '! curl -s --noproxy "*" http://127.0.0.1:PORT/'],
    ['the host with no variable', '! env -i /usr/bin/curl -s http://127.0.0.1:PORT/'],
    ['an address', '! env -i /usr/bin/curl -sm 2 http://1.1.1.1/'],
    ['an IPv6 address', '! env -i /usr/bin/curl -sm 2 "http://[2606:4700::1111]/"'],
    ['a name', '! getent hosts good.example && ! getent hosts example.com'],
  ])('nothing reaches %s', async (_name, script) => {
    const before = world.seen.length
    expect(await inside(script)).toMatchObject({ code: 0 })
    expect(world.seen.slice(before).filter(({ url }) => !url.startsWith('/to?'))).toEqual([])
  })

  test('no datagram leaves, to the host or to a resolver', async () => {
    const got: string[] = []
    const server = createSocket('udp4').on('message', (bytes) => got.push(`${bytes}`))
    await new Promise<void>((done) => server.bind(0, '127.0.0.1', done))
    const { port } = server.address()
    const send = `const s = require("dgram").createSocket("udp4"); s.send("out", ${port}, "127.0.0.1", () => s.close());
      require("dns").setServers(["127.0.0.1:${port}"]); require("dns").resolve4("x.example", (e) => { console.log(e.code); process.exit() })`
    expect((await inside(node(send))).stdout).toMatch(/^E/)
    expect(got).toEqual([])
    server.close()
  })

  test('there is no raw or packet socket, and no abstract socket of the host', async () => {
    const server = createServer((socket) => socket.end('host'))
    await new Promise<void>((done) => server.listen('\0oos-test-abstract', done))
    const attempt = (what: string, code: string): string =>
      `try: ${code}; print("${what}")\nexcept OSError: pass\n`
    const code = [
      'import socket as s\n',
      attempt('raw', 's.socket(s.AF_INET, s.SOCK_RAW, 1)'),
      attempt('raw6', 's.socket(s.AF_INET6, s.SOCK_RAW, 58)'),
      attempt('packet', 's.socket(s.AF_PACKET, s.SOCK_RAW, 3)'),
      attempt('vsock', 's.socket(s.AF_VSOCK, s.SOCK_STREAM)'),
      attempt('abstract', 's.socket(s.AF_UNIX).connect(chr(0) + "oos-test-abstract")'),
      'print("done")',
    ]
    expect(await inside(python(code.join('')))).toMatchObject({ stdout: 'done\n' })
    server.close()
  })

  test('a server is reachable inside, and not from the host', async () => {
    const program = `const s = require("http").createServer((q, r) => r.end("mine")).listen(34567, () =>
      fetch("http://localhost:34567/").then((r) => r.text()).then((t) => { console.log(t); setInterval(() => {}, 1000) }))`
    const child = startInside(world.proxy.socketPath, node(program))
    const said = await new Promise((done) => child.stdio[1]?.once('data', (bytes) => done(`${bytes}`)))
    expect(said).toBe('mine\n')
    const error = await new Promise<NodeJS.ErrnoException>((done) =>
      connect(34567, '127.0.0.1').once('error', done),
    )
    expect(error.code).toBe('ECONNREFUSED')
    child.kill('SIGKILL')
  })

  test('nothing takes the place of a proxy that is gone', async () => {
    await using gone = await startWorld([
      'Allow http:good.example:PORT:request',
      'Allow http:127.0.0.1:PORT:request',
    ])
    await gone.proxy.close()
    const { code } = await runInside(gone.proxy.socketPath, `curl -s http://good.example:${gone.port}/`)
    expect(code).not.toBe(0)
    expect(gone.seen).toEqual([])
  })
})

describe('the forwarder', () => {
  test.each([
    ['true', 0],
    ['exit 7', 7],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
    ['no-such-program', 127],
  ])('ends as the command does: %s', async (script, code) => {
    expect(await inside(script)).toMatchObject({ code, signal: null })
  })

  test.runIf(Object.keys(networkInterfaces()).some((name) => name !== 'lo'))(
    'refuses a network that is not empty, and nothing begins',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'oos-open-'))
      const bubblewrap = join(folder, 'bwrap')
      writeFileSync(
        bubblewrap,
        `#!/bin/bash
        for word; do [ "$word" = --unshare-net ] || words+=("$word"); done
        exec /usr/bin/bwrap "\${words[@]}"`,
        { mode: 0o755 },
      )
      const { argv, ...launch } = bareLaunch(['touch', join(folder, 'began')], {
        network: { mode: 'proxy', rules: [] },
        folder,
      })
      const [, ...words] = argv
      const { ended } = runSandbox(
        { ...launch, argv: [bubblewrap, ...words] },
        { machine: {}, proxySocket: world.proxy.socketPath },
      )
      await expect(ended).rejects.toThrow(/no way to the proxy: the network namespace is not empty: \w/)
      expect(readdirSync(folder)).toEqual(['bwrap'])
    },
  )

  test('is out of sight and out of reach', async () => {
    const { stdout } = await inside(
      'cat /proc/[0-9]*/cmdline /proc/net/unix | tr "\\0" "\\n"; ls /tmp; echo done',
    )
    expect(stdout).toContain('done')
    expect(stdout).not.toContain('forwarder')
    expect(stdout).not.toContain('oos-net-')
  })

  test('is not steered by what the command has in its environment', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oos-steer-'))
    writeFileSync(
      join(folder, 'evil.cjs'),
      `require('fs').writeFileSync(${JSON.stringify(join(folder, 'ran'))}, '')`,
    )
    const { stdout } = await inside('echo $NODE_OPTIONS', { NODE_OPTIONS: `--require ${folder}/evil.cjs` })
    expect(stdout).toContain(`${folder}/evil.cjs`)
    expect(existsSync(join(folder, 'ran'))).toBe(false)
  })

  test.each(['SIGKILL', 'SIGTERM'] as const)(
    'is gone, and everything inside, when what is above it gets %s',
    async (signal) => {
      const child = startInside(
        world.proxy.socketPath,
        '(trap "" TERM HUP; setsid sleep 1000 &) ; echo up; sleep 1000',
      )
      await new Promise((done) => child.stdio[1]?.once('data', done))
      const below = descendants(child.pid ?? 0)
      expect(below.length).toBeGreaterThan(4)
      child.kill(signal)
      await expect.poll(() => below.filter(isAlive), { timeout: 3000 }).toEqual([])
    },
  )

  test('is gone, and everything inside, when the inner bubblewrap beside it is killed', async () => {
    const child = startInside(world.proxy.socketPath, 'echo up; sleep 1000')
    const ended = readAll(child.stdio[1] as Readable)
    await new Promise((done) => child.stdio[1]?.once('data', done))
    const below = descendants(child.pid ?? 0)
    process.kill(below[0] ?? 0, 'SIGKILL')
    await expect.poll(() => below.filter(isAlive), { timeout: 3000 }).toEqual([])
    await ended
  })

  test('leaves the command no way out when it is killed', async () => {
    const ask = `curl -s http://good.example:${world.port}/asked || echo closed`
    expect(await afterSignal('SIGKILL', ask)).toBe('up\nclosed\n')
  })

  test('opens no debugger, which the command could reach', async () => {
    const ask = `curl -s http://good.example:${world.port}/asked; echo; grep -o :240D /proc/net/tcp`
    expect(await afterSignal('SIGUSR1', ask)).toBe('up\norigin GET /asked\n')
  })
})

/** What a command prints that asks once the forwarder has been sent the signal. */
async function afterSignal(signal: NodeJS.Signals, ask: string): Promise<string> {
  const child = startInside(world.proxy.socketPath, `trap "${ask}; exit" HUP; echo up; sleep 1000 & wait`)
  const said = readAll(child.stdio[1] as Readable)
  await new Promise((done) => child.stdio[1]?.once('data', done))
  const below = descendants(child.pid ?? 0)
  const isForwarder = ([program, ...words]: readonly string[]) =>
    program === process.execPath && words.includes(world.proxy.socketPath)
  const forwarder = below.find((pid) => isForwarder(wordsOf(pid))) ?? 0
  // The first: what becomes `sleep` is a copy of it for a moment, without its trap.
  const shell = below.find((pid) => wordsOf(pid)[2]?.startsWith('trap ')) ?? 0
  process.kill(forwarder, signal)
  if (signal === 'SIGKILL') await expect.poll(() => isAlive(forwarder)).toBe(false)
  process.kill(shell, 'SIGHUP')
  return said
}

function wordsOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
}

function descendants(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const parents = all.map((name) => [Number(name), parentOf(name)] as const)
  const below = (of: number): number[] =>
    parents.filter(([, parent]) => parent === of).flatMap(([each]) => [each, ...below(each)])
  return below(pid)
}

function parentOf(pid: string): number {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1])
  } catch {
    return 0
  }
}

function isAlive(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== ''
  } catch {
    return false
  }
}
