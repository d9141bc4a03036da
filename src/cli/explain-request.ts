import { compileHere, type Project, readSoundProject } from '../ops/project.ts'
import { readRequest, requireAgent } from '../ops/request.ts'
import { compilePolicy, type Policy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import { explainDecision } from '../policy/explain.ts'
import { partsOf } from '../policy/request-parts.ts'
import type { Request } from '../policy/types.ts'
import { exitCodes } from '../shared/errors.ts'
import { explainedData, renderExplained } from './output/decision.ts'
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
  const explained = { ...explainDecision(policy, request, decision), request: text, constraints }
  terminal.answer('explain', explainedData(explained), () => renderExplained(explained, terminal.style))
  return exitCode === true && decision.effect !== 'allow' ? exitCodes.refused : exitCodes.done
}

/** Only files have links, and following them asks the disk about every path that a rule closes: a ms of each start. */
function compileFor(request: Request, project: Project): Policy {
  const asked = request.resource === 'shell' ? partsOf(request, project).parts : [request]
  if (asked.some(({ resource }) => resource === 'file')) return compileHere(project.rules, project)
  const { rules, root, home } = project
  return compilePolicy({ rules, root, home, now: Date.now() })
}
