import { decide } from '../policy/decide.ts'
import type { NetworkEvent } from '../sandbox/network/event.ts'
import type { SandboxPlan } from '../sandbox/types.ts'
import type { PreparedRun } from './prepare.ts'

/** The run's way out, if its plan has one. It is there before the run is, and so before anything listens to it. */
export interface RunNetwork {
  readonly proxySocket: string | undefined
  readonly seen: readonly NetworkEvent[]
  /** Every further request goes to `listener`; if that throws, the proxy lets nothing more out. */
  readonly listen: (listener: (event: NetworkEvent) => void) => void
  readonly close: () => Promise<void>
}

export async function openNetwork(prepared: PreparedRun): Promise<RunNetwork> {
  const { plan, policy, asked, request, folders } = prepared
  const seen: NetworkEvent[] = []
  let tell = (_event: NetworkEvent): void => undefined
  const listen: RunNetwork['listen'] = (listener) => {
    tell = listener
  }
  if (plan.network.mode === 'none')
    return { proxySocket: undefined, seen, listen, close: async () => undefined }
  // Names, sockets and the proxy's own parts: no run without a network needs to load them.
  const [{ startProxy }, { socketBases }] = await Promise.all([
    import('../sandbox/network/proxy.ts'),
    import('../sandbox/network/socket-folder.ts'),
  ])
  const { agent } = asked
  const { socketPath, close } = await startProxy({
    folder: socketBases(request.env).find((base) => !isOpen(base, plan)) ?? folders.ghosts,
    decide: (request) => decide(policy, { ...request, agent }),
    record: (event) => {
      seen.push(event)
      tell(event)
    },
  })
  return { proxySocket: socketPath, seen, listen, close }
}

/**
 * Whether something inside could reach a socket there: the forwarder follows its path, and a run that put a link in its
 * place would be let through to any socket of the machine.
 */
function isOpen(folder: string, { mounts }: SandboxPlan): boolean {
  return mounts.some(
    ({ kind, path, source }) =>
      source === undefined &&
      (kind === 'read' || kind === 'write' || kind === 'pin') &&
      `${folder}/`.startsWith(path === '/' ? '/' : `${path}/`),
  )
}
