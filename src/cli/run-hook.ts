import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type RunCard, readCard } from '../ops/hooks/card.ts'
import { type Change, readStagedChange, settleGitEnvironment } from '../ops/hooks/change.ts'
import { type HookName, hookNames, isHookName, listGiven } from '../ops/hooks/names.ts'
import type { Required } from '../ops/hooks/required.ts'
import { stampSound } from '../ops/hooks/stamp.ts'
import { type Project, readProject } from '../ops/project/project.ts'
import { specFolder } from '../ops/project/root.ts'
import type { Rule } from '../policy/types.ts'
import { exitCodes, OosError } from '../shared/errors.ts'
import type { Terminal } from './terminal.ts'

export interface HookCall {
  readonly name: string
  /** As git gives them to the hook. */
  readonly words: readonly string[]
  /** The project's folder, where that is not the top of the work tree. */
  readonly project?: string
}

/** What a git hook does: in a run by the rules of the run, for a person by what the specs require. Of what is well it says only what it ran. */
export async function runHook(call: HookCall, terminal: Terminal): Promise<number> {
  const { name } = call
  if (!isHookName(name)) {
    throw new OosError('usage', `\`${name}\` is no hook that oos knows`, {
      hint: `oos hooks run ${hookNames.join(' | ')}`,
    })
  }
  const cwd = terminal.cwd()
  settleGitEnvironment(terminal.env, cwd)
  return await hooks[name]({ ...call, cwd, terminal, card: readCard() })
}

interface Hook extends HookCall {
  readonly cwd: string
  readonly terminal: Terminal
  /** Of the run that this is part of, if it is. */
  readonly card: RunCard | undefined
}

const hooks: Readonly<Record<HookName, (hook: Hook) => Promise<number>>> = {
  'pre-commit': beforeCommit,
  'pre-merge-commit': beforeCommit,
  'commit-msg': markMessage,
  'pre-push': beforePush,
}

async function beforeCommit(hook: Hook): Promise<number> {
  const { cwd, card, words, terminal } = hook
  const startedAt = Date.now()
  const change = await readStagedChange(cwd, words[0] === listGiven)
  if (card !== undefined) {
    const { currentBranch } = await import('../ops/hooks/asked-git.ts')
    const { judgeCommit, requireNone } = await import('../ops/hooks/judge-commit.ts')
    const branch = currentBranch(change.top)
    requireNone(judgeCommit(card, { ...change, branch }, Date.now()), 'this commit')
    return await runRequirements(hook, 'commit', { ...card, change })
  }
  const project = await readHere(hook)
  if (project === undefined) return exitCodes.done
  const specs = `${project.root}/${specFolder}/`
  if (change.written.some(({ path }) => `${change.top}/${path}`.startsWith(specs))) {
    const { checkStagedSpecs } = await import('./staged-specs.ts')
    const code = checkStagedSpecs({ ...hook, root: project.root })
    if (code !== exitCodes.done) return code
  }
  if (!requires(sound(project).rules, 'commit')) stampSound(cwd, terminal.env, startedAt)
  return await runRequirements(hook, 'commit', { ...project, project, agent: 'command', change })
}

async function markMessage({ words: [file], cwd, card }: Hook): Promise<number> {
  if (card === undefined) return exitCodes.done
  if (file === undefined)
    throw new OosError('usage', 'the file of the message is missing', {
      hint: 'oos hooks run commit-msg FILE',
    })
  const { addTrailers } = await import('../ops/hooks/trailers.ts')
  addTrailers(resolve(cwd, file), card)
  return exitCodes.done
}

async function beforePush(hook: Hook): Promise<number> {
  const { cwd, words, card } = hook
  if (card === undefined) {
    const project = await readHere(hook)
    return project === undefined
      ? exitCodes.done
      : await runRequirements(hook, 'push', { ...sound(project), project, agent: 'command' })
  }
  const { isAheadOf, parsePushed, pushRequests } = await import('../ops/hooks/pushed.ts')
  const { judgePush, requireNone } = await import('../ops/hooks/judge-commit.ts')
  const pushed = parsePushed(readFileSync(0, 'utf8'))
  const requests = pushRequests(pushed, words[0] ?? '*', (one) => isAheadOf(cwd, one))
  requireNone(judgePush(card, requests, Date.now()), 'this push')
  return await runRequirements(hook, 'push', card)
}

/** Where there are no specs, nothing is asked of a person. */
async function readHere({ cwd, project, terminal }: Hook): Promise<Project | undefined> {
  const place = { cwd: project === undefined ? cwd : resolve(cwd, project), env: terminal.env }
  try {
    return await readProject(place)
  } catch (error) {
    if (error instanceof OosError && error.code === 'project-missing') return undefined
    throw error
  }
}

/** What is wrong in the specs stops him: what they require is not known. */
function sound(project: Project): Project {
  const fault = project.diagnostics.find(({ severity }) => severity === 'error')
  if (fault === undefined) return project
  throw new OosError('spec-invalid', `${fault.message}: what the specs require is not known`, {
    hint: 'oos spec check; or go past it this once with --no-verify',
    place: fault.place,
  })
}

function requires(rules: readonly Rule[], stage: 'commit' | 'push'): boolean {
  return rules.some((rule) => rule.effect === 'require' && rule.stage === stage)
}

interface Requiring {
  readonly rules: readonly Rule[]
  readonly root: string
  readonly home: string
  readonly agent: string
  readonly change?: Change
  /** Of a person, whose yes decides whether anything is run; a run has its own. */
  readonly project?: Project
}

async function runRequirements(
  { terminal, card }: Hook,
  stage: 'commit' | 'push',
  asked: Requiring,
): Promise<number> {
  if (!requires(asked.rules, stage)) return exitCodes.done
  const { requiredBefore, runRequired } = await import('../ops/hooks/required.ts')
  const all = requiredBefore(asked.rules, { ...asked, stage })
  const [first] = all
  if (first !== undefined && asked.project !== undefined)
    await requireAgreed(asked.project, { required: first, env: terminal.env })
  for (const required of all) {
    const { ok, how, tail } = runRequired(required, {
      inside: card !== undefined,
      root: asked.root,
      env: terminal.env,
    })
    const { renderPassed, renderTail } = await import('./output/required.ts')
    const { rule, words } = required
    if (ok) {
      terminal.tell(renderPassed({ words, stage, place: rule.source }, terminal.talk))
      continue
    }
    terminal.tell(renderTail(tail, terminal.talk))
    throw new OosError('denied', `\`${words.join(' ')}\` ${how}, and has to end well before a ${stage}`, {
      place: rule.source,
      hint:
        card === undefined
          ? `mend it, or go past it this once with git ${stage} --no-verify`
          : 'mend it, then try again',
    })
  }
  return exitCodes.done
}

/** What nobody has agreed to is not run at all: there is nothing to mend in it, and its run would only show the same again. */
async function requireAgreed(
  project: Project,
  { required, env }: { readonly required: Required; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const { findTrust, judgeTrust } = await import('../ops/trust/trust.ts')
  const { excess } = await judgeTrust(project, findTrust(project, env))
  if (excess === undefined) return
  const what = `\`${required.words.join(' ')}\` was not run: you have not agreed to what these specs give`
  throw new OosError('untrusted', what, { place: required.rule.source, hint: 'oos trust' })
}
