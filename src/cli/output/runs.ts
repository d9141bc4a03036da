import type { Run } from '../../store/fold.ts'
import { shortId } from '../../store/ulid.ts'
import type { Terminal } from '../terminal.ts'
import { renderElapsed, renderTime } from './amount.ts'
import { type Column, renderTable } from './table.ts'

/** Newest first, a row each. */
export function renderRuns(
  runs: readonly Run[],
  { style, width }: Pick<Terminal, 'style' | 'width'>,
): string {
  const columns: readonly Column<Run>[] = [
    { title: 'run', text: ({ id }) => shortId(id), paint: () => style.place },
    { title: 'started', text: ({ createdAt }) => renderTime(createdAt) },
    { title: 'took', text: renderDuration, align: 'right' },
    {
      title: 'ended',
      text: renderEnd,
      paint: (run) => ({ completed: style.good, failed: style.bad })[run.state as string] ?? style.warn,
    },
    {
      title: 'denied',
      text: ({ denied }) => countOf(denied),
      align: 'right',
      named: true,
      paint: () => style.bad,
    },
    { title: 'network', text: ({ connections }) => countOf(connections), align: 'right', named: true },
    { title: 'files', text: ({ files }) => countOf(files), align: 'right', named: true },
    { title: 'agent', text: ({ agent }) => agent },
    { title: 'command', text: ({ command }) => command.join(' '), wrap: true },
  ]
  return renderTable(runs, { columns, width, heading: style.dim })
}

/** `exit 0`, `timeout`, `signal SIGKILL`, or that it still runs. */
function renderEnd({ state, endedBy, exitCode, signal }: Run): string {
  if (endedBy === null) return state
  if (endedBy === 'exit') return `exit ${exitCode}`
  return endedBy === 'signal' ? `signal ${signal}` : endedBy
}

/** As the run itself said when it ended; where nobody saw that, as far as the record goes. */
function renderDuration({ startedAt, createdAt, endedAt, duration }: Run): string {
  return endedAt === null ? '' : renderElapsed(duration ?? endedAt - (startedAt ?? createdAt))
}

function countOf(count: number): string {
  return count === 0 ? '' : String(count)
}
