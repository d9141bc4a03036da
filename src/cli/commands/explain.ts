import { openProject } from '../../ops/project.ts'
import { readRequest, requireAgent } from '../../ops/request.ts'
import { decide } from '../../policy/decide.ts'
import { explainDecision } from '../../policy/explain.ts'
import { exitCodes, OosError } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { explainedData, renderExplained } from '../output/decision.ts'

interface Options {
  readonly agent?: string
  readonly spec?: string
  readonly stdin?: true
  readonly exitCode?: true
}

/** `oos explain REQUEST`: what the rules say to it, by which line, and what would change that. */
export const explain: Define = (command, terminal) => {
  command
    .argument('[request]', "what would be done: 'file:src/a.ts:write', 'shell:git push origin main'")
    .option('--agent <name>', 'who asks')
    .option('--spec <folder>', 'specs that lie elsewhere')
    .option('--stdin', 'read a request a line, write a decision a line')
    .option('--exit-code', 'exit 3 unless it is allowed')
  return async (text: string | undefined, { agent, spec, stdin, exitCode }: Options) => {
    if ((text === undefined) !== (stdin === true)) throw oneOrTheOther()
    const specs = spec === undefined ? {} : { specs: spec }
    const project = await openProject({ cwd: terminal.cwd(), env: terminal.env, ...specs })
    const asking = agent === undefined ? undefined : requireAgent(agent, project)
    if (text === undefined)
      return (await import('../explain-lines.ts')).explainLines(project, terminal, asking)
    const request = readRequest(text, project, asking)
    const decision = decide(project.policy, request)
    const { constraints } = decision
    const explained = { ...explainDecision(project.policy, request, decision), request: text, constraints }
    terminal.answer('explain', explainedData(explained), () => renderExplained(explained, terminal.style))
    return exitCode === true && decision.effect !== 'allow' ? exitCodes.refused : exitCodes.done
  }
}

function oneOrTheOther(): OosError {
  return new OosError('usage', 'name one request, or give them on standard input with --stdin', {
    hint: "oos explain 'shell:git push origin main'",
  })
}
