import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireBubblewrap, toBubblewrap } from './bubblewrap.ts'
import { limitHolders } from './limits.ts'
import { namespaceFix } from './namespaces.ts'
import { findForeground } from './process/foreground.ts'
import { runSandbox } from './run.ts'
import type { MachineFacts, Mount, NetworkPlan, SandboxPlan } from './types.ts'

export interface ProbeRow {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  /** What to type. */
  readonly fix?: string
}

/** Whether runs can be confined here, found out by doing it: starts real sandboxes and tries to leave them. */
export async function probeSandbox(machine: MachineFacts): Promise<readonly ProbeRow[]> {
  const found = probeBubblewrap(machine)
  if (!found.ok) return [found]
  const folder = mkdtempSync(join(tmpdir(), 'oos-probe-'))
  try {
    const alone = await probeConfinement(machine, {
      folder,
      name: 'sandbox',
      network: { mode: 'none', note: 'probe' },
    })
    const nested = await probeConfinement(machine, {
      folder,
      name: 'network stage',
      network: { mode: 'proxy', rules: [] },
    })
    return [found, alone, nested, ...probeLimits(machine), probeTerminal()]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function probeBubblewrap(machine: MachineFacts): ProbeRow {
  const name = 'bubblewrap'
  try {
    const { path } = requireBubblewrap(machine)
    return { name, ok: true, detail: `${machine.bubblewrap?.version} at ${path}` }
  } catch (error) {
    const { message, hint } = error as Error & { hint?: string }
    return { name, ok: false, detail: message, ...(hint === undefined ? {} : { fix: hint }) }
  }
}

interface Attempt {
  readonly name: string
  /** On the host, with a secret in it. */
  readonly folder: string
  readonly network: NetworkPlan
}

async function probeConfinement(
  machine: MachineFacts,
  { name, folder, network }: Attempt,
): Promise<ProbeRow> {
  const secret = join(folder, 'secret')
  writeFileSync(secret, 'secret')
  const plan = probePlan(machine, ['sh', '-c', attack, 'sh', secret], network)
  const said = await outputOf(plan, { machine, folder })
  const breaches = said.text.split('\n').filter((line) => line.startsWith('breach: '))
  if (existsSync(join(folder, 'written'))) breaches.push('breach: wrote outside')
  if (breaches.length > 0)
    return { name, ok: false, detail: breaches.join(', '), fix: 'do not use this sandbox; report it' }
  if (said.text.includes('held')) return { name, ok: true, detail: 'started one, and could not leave it' }
  const fix = namespaceFix()
  return {
    name,
    ok: false,
    detail: said.text.trim() || 'it did not start',
    ...(fix === undefined ? {} : { fix }),
  }
}

/** Each line that it prints, but the last, is a way out. `$1` is a file of the host that nothing allows. */
const attack = `
status() { grep -q "^$1:[[:space:]]*$2$" /proc/self/status || echo "breach: $1 is not $2"; }
cat "$1" 2> /dev/null && echo "breach: read outside"
mkdir -p "\${1%/*}" 2> /dev/null && echo x > "\${1%/*}/written" 2> /dev/null
echo x 2> /dev/null > /usr/oos-probe && echo "breach: wrote to the system"
[ "$(ls -d /proc/[0-9]* | wc -l)" -lt 8 ] || echo "breach: sees processes of the host"
[ "$(grep -c : /proc/net/dev)" = 1 ] || echo "breach: has a network"
echo x 2> /dev/null > /proc/sys/kernel/core_pattern && echo "breach: writes to the kernel"
status NoNewPrivs 1; status Seccomp 2; status CapEff 0*; status CapBnd 0*
unshare -U true 2> /dev/null && echo "breach: makes user namespaces"
echo held`

function probePlan(machine: MachineFacts, command: readonly string[], network: NetworkPlan): SandboxPlan {
  const system = [...machine.system, { path: '/usr', kind: 'directory' as const, target: undefined }]
  const mounts: Mount[] = [
    { kind: 'proc', path: '/proc' },
    { kind: 'dev', path: '/dev' },
    { kind: 'tmpfs', path: '/tmp', bytes: 1024 * 1024 },
    ...system.map(({ path, kind, target }): Mount => {
      if (kind === 'link' && target !== undefined) return { kind: 'link', path, target }
      return kind === 'file' ? { kind: 'mask-file', path } : { kind: 'read', path }
    }),
  ]
  const env = [{ name: 'PATH', value: '/usr/bin:/bin' }]
  const nothing = { unpassed: [], limits: [], unheld: [], ghosts: [], placeholders: [] }
  return { command, cwd: '/', mounts, env, network, ...nothing, interactive: false }
}

async function outputOf(
  plan: SandboxPlan,
  { machine, folder }: { readonly machine: MachineFacts; readonly folder: string },
): Promise<{ readonly text: string }> {
  let text = ''
  const options = {
    machine,
    stdin: 'ignore' as const,
    sink: (_name: string, chunk: Buffer) => {
      text += chunk
    },
    // Nothing listens there: the stage itself is what is tried.
    proxySocket: join(folder, 'no-proxy'),
  }
  try {
    await runSandbox({ plan, ...toBubblewrap(plan, machine) }, options).ended
  } catch (error) {
    text ||= (error as Error).message
  }
  return { text }
}

function probeLimits(machine: MachineFacts): readonly ProbeRow[] {
  const holders = Object.entries(limitHolders(machine))
  const detail = holders
    .map(([name, by]) => `${name}: ${by.length === 0 ? 'nothing' : by.join(' + ')}`)
    .join(', ')
  const rows: ProbeRow[] = [{ name: 'limits', ok: holders.every(([, by]) => by.length > 0), detail }]
  if (machine.prlimit !== undefined) return rows
  return [
    ...rows,
    {
      name: 'prlimit',
      ok: false,
      detail: 'not found: limits are only watched',
      fix: 'sudo apt install util-linux',
    },
  ]
}

function probeTerminal(): ProbeRow {
  const name = 'terminal'
  const found = findForeground()
  if (found !== undefined) return { name, ok: true, detail: `job control through ${found.words[0]}` }
  return {
    name,
    ok: false,
    detail: 'no job control for commands at a terminal',
    fix: 'sudo apt install perl',
  }
}
