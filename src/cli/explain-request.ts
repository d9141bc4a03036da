import { existsSync } from 'node:fs'
import { unheld } from '../ops/points/unheld.ts'
import { compileHere, type Project, readSoundProject } from '../ops/project/project.ts'
import { readRequest, requireAgent } from '../ops/request.ts'
import { requestHere } from '../ops/request-here.ts'
import { compilePolicy, type Policy } from '../policy/compile.ts'
import { decide, decidePart } from '../policy/decide.ts'
import { decideWithOwn, isUnspoken } from '../policy/decide-with-own.ts'
import type { Change } from '../policy/explain/changes.ts'
import { explainDecision } from '../policy/explain/explain.ts'
import { partsOf } from '../policy/request/parts.ts'
import type { Decision, Request } from '../policy/types.ts'
import { exitCodes } from '../shared/errors.ts'
import { resolveLinks } from '../shared/resolve-links.ts'
import { isBelow, isWithin } from '../shared/within.ts'
import { noteNamedClosed } from './named-closed.ts'
import { explainedData, renderExplained } from './output/decision.ts'
import { renderRulePlace } from './output/rules.ts'
import type { Terminal } from './terminal.ts'

export interface ExplainOptions {
  readonly agent?: string
  readonly spec?: string
  readonly exitCode?: true
}

/** Answers one request; the exit code. */
export async function explainRequest(
  text: string,
  { agent, spec, exitCode }: ExplainOptions,
  terminal: Terminal,
): Promise<number> {
  const specs = spec === undefined ? {} : { specs: spec }
  const project = await readSoundProject({ cwd: terminal.cwd(), env: terminal.env, ...specs })
  const asking = agent === undefined ? undefined : requireAgent(agent, project)
  const request = readRequest(text, project, asking)
  const policy = compileFor(request, project)
  const decision = decide(policy, request)
  const { constraints } = decision
  const explanation = explainDecision(policy, request, decision)
  const changes = [
    ...noteUnheld(request),
    ...(await noteOwnPlace(policy, request, decision)),
    ...(await noteClosedInRun(policy, request, decision)),
    ...noteFromRoot(text, request, project),
    ...noteNamedClosed(policy, request, decision),
    ...explanation.changes,
  ]
  const explained = { ...explanation, request: text, constraints, changes }
  terminal.answer('explain', explainedData(explained), () => renderExplained(explained, terminal.style))
  return exitCode === true && decision.effect !== 'allow' ? exitCodes.refused : exitCodes.done
}

/** What the rules say is the answer; that nothing acts on it has to stand beside it. */
function noteUnheld({ resource }: Request): readonly Change[] {
  if (resource === 'run') {
    const text =
      'a run as a whole is limited, not allowed or denied: `oos run --dry-run -- npm test` shows its limits'
    return [{ kind: 'none', text }]
  }
  if (!unheld.includes(resource)) return []
  return [
    {
      kind: 'none',
      text: `nothing holds rules about \`${resource}\` yet: an Allow gives nothing, and a Deny stops nothing`,
    },
  ]
}

/** Rules alone say no, and a run needs none for what it has for itself. */
async function noteOwnPlace(
  policy: Policy,
  request: Request,
  { effect }: Decision,
): Promise<readonly Change[]> {
  if (effect !== 'deny' || process.platform !== 'linux') return []
  const parts = request.resource === 'shell' ? partsOf(request, policy).parts : [request]
  const unspoken = parts.filter(
    (part) => part.resource === 'file' && isUnspoken(decidePart(policy, part)) && mayBeOwn(part, policy),
  )
  if (unspoken.length === 0) return []
  // The look at the disk is a fifth of the program, and hardly ever needed.
  const { ownPlaces } = await import('../ops/project/own-places.ts')
  const own = ownPlaces(policy)
  const [place] = unspoken.flatMap((file) => own(file) ?? [])
  if (place === undefined) return []
  const has = `a run has a \`${place}\` of its own, gone when it ends`
  if (request.resource === 'file') return [{ kind: 'none', text: `${has}: rules are about yours` }]
  const start = decideWithOwn(policy, request, (file) => own(file) !== undefined)
  if (start.effect === 'deny') return []
  const does = start.effect === 'allow' ? 'starts it all the same' : 'asks about the rest alone'
  return [{ kind: 'none', text: `\`oos run\` ${does}: ${has}` }]
}

/** What is mounted can be wider than what the rules say of one file. */
async function noteClosedInRun(
  policy: Policy,
  request: Request,
  { effect }: Decision,
): Promise<readonly Change[]> {
  const { resource, target } = request
  if (effect !== 'allow' || resource !== 'file' || process.platform !== 'linux') return []
  if (!isBelow(target, policy.root) || !existsSync(target)) return []
  // It looks at the whole project, as a run does when it starts.
  const { closedInRun } = await import('../ops/closed-in-run.ts')
  const closed = await closedInRun(policy, request)
  if (closed === undefined) return []
  const { rule, note } = closed.by
  const why =
    note?.replaceAll(`${policy.root}/`, '') ?? (rule && `${renderRulePlace(rule)} ${rule.source.text}`)
  const is = closed.access === 'none' ? 'closed' : 'only to be read'
  return [{ kind: 'none', text: `in a run it is ${is}${why === undefined ? '' : `: ${why}`}` }]
}

const mayBeOwn = ({ target }: Request, { root }: Policy) => !isWithin(target, root)

/** What is shown of a rule is named from the project's root; what is typed is read from where the person stands. */
function noteFromRoot(text: string, request: Request, project: Project): readonly Change[] {
  const { root } = project
  const cwd = resolveLinks(project.cwd)
  const meant = requestHere(text, { root, cwd })
  if (request.resource !== 'file' || meant === text || existsSync(request.target)) return []
  const fromRoot = readRequest(meant, { ...project, cwd })
  if (!existsSync(fromRoot.target)) return []
  return [
    {
      kind: 'none',
      text: `a path is read from where you stand: the one below the project's root is \`${meant}\` here`,
    },
  ]
}

/** Only files have links, and following them asks the disk about every path that a rule closes: a ms of each start. */
function compileFor(request: Request, project: Project): Policy {
  const asked = request.resource === 'shell' ? partsOf(request, project).parts : [request]
  if (asked.some(({ resource }) => resource === 'file')) return compileHere(project.rules, project)
  const { rules, root, home } = project
  return compilePolicy({ rules, root, home, now: Date.now() })
}
