import { join } from 'node:path'
import { packageRoot } from '../../shared/package.ts'
import { gateFd } from '../process/gate.ts'
import { type ProxyPorts, proxyPorts } from './env.ts'

/** The descriptor over which the forwarder says that it listens, and which ends when the run does. */
export const forwarderFd = gateFd + 1

/**
 * The words between the outer bubblewrap, which owns the empty network namespace, and the inner one, which must share
 * that network and have its own PID namespace: then the command can neither see nor touch the forwarder. A shell starts
 * that beside it and becomes the inner one: while one makes the sandbox, the other gets ready.
 */
export function stageWords(socketPath: string, ports: ProxyPorts = proxyPorts): readonly string[] {
  const forwarder = [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    forwarderPath(),
    `${forwarderFd}`,
    socketPath,
    `${ports.http}`,
    `${ports.socks}`,
  ]
  const words = forwarder.map((_, index) => `"$${index + 1}"`).join(' ')
  // Neither holds what is the other's: each end of these has to be seen.
  const start = `${words} </dev/null >/dev/null 2>&1 ${gateFd}>&- &`
  return [
    '/bin/sh',
    '-c',
    `${start} shift ${forwarder.length}; exec "$@" ${forwarderFd}>&-`,
    'sh',
    ...forwarder,
  ]
}

function forwarderPath(): string {
  const checkout = import.meta.filename.endsWith('.ts')
  return join(
    packageRoot,
    checkout ? 'src/sandbox/network/forwarder.ts' : 'dist/sandbox/network/forwarder.js',
  )
}
