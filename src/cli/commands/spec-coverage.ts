import { type CoveredLine, countLines, coverLines } from '../../ops/points/coverage.ts'
import { readRepositoryHolds } from '../../ops/points/repository-holds.ts'
import { type OpenProject, openProject } from '../../ops/project/project.ts'
import { requireAgent } from '../../ops/request.ts'
import { findOwnSource } from '../../ops/spec-file.ts'
import { readFacts } from '../../sandbox/facts.ts'
import { exitCodes, OosError } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { coverageData, renderAnnotated, renderCoverage } from '../output/coverage.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly agent?: string
  readonly annotate?: string | true
  readonly min?: string
}

/** `oos spec coverage`: every line that asks for something, where it is held on this machine, and what is missing. */
export const specCoverage: Define = (command, terminal) => {
  command
    .option('--agent <name>', 'only what is for this agent')
    .option('--annotate [file]', 'the markdown itself, with what holds each line in its margin')
    .option('--min <percent>', 'exit 3 where less of what is written here is held')
  return async ({ agent, annotate, min }: Options) => {
    const least = min === undefined ? 0 : readPercent(min)
    const project = await openProject({ cwd: terminal.cwd(), env: terminal.env })
    const asking = agent === undefined ? {} : { agent: requireAgent(agent, project) }
    const facts = readFacts(terminal.env, project)
    const machine = { ...facts, ...readRepositoryHolds(project.root), now: Date.now() }
    const set = await project.loadSpecs()
    const lines = coverLines({ ...project, set, machine, ...asking })
    terminal.answer('spec coverage', { ...asking, ...coverageData(lines, machine) }, () =>
      annotate === undefined
        ? renderCoverage(lines, machine, terminal)
        : renderFiles(project, lines, { annotate, terminal }),
    )
    const { percent } = countLines(lines.filter(({ own }) => own))
    if (percent >= least) return exitCodes.done
    terminal.tell(`${percent}% is less than the ${least}% that --min asks for\n`)
    return exitCodes.refused
  }
}

function renderFiles(
  project: OpenProject,
  lines: readonly CoveredLine[],
  { annotate, terminal }: { annotate: string | true; terminal: Terminal },
): string {
  const own = project.sources.filter(({ pack }) => pack === undefined)
  const sources = annotate === true ? own : [findOwnSource(annotate, project)]
  return sources
    .map(({ path, bytes }) =>
      renderAnnotated({ path, text: new TextDecoder().decode(bytes) }, lines, terminal.style),
    )
    .join('\n')
}

function readPercent(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text)
  throw new OosError('usage', `\`${text}\` is no percentage`, { hint: 'oos spec coverage --min 80' })
}
