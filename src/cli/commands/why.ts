import { readWhy } from '../../ops/why/why.ts'
import type { Define } from '../command.ts'
import { renderWhy, whyData } from '../output/why.ts'

/** `oos why COMMIT|FILE:LINE`: which run is behind it, by whose order, and under which rules. */
export const why: Define = (command, terminal) => {
  command.argument('<what>', 'a commit, or a line: HEAD, 1a2b3c4, src/index.ts:12')
  return async (what: string) => {
    const found = await readWhy({ cwd: terminal.cwd(), env: terminal.env, what })
    terminal.answer('why', whyData(found), () => renderWhy(found, terminal.style))
    return 0
  }
}
