import { openSync } from 'node:fs'
import { expect, it } from 'vitest'
import { startRun, users } from './runs.ts'

it.each(users)('no descriptor that oos has inherited is open inside, as $user', async ({ as }) => {
  const folder = openSync('/', 'r')
  // Node itself takes care of those up to the first gap beyond 15.
  const stdio = Array.from({ length: 120 }, (_, fd) => ([5, 40, 119].includes(fd) ? folder : 'ignore'))
  const script =
    'i=3; while [ $i -lt 1000 ]; do [ -e /proc/self/fd/$i ] && echo $i; i=$((i+1)); done; echo done'
  const { finished } = startRun(
    { command: ['sh', '-c', script] },
    { ...as, stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...stdio.slice(4)] as never },
  )
  expect((await finished).stdout).toBe('done\n')
})
