import { readProject } from '../../ops/project/project.ts'
import { readRecord } from '../../ops/project/record.ts'
import { OosError } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { renderRuns } from '../output/runs.ts'

interface Options {
  readonly limit: string
  readonly before?: string
}

/** `oos runs`: what was run here, newest first. */
export const runs: Define = (command, terminal) => {
  command
    .option('--limit <count>', 'how many', '20')
    .option('--before <run>', 'only runs older than this one')
  return async ({ limit, before }: Options) => {
    const count = Number(limit)
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new OosError('usage', `\`${limit}\` is not a count`, { hint: 'oos runs --limit 50' })
    }
    const store = readRecord(await readProject({ cwd: terminal.cwd(), env: terminal.env, bare: true }))
    const last = before === undefined ? {} : { before: store?.getRun(before).id ?? before }
    const listed = store?.listRuns({ limit: count, ...last }) ?? []
    if (listed.length === 0 && !terminal.json) terminal.tell('no runs yet; the first: oos run -- npm test\n')
    else terminal.answer('runs', listed, () => renderRuns(listed, terminal))
    return 0
  }
}
