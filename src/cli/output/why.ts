import type { RunBehind, Why } from '../../ops/why/why.ts'
import type { Run } from '../../store/fold.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'

export function whyData({ line, commit, runs, unknown, changedBy }: Why) {
  return {
    ...(line && { line }),
    ...(commit && { commit }),
    runs: runs.map(({ run, ...rest }) => ({ ...runData(run), ...rest })),
    unknown,
    changedBy: changedBy.map(runData),
  }
}

function runData({ id, agent, command, policy, createdAt, state, endedBy }: Run) {
  return { id, agent, command, policy, createdAt, state, endedBy }
}

/** From the line to the commit, to the run, to the rules. */
export function renderWhy(why: Why, style: Style): string {
  const { line, commit, runs, unknown, changedBy } = why
  const rows = [
    ...(line
      ? [row('line', `${style.place(`${sanitizeLine(line.file)}:${line.line}`)} ${sanitizeLine(line.text)}`)]
      : []),
    ...(commit
      ? [
          row('commit', `${commit.id.slice(0, 12)} ${sanitizeLine(commit.subject)}`),
          row('by', `${sanitizeLine(commit.author)}, ${timeOf(commit.at)}`),
        ]
      : [row('commit', 'none yet: it is in the work tree alone')]),
    ...runs.map((run) => renderRun(run, style)),
    ...unknown.map((run) =>
      row(
        'run',
        style.warn(`the commit names run ${sanitizeLine(run)}, and the record here has no such run`),
      ),
    ),
    ...(runs.length + unknown.length + (commit ? 0 : changedBy.length) === 0
      ? [row('run', 'none that the record knows: a person, or a run elsewhere')]
      : []),
    ...changedBy.map((run) =>
      row(
        commit ? 'before' : 'run',
        `${describeRun(run)} left ${line ? 'this file' : 'files of it'} other than before`,
      ),
    ),
  ]
  return rows.join('')
}

const seen = 'seen by the check at its end'

function renderRun({ run, known, among, verdict, otherPolicy, decisions }: RunBehind, style: Style): string {
  const how =
    known === 'recorded'
      ? style.good(
          among === undefined ? seen : `${seen}, as by those of ${among} runs at once: one of them made it`,
        )
      : style.warn('only the message of the commit says so')
  return [
    row('run', `${describeRun(run)}; ${how}`),
    row('ordered', sanitizeLine(run.command.join(' '))),
    ...(verdict !== undefined && verdict.effect !== 'allow'
      ? [
          row(
            '',
            style.bad(
              `it broke a rule: ${sanitizeLine(verdict.path ?? '')} ${sanitizeLine(verdict.rule?.text ?? verdict.reason ?? 'no rule allows it')}`,
            ),
          ),
        ]
      : []),
    row(
      'policy',
      `${run.policy.slice(0, 12)}${otherPolicy === undefined ? '' : style.warn(`, and the message names ${sanitizeLine(otherPolicy.slice(0, 12))}`)}`,
    ),
    ...decisions.map(({ request, effect, rule }) => {
      const yes = effect === 'ask' ? 'a person said yes to' : 'allowed'
      const place =
        rule === undefined
          ? ''
          : ` ${style.place(`${sanitizeLine(rule.file)}:${rule.line}`)} ${sanitizeLine(rule.text)}`
      return row('', `${yes} ${sanitizeLine(request)}${place}`)
    }),
  ].join('')
}

function describeRun({ id, agent, createdAt }: Run): string {
  return `${id.slice(-8)} as \`${sanitizeLine(agent)}\`, ${timeOf(createdAt)}`
}

function row(title: string, text: string): string {
  return `${title.padEnd(8)} ${text}\n`
}

function timeOf(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}
