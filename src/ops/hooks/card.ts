import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Agreed } from '../../policy/agreed.ts'
import { compilePolicy, type Policy } from '../../policy/compile.ts'
import type { Rule } from '../../policy/types.ts'

/**
 * What a sandbox tells about its run to a hook inside. It lies where nothing inside can write and nobody outside has
 * anything: a run is known by its sandbox, not by a variable that it could drop.
 */
export interface RunCard {
  readonly version: 1
  readonly run: string
  readonly agent: string
  /** Content hash of the policy. */
  readonly policy: string
  readonly root: string
  readonly home: string
  /** The ones that a hook can be asked about. */
  readonly rules: readonly Rule[]
  /** What a person said yes to before the run began. */
  readonly agreed: readonly Agreed[]
}

export const cardFolder = '/run/oos'
export const cardFile = `${cardFolder}/run.json`
/** A shell script that starts the oos and the Node of the run. */
export const cardProgram = `${cardFolder}/oos`

export function renderCard(
  policy: Policy,
  { run, agent, agreed }: Pick<RunCard, 'run' | 'agent' | 'agreed'>,
): string {
  const { root, home } = policy
  const rules = policy.rules.filter(isForHooks)
  const card: RunCard = { version: 1, run, agent, policy: policy.hash, root, home, rules, agreed }
  return JSON.stringify(card)
}

function isForHooks({ effect, capabilities }: Rule): boolean {
  return (
    effect === 'require' || capabilities.some(({ resource }) => resource === 'file' || resource === 'git')
  )
}

/** The card of the run that this process is part of; nothing outside of any. */
export function readCard(file = cardFile): RunCard | undefined {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch {
    return undefined
  }
  try {
    return JSON.parse(readFileSync(descriptor, 'utf8')) as RunCard
  } finally {
    closeSync(descriptor)
  }
}

export function policyOf({ rules, root, home }: RunCard, now: number): Policy {
  return compilePolicy({ rules, root, home, now })
}
