import type { Policy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import { limitsFor, rulesFor } from '../policy/rules-for.ts'
import type { Resource, Rule } from '../policy/types.ts'
import { allowingRule, type EnvRule, planEnvironment, unpassedEnvironment } from './environment.ts'
import { looseComparison } from './git/tracked.ts'
import { sandboxHolds, startHolds } from './holds.ts'
import { limitHolders } from './limits.ts'
import { fileMounts, sortMounts } from './mounts.ts'
import { proxyEnv } from './network/env.ts'
import { asSystemLink, besideRules, privateMounts } from './private.ts'
import { requireReach } from './reach.ts'
import { refuseTooMany } from './too-many-mounts.ts'
import { accessAt, nearest } from './tree/access-at.ts'
import { tellReadOnly, tellUnopened } from './tree/elsewhere.ts'
import { isKernelPlace } from './tree/kernel-places.ts'
import { tellShared } from './tree/shared-objects.ts'
import type {
  EnvEntry,
  LimitName,
  LimitPlan,
  Mount,
  NetworkPlan,
  PlanInput,
  SandboxPlan,
  Unheld,
} from './types.ts'

/** From rules and facts to everything that a confined run is given. Pure: it can be shown before it is done. */
export function planSandbox(input: PlanInput): SandboxPlan {
  const { policy, agent, machine, tree } = input
  requireReach(input)
  const files = fileMounts(tree, input.standIns)
  const { gitFile } = input
  const byRules = files.mounts
    .filter(({ path }) => path !== gitFile?.path && !isKernelPlace(path))
    .map((mount) => asSystemLink(mount, machine))
  const network = planNetwork(policy, agent)
  const variables = envRules(policy, agent)
  const passed = planEnvironment(variables, machine)
  const env = [...passed, ...networkEnvironment(network), ...gitEnvironment(files.mounts, passed)]
  const own = [...privateMounts(machine, input.cacheHome), ...settingsMounts(input, variables)]
  const base = besideRules(own, byRules)
  const mounts = sortMounts([
    ...base,
    ...byRules,
    ...shownRoot(input, [...base, ...byRules]),
    ...(input.own ?? []),
    ...(gitFile === undefined ? [] : [gitFile]),
  ])
  return {
    command: input.command,
    cwd: input.cwd,
    mounts,
    env,
    unpassed: unpassedEnvironment(variables, env, machine),
    network,
    limits: planLimits(input),
    unheld: [
      ...refuseTooMany(mounts, input.root),
      ...tellReadOnly(input.tree, input.machine.home),
      ...tellUnopened(input.tree, input.machine.home),
      ...tellShared(input.tree),
      ...files.unheld,
      ...unheldRules(input),
    ],
    ghosts: files.ghosts,
    placeholders: files.placeholders,
    interactive: input.interactive,
  }
}

/**
 * In a place that the run has for itself, the project's folder would be one of its own where no mount shows it: what a
 * command makes there would succeed, and be gone.
 */
function shownRoot({ root, tree }: PlanInput, mounts: readonly Mount[]): Mount[] {
  const around = nearest(new Map(mounts.map((mount) => [mount.path, mount])), root)
  if (around?.kind !== 'tmpfs' || around.path === root) return []
  const access = accessAt(tree.entries, root)
  return access === 'none'
    ? [{ kind: 'mask-folder', path: root, note: "no rule opens the project's own folder" }]
    : [{ kind: access, path: root, note: "the project's own folder, which a rule opens" }]
}

function envRules(policy: Policy, agent: string): EnvRule[] {
  return rulesFor(policy, agent, [], 'env').map(({ effect, rule, matches }) => ({
    effect,
    rule,
    matches: (name) => matches(name, 'read'),
  }))
}

function planNetwork(policy: Policy, agent: string): NetworkPlan {
  const rules = rulesFor(policy, agent, [], 'http')
  const open = rules.filter(({ effect }) => effect === 'allow')
  if (open.length === 0) return { mode: 'none', note: 'no rule allows a host' }
  return { mode: 'proxy', rules: [...new Set(rules.map(({ rule }) => rule))] }
}

/** Where the rules let a run know who commits, and close nothing of what says it. */
function settingsMounts({ policy, agent, machine }: PlanInput, variables: readonly EnvRule[]): Mount[] {
  const rule = allowingRule(variables, 'GIT_AUTHOR_NAME')
  if (rule === undefined || machine.home === '/') return []
  const isClosed = (target: string) => {
    const decision = decide(policy, { resource: 'file', action: 'read', target, agent })
    return decision.effect !== 'allow' && decision.rule !== undefined
  }
  return machine.gitSettings
    .filter(({ from }) => !from.some(isClosed))
    .map(({ path, content }) => ({ kind: 'copy', path, content, rule }))
}

/** Not where a rule lets in what the person tells git in the same way. */
function gitEnvironment(mounts: readonly Mount[], passed: readonly EnvEntry[]): EnvEntry[] {
  const isSet = passed.some(({ name }) => name === 'GIT_CONFIG_COUNT')
  if (isSet || !mounts.some(({ look }) => look !== undefined)) return []
  const note = 'git takes closed files for unchanged'
  return Object.entries(looseComparison).map(([name, value]) => ({ name, value, note }))
}

/** No rule names these: without them nothing inside would find the way that the rules open. */
function networkEnvironment({ mode }: NetworkPlan): EnvEntry[] {
  if (mode === 'none') return []
  return Object.entries(proxyEnv()).map(([name, value]) => ({
    name,
    value,
    note: 'the way out, through oos',
  }))
}

function planLimits({ policy, agent, machine, interactive }: PlanInput): LimitPlan[] {
  const holders = limitHolders(machine, interactive)
  return limitsFor(policy, agent).flatMap(({ name, value, rule }) => {
    if (!isLimit(name)) return []
    const heldBy = holders[name]
    return [{ name, value, rule, heldBy, ...(heldBy.length === 0 ? { note: 'nothing here holds it' } : {}) }]
  })
}

const limitNames: readonly string[] = [
  'timeout',
  'memory',
  'processes',
  'output',
  'disk',
  'cpu',
] satisfies LimitName[]
const isLimit = (name: string): name is LimitName => limitNames.includes(name)

/** Where a Deny that is not held would let through what its author thinks is stopped. */
const mustHold: ReadonlySet<Resource> = new Set<Resource>(['file', 'http', 'env'])

function unheldRules({ policy, agent, machine, interactive, own }: PlanInput): Unheld[] {
  // Hooks that are installed run what is required of a commit or a push.
  const isHooks = ({ effect, stage }: Rule) =>
    own !== undefined && effect === 'require' && (stage === 'commit' || stage === 'push')
  return policy.rules
    .filter(({ agents }) => agents.length === 0 || agents.includes(agent))
    .filter((rule) => !isHooks(rule))
    .flatMap((rule) => {
      const capabilities = rule.capabilities.filter(
        (each) => startHolds({ ...rule, capabilities: [each] }).level === 'none',
      )
      const { level, missing = '' } = sandboxHolds({ ...rule, capabilities }, machine, interactive)
      return capabilities.length > 0 && level === 'none'
        ? [{ rule, missing, refuse: saysNo(rule.effect, capabilities) }]
        : []
    })
}

function saysNo(effect: Rule['effect'], capabilities: Rule['capabilities']): boolean {
  return (
    (effect === 'deny' || effect === 'only') && capabilities.some(({ resource }) => mustHold.has(resource))
  )
}
