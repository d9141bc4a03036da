import type { OpenProject } from '../ops/project/project.ts'
import { readRequest, requireAgent } from '../ops/request.ts'
import { decide } from '../policy/decide.ts'
import { exitCodes, OosError } from '../shared/errors.ts'
import type { ExplainOptions } from './explain-request.ts'
import { type InputLine, readLines } from './input-lines.ts'
import { decisionData } from './output/decision.ts'
import { envelopeVersion } from './output/envelope.ts'
import { sanitizeLine } from './output/sanitize.ts'
import { writeAnswer } from './output/write.ts'
import type { Terminal } from './terminal.ts'

/**
 * A request a line in, a decision a line out, each as soon as it is there. A line is the request itself, or
 * `{"request": …, "agent": …}`. A line that is no request gets an error in its place, and the others their answers.
 */
export async function explainLines(
  project: OpenProject,
  { json }: Terminal,
  { agent, exitCode }: Pick<ExplainOptions, 'agent' | 'exitCode'>,
): Promise<number> {
  let code: number = exitCodes.done
  for await (const line of readLines(process.stdin)) {
    if ('text' in line && line.text.trim() === '') continue
    const answer = answerLine(line, project, agent)
    if ('error' in answer) code = exitCodes.invalid
    else if (exitCode && answer.effect !== 'allow' && code === exitCodes.done) code = exitCodes.refused
    writeAnswer(`${json ? JSON.stringify({ version: envelopeVersion, ...answer }) : renderLine(answer)}\n`)
  }
  return code
}

type Answer =
  | ReturnType<typeof decisionData>
  | { readonly request: string; readonly error: { readonly code: string; readonly message: string } }

function answerLine(line: InputLine, project: OpenProject, agent?: string): Answer {
  if ('problem' in line) return { request: line.begins, error: { code: 'usage', message: line.problem } }
  const { text } = line
  try {
    const asked = text.startsWith('{') ? readObject(text) : { request: text }
    const asking = asked.agent === undefined ? agent : requireAgent(asked.agent, project)
    return decisionData(asked.request, decide(project.policy, readRequest(asked.request, project, asking)))
  } catch (error) {
    const { code, message } = error instanceof OosError ? error : new OosError('failed', String(error))
    return { request: text, error: { code, message } }
  }
}

function readObject(line: string): Asked {
  const value = parseJson(line)
  if (isAsked(value)) return value
  const form = '`{"request": "file:a:read"}`, with an `agent` if need be and nothing else'
  throw new OosError('usage', `a line in JSON is ${form}`)
}

interface Asked {
  readonly request: string
  readonly agent?: string
}

/** A misspelt `agent` would have the request decided for another one. */
function isAsked(value: unknown): value is Asked {
  if (typeof value !== 'object' || value === null || !('request' in value)) return false
  const isText = ([key, text]: [string, unknown]) =>
    (key === 'request' || key === 'agent') && typeof text === 'string'
  return Object.entries(value).every(isText)
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function renderLine(answer: Answer): string {
  if ('error' in answer)
    return `error  ${sanitizeLine(answer.request)}  ${sanitizeLine(answer.error.message)}`
  const place = answer.rule === undefined ? '' : `  ${sanitizeLine(answer.rule.file)}:${answer.rule.line}`
  return `${answer.effect.padEnd(5)}  ${sanitizeLine(answer.request)}${place}`
}
