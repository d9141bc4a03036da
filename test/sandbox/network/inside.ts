import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Duplex, Readable, Writable } from 'node:stream'
import { proxyEnv } from '../../../src/sandbox/network/env.ts'
import { untilForwarded } from '../../../src/sandbox/network/forwarded.ts'
import { forwarderFd } from '../../../src/sandbox/network/stage.ts'
import { gateFd } from '../../../src/sandbox/process/gate.ts'
import { composeLaunch } from '../../../src/sandbox/process/launch.ts'
import { bareLaunch } from '../process/bare.ts'
import { readAll } from './world.ts'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a script of the shell in the real sandbox: both bubblewraps, and the forwarder. */
export async function runInside(
  proxySocket: string,
  script: string,
  env: Record<string, string> = {},
): Promise<Ended> {
  const child = startInside(proxySocket, script, env)
  const [stdout, stderr, [code, signal]] = await Promise.all([
    readAll(child.stdio[1] as Readable),
    readAll(child.stdio[2] as Readable),
    once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
  ])
  return { code, signal, stdout, stderr }
}

export function startInside(
  proxySocket: string,
  script: string,
  env: Record<string, string> = {},
): ChildProcess {
  const launch = bareLaunch(['/bin/sh', '-c', script], {
    network: { mode: 'proxy', rules: [] },
    env: { HOME: '/tmp', PATH: process.env.PATH ?? '', ...proxyEnv(), ...env },
  })
  const line = composeLaunch(launch, { machine: {}, proxySocket })
  const given = [1, 2, gateFd, forwarderFd, ...line.files.map((file) => file.fd)]
  const stdio = Array.from({ length: Math.max(...given) + 1 }, (_, fd) =>
    given.includes(fd) ? ('pipe' as const) : ('ignore' as const),
  )
  const [program = '', ...words] = line.argv
  const child = spawn(program, words, { stdio, env: {}, cwd: '/' })
  for (const { fd, bytes } of line.files) (child.stdio[fd] as Writable).end(bytes)
  const gate = child.stdio[gateFd] as Duplex
  const forwarder = child.stdio[forwarderFd] as Duplex
  const forwarded = untilForwarded(forwarder)
  gate.once('data', () => forwarded.then(() => gate.end('go\n')))
  child.once('exit', () => forwarder.destroy())
  return child
}
