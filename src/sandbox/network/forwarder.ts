import { once } from 'node:events'
import { connect, createServer, Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { tunnel } from './tunnel.ts'

/** `forwarder FD SOCKET PORT…`: stands in the empty network namespace, beside the inner bubblewrap. */
async function main(socketPath: string, ports: readonly string[]): Promise<void> {
  const outside = Object.keys(networkInterfaces()).filter((name) => name !== 'lo')
  if (outside.length > 0) throw new Error(`the network namespace is not empty: ${outside.join(', ')}`)
  await Promise.all(ports.map((port) => forward(Number(port), socketPath)))
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

const [fd, socketPath = '', ...ports] = process.argv.slice(2)

// What a terminal sends to all is for the command: this ends when oos closes the descriptor, or is gone. At SIGUSR1 Node
// would open its debugger, which the command could reach: the network is one.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)
  process.on(signal, () => undefined)
const oos = new Socket({ fd: Number(fd) })
oos.on('error', () => undefined).once('close', () => process.exit())
oos.resume()

main(socketPath, ports).then(
  () => oos.write('ready\n'),
  (error: Error) => oos.end(error.message),
)
