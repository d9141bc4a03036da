import { compilePolicy } from '../../policy/compile.ts'
import { decide } from '../../policy/decide.ts'
import type { Capability, Request } from '../../policy/types.ts'
import { choosePacks } from './choose-packs.ts'
import type { FileUse, Learned } from './learned.ts'
import { hasPack } from './packs.ts'
import {
  fileRequest,
  isSayable,
  type MakeRule,
  mostExamples,
  type Proposal,
  type ProposeFacts,
  ruleMaker,
} from './proposal.ts'
import { commandRules } from './propose-command.ts'
import { fileRules, newFolderNotes, withFolder } from './propose-files.ts'
import { cacheNotes, wantedRules } from './propose-wanted.ts'

export interface Proposals {
  /** What would have let the run pass. */
  readonly needed: readonly Proposal[]
  /** What it looked for and did without. */
  readonly wanted: readonly Proposal[]
  /** What no narrow rule can say. */
  readonly notes: readonly string[]
}

/** The smallest readable set of rules that would have let the run pass; what the rules allow or deny now is left out. */
export function proposeRules(learned: Learned, facts: ProposeFacts): Proposals {
  const { run } = learned
  const open = createOpen(facts, run.agent)
  const files = learned.files.filter((use) => open.isOpen(fileRequest(use))).sort(byUse)
  const names = learned.names.filter((target) => open.isOpen({ resource: 'env', action: 'read', target }))
  const packs = choosePacks({ files, names }, facts)
  const left = files.filter((use) => !packs.some(({ allows }) => allows(fileRequest(use))))
  const rule = ruleMaker(learned)
  const commands = commandRules(learned, facts, rule)
  const rules = [
    ...commands.proposals,
    ...fileRules(withFolder([...left, ...commands.files], run, facts.policy), facts, rule),
    ...hostRules(learned, open, rule),
  ]
  const taken = packs.map(({ name, uses }) => packProposal(name, uses))
  const secrets =
    rules.length + taken.length > 0 && !hasPack(facts.policy.rules, facts.packs.secrets.name, run.agent)
  const held = secrets ? [packProposal(facts.packs.secrets.name, [])] : []
  return {
    needed: [...held, ...taken, ...rules],
    wanted: wantedRules(learned, facts, { isOpen: (use) => open.isOpen(fileRequest(use)), rule }),
    notes: [...commands.notes, ...newFolderNotes(left, rules, facts), ...cacheNotes(learned, facts)],
  }
}

interface Open {
  /** Neither allowed nor closed by a rule: an Allow would change it. */
  readonly isOpen: (request: Request) => boolean
}

function createOpen({ policy, packs }: ProposeFacts, agent: string): Open {
  const closed = hasPack(policy.rules, packs.secrets.name, agent) ? [] : packs.secrets.rules
  const held =
    closed.length === 0 ? policy : compilePolicy({ ...policy, rules: [...policy.rules, ...closed] })
  return {
    isOpen: (request) => {
      const { effect, rule } = decide(held, { ...request, agent })
      return effect === 'deny' && rule === undefined
    },
  }
}

/** Nothing that is said depends on what happened first. */
function byUse(a: FileUse, b: FileUse): number {
  const [one, other] = [a, b].map(({ target, action }) => `${target}\0${action}`)
  return (one ?? '') < (other ?? '') ? -1 : one === other ? 0 : 1
}

function packProposal(name: string, uses: readonly string[]): Proposal {
  const more = uses.length > mostExamples
  return { text: name, pack: name, count: uses.length, examples: uses.slice(0, mostExamples), more }
}

function hostRules({ hosts }: Learned, { isOpen }: Open, rule: MakeRule): readonly Proposal[] {
  const open = hosts.filter(({ host, port }) =>
    isOpen({ resource: 'http', action: 'request', target: `${host}:${port}` }),
  )
  const byName = Map.groupBy(open, ({ host, port }) => (webPorts.has(port) ? host : `${host}:${port}`))
  const rules = [...byName].sort(byKey).map(([pattern, uses]) => {
    const count = uses.reduce((sum, use) => sum + use.count, 0)
    const capability: Capability = { resource: 'http', pattern, actions: ['request'], constraints: {} }
    const examples = [...new Set(uses.map(({ host, port }) => `${host}:${port}`))].sort()
    return rule([capability], { count, examples })
  })
  return rules.filter(isSayable)
}

/** What a host without a port stands for. */
const webPorts: ReadonlySet<number> = new Set([80, 443])
const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)
