import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Server } from 'node:net'
import { decideFor } from '../../../src/agents/network.ts'
import { parseCapability } from '../../../src/policy/capability/capability.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import type { Capability, Effect, Rule } from '../../../src/policy/types.ts'
import type { NetworkEvent } from '../../../src/sandbox/network/event.ts'
import type { Decide } from '../../../src/sandbox/network/gate.ts'
import { type ProxyOptions, startProxy } from '../../../src/sandbox/network/proxy.ts'

export interface Seen {
  readonly method: string
  readonly url: string
  readonly host: string | undefined
  readonly headers: readonly string[]
  readonly body: string
}

/** A server that remembers what reached it, and the proxy under rules; `PORT` in a rule is the server's. */
export async function startWorld(rules: readonly string[], options: Partial<ProxyOptions> = {}) {
  const seen: Seen[] = []
  const origin = createServer(async (request, response) => {
    const body = await readAll(request)
    const { method = '', url = '', rawHeaders } = request
    seen.push({ method, url, host: request.headers.host, headers: rawHeaders, body })
    if (url.startsWith('/to?')) response.writeHead(302, { location: decodeURIComponent(url.slice(4)) })
    response.end(`origin ${method} ${url}`)
  })
  const port = await listening(origin)
  const events: NetworkEvent[] = []
  const resolved: string[] = []
  const proxy = await startProxy({
    decide: decideBy(rules.map((rule) => rule.replaceAll('PORT', `${port}`))),
    record: (event) => events.push(event),
    ...options,
    resolve: async (name) => {
      resolved.push(name)
      return options.resolve ? options.resolve(name) : ['127.0.0.1']
    },
  })
  const close = async (): Promise<void> => {
    await proxy.close()
    origin.closeAllConnections()
    await new Promise((done) => origin.close(done))
  }
  return { proxy, port, seen, events, resolved, close, [Symbol.asyncDispose]: close }
}

export async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/** Sends these bytes as they are, and gives everything that comes back until the proxy ends the connection. */
export async function speak(socketPath: string, bytes: string | Buffer): Promise<string> {
  const socket = connect(socketPath)
  socket.on('error', () => undefined)
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  return readAll(socket)
}

export async function readAll(stream: NodeJS.ReadableStream | IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of stream) pieces.push(Buffer.from(piece))
  } catch {
    // A connection that is cut is over all the same.
  }
  return Buffer.concat(pieces).toString('latin1')
}

export function decideBy(texts: readonly string[]): Decide {
  const policy = compilePolicy({ rules: texts.map(ruleOf), root: '/project', home: '/home/x', now: 0 })
  return decideFor(policy, 'command')
}

function ruleOf(text: string): Rule {
  const [, word = '', capability = ''] = /^(\w+) (.*)$/.exec(text) ?? []
  const source = { file: '.agent-os/AGENT.md', line: 7, column: 1, text: `**${word}** \`${capability}\`` }
  return {
    effect: word.toLowerCase() as Effect,
    capabilities: capability.split(', ').map(capabilityOf),
    except: [],
    agents: [],
    source,
    layer: 'project',
    examples: [],
  }
}

function capabilityOf(text: string): Capability {
  const parsed = parseCapability(text)
  if (parsed.ok) return parsed.value
  throw new Error(`${text}: ${parsed.problems.map(({ message }) => message).join()}`)
}
