import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { constants, networkInterfaces } from 'node:os'
import { tunnel } from './tunnel.ts'

/** `forwarder SOCKET FDS PORT… -- BWRAP…`: stands in the empty network namespace, between the two bubblewraps. */
async function main(words: readonly string[]): Promise<void> {
  const outside = Object.keys(networkInterfaces()).filter((name) => name !== 'lo')
  if (outside.length > 0) throw new Error(`the network namespace is not empty: ${outside.join(', ')}`)
  const end = words.indexOf('--')
  const [socketPath = '', fds = '', ...ports] = words.slice(0, end)
  await Promise.all(ports.map((port) => forward(Number(port), socketPath)))
  startInner(words.slice(end + 1), fds.split(',').map(Number))
}

async function forward(port: number, socketPath: string): Promise<void> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    // No proxy, no network: the client sees its connection end, and nothing is tried instead.
    tunnel(client, connect({ path: socketPath, allowHalfOpen: true }))
  })
  // Without a host, whose look-up loads 4 ms of modules: there is nothing but loopback here.
  await once(server.listen({ port, backlog: 1024 }), 'listening')
  server.on('error', () => undefined)
}

function startInner(argv: readonly string[], fds: readonly number[]): void {
  const [program = '', ...args] = argv
  const inner = spawn(program, args, { env: {}, stdio: stdioFor(fds) })
  for (const signal of passedOn) process.on(signal, () => inner.kill(signal))
  inner.once('error', (error) => fail(`the inner sandbox could not be started: ${error.message}`))
  inner.once('exit', endAs)
}

/** Every descriptor under its own number, and nothing in the gaps. */
function stdioFor(fds: readonly number[]): (number | 'ignore')[] {
  const last = Math.max(2, ...fds)
  return Array.from({ length: last + 1 }, (_, fd) => (fd <= 2 || fds.includes(fd) ? fd : 'ignore'))
}

const passedOn = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGCONT'] as const

function endAs(code: number | null, signal: NodeJS.Signals | null): void {
  if (signal === null) process.exit(code ?? 1)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  // Node does not die of every signal.
  process.exit(128 + constants.signals[signal])
}

function fail(message: string): never {
  process.stderr.write(`oos: ${message}\n`)
  process.exit(4)
}

main(process.argv.slice(2)).catch((error: Error) => fail(error.message))
