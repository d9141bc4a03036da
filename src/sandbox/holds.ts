import { expandBraces } from '../policy/match/braces.ts'
import type { Capability, Resource, Rule } from '../policy/types.ts'
import { type LimitMachine, limitHolders } from './limits.ts'
import { hiddenProgram } from './programs.ts'
import { missingOfKernel } from './tree/kernel-places.ts'
import type { LimitName } from './types.ts'

export interface Holding {
  readonly level: 'full' | 'partial' | 'none'
  /** What is not held, if something is not. */
  readonly missing?: string
}

export type HoldMachine = LimitMachine & {
  readonly bubblewrap?: unknown
  readonly platform: string
  /** Of the project; undefined where there is none, or nobody has looked. */
  readonly repository?: RepositoryHolds
  /** ms since 1970: what has expired by then is held no more. Left out, nothing has. */
  readonly now?: number
}

/** What of a repository decides who holds its rules. */
export interface RepositoryHolds {
  /** git is there to say what a run has added. */
  readonly git: boolean
  /** Hooks ask oos before commits and pushes: git runs them, they do not only lie there. */
  readonly hooks: boolean
  /** Why not, and what to type, where they are written and git does not run them. */
  readonly idle?: string
}

/** How far the sandbox of this machine holds a rule: as far as its least held capability. */
export function sandboxHolds(rule: Rule, machine: HoldMachine, interactive = false): Holding {
  if (machine.platform !== 'linux') return none(`there is no sandbox for ${machine.platform} yet`)
  if (machine.bubblewrap === undefined) return none('bubblewrap is not installed')
  if (rule.effect === 'require') return unrequired(rule, machine)
  if (rule.via !== undefined) return none('`via` is not held yet')
  const each = rule.capabilities.map((capability) =>
    holders[capability.resource](rule, capability, { machine, interactive }),
  )
  return each.find(({ level }) => level === 'none') ?? each.find(({ level }) => level === 'partial') ?? full
}

type Where = Pick<HoldMachine, 'repository'>

/** How far a rule is held by judging the command that oos is asked to run, before it starts. */
export function startHolds(rule: Rule, machine: Where = {}): Holding {
  if (rule.effect === 'require') return unrequired(rule, machine)
  const commands = rule.capabilities.filter(({ resource }) => resource === 'shell' || resource === 'git')
  if (commands.length === 0) return none('it is not about commands')
  return commands.some((each) => uncounted(rule, each))
    ? notCounted
    : partial('only the command that oos is asked to run')
}

/** What a git hook is for, a run does not do itself. */
function unrequired({ stage }: Rule, { repository }: Where): Holding {
  return stage === 'commit' || stage === 'push'
    ? none(`the git hooks run it: ${repository?.idle ?? 'oos hooks install'}`)
    : none('what is required is not run yet')
}

const full: Holding = { level: 'full' }
export const partial = (missing: string): Holding => ({ level: 'partial', missing })
export const none = (missing: string): Holding => ({ level: 'none', missing })

export const notCounted = none(
  'amounts of a single command are not held yet: limit the whole run with `run:*{…}`',
)

const amounts = ['timeout', 'memory', 'disk', 'output', 'cpu', 'processes', 'rate', 'max'] as const

/** A Deny with an amount holds without it: that is stricter. */
export function uncounted({ effect }: Rule, { constraints }: Capability): boolean {
  return effect !== 'deny' && effect !== 'ask' && amounts.some((name) => constraints[name] !== undefined)
}

type Holder = (
  rule: Rule,
  capability: Capability,
  here: { machine: HoldMachine; interactive: boolean },
) => Holding

const elsewhere: Holder = () => none('the sandbox does not see it')

const holders: Readonly<Record<Resource, Holder>> = {
  file: holdsFile,
  http: holdsHttp,
  env: () => full,
  run: holdsRun,
  shell: holdsShell,
  secret: () => none('secrets are not handed out yet'),
  git: (rule, capability) => (uncounted(rule, capability) ? notCounted : none('the sandbox does not see it')),
  mcp: elsewhere,
  browser: elsewhere,
  model: elsewhere,
  memory: elsewhere,
  agent: elsewhere,
  task: elsewhere,
}

function holdsFile({ effect, except }: Rule, { pattern, actions }: Capability): Holding {
  const writes = ['create', 'change', 'delete'].filter((action) => actions.includes(action))
  if (!actions.includes('write') && writes.length > 0 && writes.length < 3) {
    return partial(
      `${writes.join(' and ')} without the rest: files that exist at the start are read-only or kept in their place`,
    )
  }
  const opens = effect === 'allow' || effect === 'only'
  const ofKernel = missingOfKernel(pattern, { opens, writes: writes.length > 0 || actions.includes('write') })
  if (ofKernel !== undefined) return partial(ofKernel)
  const holes = except.map((hole) => hole.pattern)
  // What a Deny is about is closed, and what it leaves out open; of an Allow it is the other way round.
  const [opened, closed] = opens ? [[pattern], holes] : [holes, [pattern]]
  if (!areFixed(closed))
    return partial('files that come to be during the run belong to their maker and are not closed')
  return areFixed(opened) ? full : partial('only files that exist at the start are opened')
}

const areFixed = (patterns: readonly string[]) => patterns.flatMap(expandBraces).every(isFixed)

function holdsShell(rule: Rule, capability: Capability): Holding {
  if (uncounted(rule, capability)) return notCounted
  const { effect } = rule
  if (effect === 'deny' && hiddenProgram(capability) !== undefined) {
    return partial('the program is hidden where programs usually lie, not a copy of it')
  }
  return none('the sandbox does not judge what each program is told to do')
}

/** A path without wildcards, or a whole folder. */
function isFixed(pattern: string): boolean {
  const fixed = pattern === '**' ? '' : pattern.replace(/\/\*\*$/, '')
  return !/[*?[]/.test(fixed.replace(/\\./gs, ''))
}

function holdsHttp({ effect }: Rule, { pattern, actions }: Capability): Holding {
  const anyMethod = actions.includes('request') || actions.includes('other')
  if (anyMethod && !pattern.includes('/')) return full
  if (effect === 'allow' || effect === 'only')
    return partial('inside TLS nothing but the host is seen, so no tunnel is opened')
  return partial('inside TLS nothing but the host is seen, so the whole host is refused there')
}

function holdsRun(
  _rule: Rule,
  { constraints }: Capability,
  { machine, interactive }: Parameters<Holder>[2],
): Holding {
  const held = limitHolders(machine, interactive)
  const names = Object.keys(constraints) as LimitName[]
  const unheld = names.find((name) => (held[name] ?? []).length === 0)
  if (unheld !== undefined) return none(`nothing here holds \`${unheld}\``)
  const late = names.find((name) => !held[name].some((holder) => exactHolders[name].includes(holder)))
  return late === undefined ? full : partial(lateness[late])
}

/** Who holds a limit at every moment. A watchdog holds it at its next look. */
const exactHolders: Readonly<Record<LimitName, readonly string[]>> = {
  timeout: ['timer'],
  memory: ['cgroup'],
  processes: ['cgroup', 'prlimit'],
  output: ['pipe'],
  disk: [],
  cpu: [],
}

const lateness: Readonly<Record<LimitName, string>> = {
  timeout: 'no timer holds it',
  memory: 'there is no cgroup for it: more is seen, and ends the run, at the next look',
  processes: 'neither a cgroup nor prlimit holds it: more are seen, and end the run, at the next look',
  output: 'no pipe holds it',
  disk: 'a single file and the private folders are held; the project is looked at',
  cpu: 'a single process is held; the sum of all is looked at',
}
