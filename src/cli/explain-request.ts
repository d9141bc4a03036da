import { openProject } from '../ops/project.ts'
import { readRequest, requireAgent } from '../ops/request.ts'
import { decide } from '../policy/decide.ts'
import { explainDecision } from '../policy/explain.ts'
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
  const project = await openProject({ cwd: terminal.cwd(), env: terminal.env, ...specs })
  const asking = agent === undefined ? undefined : requireAgent(agent, project)
  const request = readRequest(text, project, asking)
  const decision = decide(project.policy, request)
  const { constraints } = decision
  const explained = { ...explainDecision(project.policy, request, decision), request: text, constraints }
  terminal.answer('explain', explainedData(explained), () => renderExplained(explained, terminal.style))
  return exitCode === true && decision.effect !== 'allow' ? exitCodes.refused : exitCodes.done
}
