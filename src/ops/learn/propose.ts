import { parseCapability, printCapability } from '../../policy/capability.ts'
import { compilePolicy, type Policy } from '../../policy/compile.ts'
import { decide, decidePart } from '../../policy/decide.ts'
import { compilePathGlob } from '../../policy/path-glob.ts'
import { capabilityOf } from '../../policy/request-capability.ts'
import { partsOf } from '../../policy/request-parts.ts'
import type { Capability, Request, Rule } from '../../policy/types.ts'
import { printRuleText } from '../../spec/print.ts'
import { shortId } from '../../store/ulid.ts'
import { choosePacks } from './choose-packs.ts'
import { isSecretName } from './credential-names.ts'
import type { FileUse, Learned } from './learned.ts'
import { hasPack, type LearningPacks } from './packs.ts'
import { type Place, placesOf, type TreeShape } from './places.ts'
import { folderOf, speakable } from './speakable.ts'

export interface ProposeFacts {
  /** The rules as they are now. */
  readonly policy: Policy
  readonly packs: LearningPacks
  /** Packs of the languages that the project is written in. */
  readonly own: readonly string[]
  readonly tree: TreeShape
  readonly wide: boolean
}

/** One thing that a person can say yes to. */
export interface Proposal {
  /** As it would stand in the spec: a rule without its bullet, or the name of a pack. */
  readonly text: string
  /** Of a rule. */
  readonly rule?: Rule
  /** Of a pack that is to be taken in. */
  readonly pack?: string
  readonly count: number
  /** Up to three of the uses that it is for. */
  readonly examples: readonly string[]
}

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
    ...fileRules(withFolder(left, run, facts.policy), facts, rule),
    ...hostRules(learned, open, rule),
  ]
  const taken = packs.map(({ name, uses }) => packProposal(name, uses))
  const secrets = rules.length + taken.length > 0 && !hasPack(facts.policy.rules, facts.packs.secrets.name)
  const held = secrets ? [packProposal(facts.packs.secrets.name, [])] : []
  return {
    needed: [...held, ...taken, ...rules],
    wanted: wantedRules(learned, facts, { open, rule }),
    notes: [...commands.notes, ...newFolderNotes(left, facts)],
  }
}

interface Open {
  /** Neither allowed nor closed by a rule: an Allow would change it. */
  readonly isOpen: (request: Request) => boolean
}

function createOpen({ policy, packs }: ProposeFacts, agent: string): Open {
  const closed = hasPack(policy.rules, packs.secrets.name) ? [] : packs.secrets.rules
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

function fileRequest({ target, action }: FileUse): Request {
  return { resource: 'file', action, target }
}

function packProposal(name: string, uses: readonly string[]): Proposal {
  return { text: name, pack: name, count: uses.length, examples: uses.slice(0, mostExamples) }
}

const mostExamples = 3

interface Making {
  readonly open: Open
  readonly rule: MakeRule
}

interface Uses {
  readonly count: number
  readonly examples: readonly string[]
  readonly except?: readonly Capability[]
}

type MakeRule = (capabilities: readonly Capability[], uses: Uses) => Proposal

function ruleMaker({ run }: Learned): MakeRule {
  const reason = `seen in run ${shortId(run.id)}${spokenCommand(run.command)}`
  return (capabilities, { count, examples, except = [] }) => {
    const bare: Rule = {
      effect: 'allow',
      capabilities,
      except,
      agents: run.agent === 'command' ? [] : [run.agent],
      reason,
      source: { file: '.agent-os/AGENT.md', line: 1, column: 1, text: '' },
      layer: 'project',
      examples: [],
    }
    const text = printRuleText(bare)
    return {
      text,
      rule: { ...bare, source: { ...bare.source, text } },
      count,
      examples: examples.slice(0, mostExamples),
    }
  }
}

/** In a reason it is prose: only what cannot be read as anything else. */
function spokenCommand(command: readonly string[]): string {
  const text = command.join(' ')
  return /^[\w ./:@=+-]{1,60}$/.test(text) && !/(?:^| )--?(?: |$)/.test(text) ? `: ${text}` : ''
}

interface CommandRules {
  readonly proposals: readonly Proposal[]
  readonly notes: readonly string[]
}

function commandRules({ run }: Learned, { policy, wide }: ProposeFacts, rule: MakeRule): CommandRules {
  const { command, cwd, agent } = run
  const asked: Request = {
    ...{ resource: 'shell', action: 'execute', target: command.join(' ') },
    ...{ words: command, cwd, agent },
  }
  const none = { proposals: [], notes: [] }
  if (decide(policy, asked).effect === 'allow') return none
  const { parts, unread } = partsOf(asked, policy)
  if (unread !== undefined)
    return wide ? { ...none, proposals: [anyCommand(rule, asked)] } : { ...none, notes: [unreadNote] }
  const proposals = parts
    .filter((part) => decidePart(policy, part).reasons.some(({ kind }) => kind === 'no-allow'))
    .map((part) => rule([capabilityOf(part, policy)], { count: 1, examples: [part.target] }))
    .filter((proposal) => isSayable(proposal))
  return { ...none, proposals }
}

/** What a first run cannot show. */
function newFolderNotes(uses: readonly FileUse[], { tree, policy }: ProposeFacts): readonly string[] {
  const made = uses.filter(
    ({ action, target, folder }) => action === 'create' && folder && tree.lasting.has(target),
  )
  const isOuter = ({ target }: FileUse) => !made.some((other) => target.startsWith(`${other.target}/`))
  const names = made
    .filter(isOuter)
    .map(({ target }) => `\`${shown(target, policy)}\``)
    .slice(0, mostExamples)
  if (names.length === 0) return []
  const what = `${names.join(', ')} was made by this run`
  return [
    tree.mayRemove
      ? `${what}, and the command seems to remove what it made before: let it learn once more, now that it is there, for what may be a narrower rule`
      : `${what}: if a later run fails because it cannot remove it, let it learn again`,
  ]
}

const unreadNote =
  'the command holds code that is not read, so only `shell:*` allows it: oos learn --wide proposes that'

function anyCommand(rule: MakeRule, { target }: Request): Proposal {
  const any: Capability = { resource: 'shell', pattern: '*', actions: ['execute'], constraints: {} }
  return rule([any], { count: 1, examples: [target] })
}

const isSayable = ({ rule }: Proposal) =>
  rule?.capabilities.every((capability) => parseCapability(printCapability(capability)).ok) ?? true

/** A command starts in its folder, and so something in it has to be there for it. */
function withFolder(
  uses: readonly FileUse[],
  { cwd, agent }: Learned['run'],
  policy: Policy,
): readonly FileUse[] {
  const isOpen = policy
    .view(agent)
    .clauses('file')
    .filter(({ effect }) => effect === 'allow')
    .some(({ capability }) => compilePathGlob(capability.pattern, policy).couldMatchBelow(cwd))
  if (isOpen || uses.some(({ target }) => target.startsWith(`${cwd}/`))) return uses
  return [...uses, { target: cwd, action: 'read', folder: true, below: false, count: 1 }]
}

/** Of the project alone: what was let through outside of it, a pack has opened. */
function fileRules(uses: readonly FileUse[], facts: ProposeFacts, rule: MakeRule): readonly Proposal[] {
  const { policy, tree, wide } = facts
  const inside = (target: string) => target === tree.root || target.startsWith(`${tree.root}/`)
  const spoken = uses.map((use) => speakable(use, policy))
  const places = placesOf(
    spoken.filter(({ target }) => inside(target)),
    tree,
    { wide },
  )
  return groupPlaces(places).map((group) => {
    const held = spoken.filter((use) => group.some((place) => isFor(place, use)))
    const count = held.reduce((sum, use) => sum + use.count, 0)
    const examples = [...new Set(held.map(({ target }) => shown(target, policy)))].sort()
    return rule(
      group.map((place) => placeCapability(place, policy)),
      { count, examples, except: group.flatMap(keptCapability) },
    )
  })
}

/** What is in a name's place is meant whatever it is: `x/**` is also x itself. */
function keptCapability({ kept = [] }: Place): Capability[] {
  const isPlain = (name: string) => /^[^\s{}[\]*?\\,:`~]+$/.test(name)
  const spoken = kept.filter((name) => isPlain(name) && parseCapability(`file:${name}/**:write`).ok)
  if (spoken.length === 0) return []
  const pattern = spoken.length === 1 ? `${spoken[0]}/**` : `{${spoken.join(',')}}/**`
  return [{ resource: 'file', pattern, actions: ['write'], constraints: {} }]
}

/** Single files of one folder with the same actions are one rule. */
function groupPlaces(places: readonly Place[]): readonly (readonly Place[])[] {
  const keyOf = ({ kind, path, read, write }: Place) =>
    JSON.stringify([kind === 'exact' ? folderOf(path) : path, kind, read, write])
  return [...Map.groupBy(places, keyOf).values()]
}

function isFor({ path, kind, read, write }: Place, { target, action }: FileUse): boolean {
  if (!(action === 'read' ? read : write)) return false
  if (target === path) return true
  if (kind === 'names') return folderOf(target) === path
  return kind === 'whole' && target.startsWith(`${path}/`)
}

function placeCapability({ path, kind, read, write }: Place, policy: Policy): Capability {
  const { pattern } = capabilityOf({ resource: 'file', action: 'read', target: path }, policy)
  const inside = kind === 'whole' ? '**' : '*'
  const below = pattern === '.' ? inside : `${pattern}/${inside}`
  return {
    resource: 'file',
    pattern: kind === 'exact' ? pattern : below,
    actions: [...(read ? ['read'] : []), ...(write ? ['write'] : [])],
    constraints: {},
  }
}

function shown(target: string, policy: Policy): string {
  return capabilityOf({ resource: 'file', action: 'read', target }, policy).pattern
}

function hostRules({ hosts }: Learned, { isOpen }: Open, rule: MakeRule): readonly Proposal[] {
  const open = hosts.filter(({ host, port }) =>
    isOpen({ resource: 'http', action: 'request', target: `${host}:${port}` }),
  )
  const byName = Map.groupBy(open, ({ host, port }) => (webPorts.has(port) ? host : `${host}:${port}`))
  return [...byName].sort(byKey).map(([pattern, uses]) => {
    const count = uses.reduce((sum, use) => sum + use.count, 0)
    const capability: Capability = { resource: 'http', pattern, actions: ['request'], constraints: {} }
    return rule([capability], { count, examples: uses.map(({ host, port }) => `${host}:${port}`).sort() })
  })
}

/** What a host without a port stands for. */
const webPorts: ReadonlySet<number> = new Set([80, 443])
const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)

/** Single files alone: a whole folder of a home holds more than anybody has looked at. */
function wantedRules(
  { wanted }: Learned,
  { policy }: ProposeFacts,
  { open, rule }: Making,
): readonly Proposal[] {
  return wanted
    .filter((use) => !use.folder && open.isOpen(fileRequest(use)) && !isSecretName(use.target))
    .map((use) =>
      rule([capabilityOf(fileRequest(use), policy)], {
        count: use.count,
        examples: [shown(use.target, policy)],
      }),
    )
    .filter(isSayable)
}
