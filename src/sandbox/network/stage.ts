import { join } from 'node:path'
import { packageRoot } from '../../shared/package.ts'
import { type ProxyPorts, proxyPorts } from './env.ts'

/**
 * The words between the outer bubblewrap, which owns the empty network namespace, and the inner one, which must share
 * that network and have its own PID namespace: then the command can neither see nor touch the forwarder. `fds` are handed
 * on to the inner one under their own numbers: it names some of them only in what it reads from others.
 */
export function stageWords(
  socketPath: string,
  fds: readonly number[],
  ports: ProxyPorts = proxyPorts,
): readonly string[] {
  return [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    forwarderPath(),
    socketPath,
    fds.join(','),
    `${ports.http}`,
    `${ports.socks}`,
    '--',
  ]
}

function forwarderPath(): string {
  const checkout = import.meta.filename.endsWith('.ts')
  return join(
    packageRoot,
    checkout ? 'src/sandbox/network/forwarder.ts' : 'dist/sandbox/network/forwarder.js',
  )
}
