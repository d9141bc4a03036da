import { ownRules } from '../../agents/own-rules.ts'
import { type Backtest, backtest } from '../../ops/backtest/backtest.ts'
import { readRulesAt } from '../../ops/diff/rules-at.ts'
import { ownPlaces } from '../../ops/project/own-places.ts'
import { compileHere, type Project } from '../../ops/project/project.ts'
import { isSharedRecord, readRecord } from '../../ops/project/record.ts'
import { exitCodes } from '../../shared/errors.ts'
import type { StreamRange } from '../../store/stream.ts'
import type { Define } from '../command.ts'
import { backtestData, renderBacktest } from '../output/backtest.ts'
import { withProgress } from '../output/progress.ts'
import { type RunRangeWords, readRunRange } from '../run-range.ts'
import type { Terminal } from '../terminal.ts'

interface Options extends RunRangeWords {
  readonly failOn?: 'difference'
}

/** `oos spec backtest`: what these rules would have made of everything that was recorded. */
export const specBacktest: Define = (command, terminal) => {
  command
    .argument('[revision]', 'the specs as this commit has them; as they stand if left out')
    .option('--limit <count>', 'only the newest runs')
    .option('--since <when>', 'only runs from then on: 7d, 2026-11-01')
    .addOption(command.createOption('--fail-on <what>', 'exit 3 if anything differs').choices(['difference']))
  return async (revision: string | undefined, { failOn, ...words }: Options) => {
    const range = readRunRange(words, Date.now())
    const project = await readRulesAt({ cwd: terminal.cwd(), env: terminal.env }, revision)
    const result = testRecord(project, range, terminal)
    if (result.runs + result.elsewhere === 0 && !terminal.json) terminal.tell(noRuns(words))
    else
      terminal.answer('spec backtest', backtestData(result), () =>
        renderBacktest(result, { ...terminal, stand: project }),
      )
    return failOn === 'difference' && result.changes.length > 0 ? exitCodes.refused : exitCodes.done
  }
}

function testRecord(project: Project, range: StreamRange, { env, tell }: Terminal): Backtest {
  const { rules, agents } = project
  const policy = compileHere([...rules, ...ownRules(project, env)], project)
  const events = readRecord(project)?.stream(range) ?? []
  return backtest(
    withProgress(events, {
      isWatched: process.stderr.isTTY && env.TERM !== 'dumb',
      tell,
      now: performance.now.bind(performance),
      describe: (count) => `${count.toLocaleString('en')} events read`,
    }),
    {
      policy,
      ownPlaces: ownPlaces(policy),
      agents: ['command', ...agents.map(({ name }) => name)],
      shared: isSharedRecord(project),
    },
  )
}

function noRuns({ since }: RunRangeWords): string {
  return since === undefined
    ? 'no runs yet; the first: oos run -- npm test\n'
    : `no runs since \`${since}\`\n`
}
