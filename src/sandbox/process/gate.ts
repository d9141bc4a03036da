import { readFileSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { type ProcessFacts, readProcess, walkProcessTree } from './processes.ts'
import type { Ways } from './standard.ts'

/** The descriptor over which the command waits for its start; the sandbox's own files have others. */
export const gateFd = 3

/**
 * The words in front of a command that hold it back. bubblewrap binds its life to ours only while it sets the sandbox
 * up: killed before that, we would leave a running command behind. So it reports, and begins when we tell it to; and if
 * we are gone by then, it reads the end of the pipe and ends. A stream that leads nowhere is opened inside.
 */
export function gateWords(ways: Partial<Ways> = {}): readonly string[] {
  const redirections = [
    `${gateFd}>&-`,
    ...(ways.stdin === 'nothing' ? ['</dev/null'] : []),
    ...(ways.stdout === 'nothing' ? ['>/dev/null'] : []),
    ...(ways.stderr === 'nothing' ? ['2>/dev/null'] : []),
    ...(ways.merged ? ['2>&1'] : []),
  ].join(' ')
  return [
    // Not by name: the project could have one in its PATH.
    '/bin/sh',
    '-c',
    `echo >&${gateFd}; read -r go <&${gateFd} && exec "$@" ${redirections}`,
    'sh',
  ]
}

/** Resolves when the command stands at the gate, with the namespace's first process; with nothing if it never came. */
export async function waitAtGate(gate: Duplex, root: number): Promise<ProcessFacts | undefined> {
  const came = await new Promise<boolean>((resolve) => {
    gate.once('data', () => resolve(true))
    gate.once('error', () => resolve(false))
    gate.once('close', () => resolve(false))
  })
  if (!came) return undefined
  const first = findFirst(root)
  // After its fork it sleeps only once it is bound to its parent: from then on nothing can outlive us.
  while (first !== undefined && isBusy(readProcess(first.pid)?.state)) await new Promise(setImmediate)
  return first
}

/** Process 1 of a namespace below ours. */
function findFirst(root: number): ProcessFacts | undefined {
  for (const facts of walkProcessTree(root)) if (isFirst(facts.pid)) return facts
  return undefined
}

/** Running, or held for a moment by whoever traces it. */
const isBusy = (state: string | undefined) => state === 'R' || state === 't'

function isFirst(pid: number): boolean {
  try {
    return /^NSpid:\t.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return false
  }
}
