import { ownPlaces } from '../ops/project/own-places.ts'
import { compileHere, type Project, readSoundProject } from '../ops/project/project.ts'
import { resolveFolder } from '../ops/project/root.ts'
import type { Agreed } from '../policy/agreed.ts'
import type { Policy } from '../policy/compile.ts'
import { decideWithOwn } from '../policy/decide-with-own.ts'
import type { Decision } from '../policy/types.ts'
import { requireBubblewrap } from '../sandbox/bubblewrap.ts'
import { readFacts } from '../sandbox/facts.ts'
import { straightGitFile } from '../sandbox/git/pointer.ts'
import { planSandbox } from '../sandbox/plan.ts'
import { findProgram } from '../sandbox/program.ts'
import { standIns } from '../sandbox/stand-ins.ts'
import { readTree } from '../sandbox/tree/read.ts'
import type { MachineFacts, SandboxPlan, TreeFacts } from '../sandbox/types.ts'
import { OosError } from '../shared/errors.ts'
import { type CommandRequest, commandRequest } from './command-request.ts'
import { ownRules } from './own-rules.ts'
import { hooksInside } from './repositories/hooks-inside.ts'
import { type RunFolders, runFolders } from './run-folders.ts'
import { runRules } from './run-rules.ts'
import { type RunWords, resolveTarget } from './target.ts'

export interface RunRequest {
  readonly words: RunWords
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly strict?: boolean
  readonly trustSpecs?: boolean
  /** What nobody has agreed to in the project's specs is left out. */
  readonly untrusted?: boolean
  /** Capabilities of this run alone. */
  readonly allow: readonly string[]
  readonly deny: readonly string[]
  /** What no rule allows is let through and recorded. */
  readonly learn?: boolean
  /** Somebody sits at the terminal. */
  readonly interactive: boolean
}

/** What was asked for, and what the rules say to it. */
export interface RunIntent {
  readonly request: RunRequest
  readonly project: Project
  readonly policy: Policy
  /** Of a run that learns: what the rules alone say. */
  readonly learning?: { readonly base: Policy }
  readonly asked: CommandRequest
  readonly decision: Decision
  /** A person was asked, and lets it be this once. */
  readonly answer?: 'yes'
  /** What that was a yes to, of what is judged again later. */
  readonly agreed?: readonly Agreed[]
  readonly folders: RunFolders
}

/** Everything that is decided before anything is done. */
export interface PreparedRun extends RunIntent {
  /** Its id, where the sandbox has to tell it; else the record makes one. */
  readonly run?: string
  readonly machine: MachineFacts
  readonly tree: TreeFacts
  readonly plan: SandboxPlan
}

/** Reads the specs and decides the command. */
export async function intendRun(request: RunRequest): Promise<RunIntent> {
  requireLinux()
  const { learn: bare = false } = request
  return intendFor(await readSoundProject({ cwd: request.cwd, env: request.env, bare }), request)
}

/** What the project's rules say to the command. */
export async function intendFor(project: Project, request: RunRequest): Promise<RunIntent> {
  const { agent, command } = resolveTarget(request.words, project.agents)
  const base = policyOf(project, request)
  const asked = commandRequest(agent, command, resolveFolder(request.cwd))
  const folders = runFolders(project, request.env)
  const policy = request.learn ? await learningRules(base, asked, project) : base
  const decision = decideStart(policy, asked)
  return { request, project, policy, asked, decision, folders, ...(request.learn && { learning: { base } }) }
}

/** What a run has for itself, no rule has to give to its command. */
export function decideStart(policy: Policy, asked: CommandRequest): Decision {
  const own = ownPlaces(policy)
  return decideWithOwn(policy, asked, (file) => own(file) !== undefined)
}

/** Parses packs, which no other run has to. */
async function learningRules(base: Policy, asked: CommandRequest, project: Project): Promise<Policy> {
  const { learningPolicy } = await import('./learn/learning.ts')
  return learningPolicy(project, { base, asked })
}

/** The specs' rules, with those of this run. */
export function policyOf(project: Project, request: RunRequest): Policy {
  const own = [...ownRules(project, request.env), ...runRules(request)]
  return compileHere([...project.rules, ...own], project)
}

/** Reads the machine and the tree, and plans the run. Starts and changes nothing. */
export async function prepareRun(intent: RunIntent): Promise<PreparedRun> {
  const { request, project, policy, asked } = intent
  const machine = readFacts(request.env, project)
  requireBubblewrap(machine)
  return { ...intent, ...planRun(intent, { machine, tree: await readTree(policy, asked.agent) }) }
}

type Planned = Pick<PreparedRun, 'run' | 'machine' | 'tree' | 'plan'>

/** The same with the machine and the tree as they are known. */
export function planRun(intent: RunIntent, { machine, tree }: Pick<Planned, 'machine' | 'tree'>): Planned {
  const { request, project, policy, asked, folders } = intent
  const { root } = project
  const { agent, words: command, cwd } = asked
  const inside = hooksInside(intent, tree)
  const plan = planSandbox({
    policy,
    agent,
    command,
    cwd,
    root,
    machine,
    tree,
    program: findProgram(command[0] ?? '', { root, cwd, path: request.env.PATH ?? '' }),
    standIns: standIns(folders.standIns),
    cacheHome: folders.cache,
    gitFile: straightGitFile(root, tree.entries),
    ...(inside === undefined ? {} : { own: inside.mounts }),
    // Whoever is traced cannot be told to be stopped from the terminal: such a run has no job control.
    interactive: request.interactive && intent.learning === undefined,
  })
  return { ...(inside === undefined ? {} : { run: inside.run }), machine, tree, plan }
}

function requireLinux(): void {
  if (process.platform === 'linux') return
  throw new OosError('platform', `\`oos run\` needs Linux with bubblewrap, and this is ${process.platform}`, {
    hint: 'on macOS or WSL1 use a Linux machine, a VM or WSL2; `oos explain` and `oos spec` work here',
  })
}
