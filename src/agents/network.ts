import type { Policy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import { otherPorts } from '../policy/explain/other-ports.ts'
import type { Decision } from '../policy/types.ts'
import type { NetworkEvent } from '../sandbox/network/event.ts'
import type { Decide } from '../sandbox/network/gate.ts'
import { startProxy } from '../sandbox/network/proxy.ts'
import { makeSocketFolder, socketBases } from '../sandbox/network/socket-folder.ts'
import type { SandboxPlan } from '../sandbox/types.ts'
import type { PreparedRun } from './prepare.ts'

/** The run's way out, if its plan has one. */
export interface RunNetwork {
  readonly proxySocket: string | undefined
  readonly seen: readonly NetworkEvent[]
  /** Every further request goes to `listener`; if that throws, the proxy lets nothing more out. */
  readonly listen: (listener: (event: NetworkEvent) => void) => void
  /** From then on there is a way out: before the command begins, but after bubblewrap is started, which works meanwhile. */
  readonly open: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Makes the place of the proxy's socket. */
export function prepareNetwork(prepared: PreparedRun): RunNetwork {
  const { plan, policy, asked, request, folders } = prepared
  const seen: NetworkEvent[] = []
  let tell = (_event: NetworkEvent): void => undefined
  const listen: RunNetwork['listen'] = (listener) => {
    tell = listener
  }
  if (plan.network.mode === 'none')
    return { proxySocket: undefined, seen, listen, open: async () => undefined, close: async () => undefined }
  const { agent } = asked
  const socket = makeSocketFolder(
    socketBases(request.env).find((base) => !isOpen(base, plan)) ?? folders.ghosts,
  )
  let close = async () => socket.remove()
  const open = async () => {
    const proxy = await startProxy({
      socket,
      decide: decideFor(policy, agent),
      record: (event) => {
        seen.push(event)
        tell(event)
      },
    })
    close = proxy.close
  }
  return { proxySocket: socket.socketPath, seen, listen, open, close: () => close() }
}

/** What no rule allows is said with the ports that one does. */
export function decideFor(policy: Policy, agent: string): Decide {
  const portsOf = otherPorts(policy, agent)
  return (request) => {
    const decision = decide(policy, { ...request, agent })
    const text = isUnnamed(decision) ? portsOf(request.target) : undefined
    return text === undefined ? decision : { ...decision, reasons: [{ kind: 'no-allow', text }] }
  }
}

const isUnnamed = ({ effect, reasons: [first] }: Decision) => effect === 'deny' && first?.kind === 'no-allow'

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
