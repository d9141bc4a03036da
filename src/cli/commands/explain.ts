import { openProject } from '../../ops/project/project.ts'
import { requireAgent } from '../../ops/request.ts'
import { OosError } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { type ExplainOptions, explainRequest } from '../explain-request.ts'

interface Options extends ExplainOptions {
  readonly stdin?: true
}

/** `oos explain REQUEST`: what the rules say to it, by which line, and what would change that. */
export const explain: Define = (command, terminal) => {
  command
    .argument('[request]', "what would be done: 'file:src/a.ts:write', 'shell:git push origin main'")
    .option('--agent <name>', 'who asks')
    .option('--spec <folder>', 'specs that lie elsewhere')
    .option('--stdin', 'read a request a line, write a decision a line')
    .option('--exit-code', 'exit 3 unless it, or each of them, is allowed')
  return async (text: string | undefined, options: Options) => {
    if ((text === undefined) !== (options.stdin === true)) throw oneOrTheOther()
    if (text !== undefined) return explainRequest(text, options, terminal)
    const { agent, spec, exitCode } = options
    const specs = spec === undefined ? {} : { specs: spec }
    const project = await openProject({ cwd: terminal.cwd(), env: terminal.env, ...specs })
    const asking = agent === undefined ? undefined : requireAgent(agent, project)
    const { explainLines } = await import('../explain-lines.ts')
    return explainLines(project, terminal, {
      ...(asking !== undefined && { agent: asking }),
      ...(exitCode && { exitCode }),
    })
  }
}

function oneOrTheOther(): OosError {
  return new OosError('usage', 'name one request, or give them on standard input with --stdin', {
    hint: "oos explain 'shell:git push origin main'",
  })
}
