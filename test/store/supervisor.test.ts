import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { isGone, thisSupervisor } from '../../src/store/supervisor.ts'
import { newRun, scratchStore } from './scratch.ts'

const here = thisSupervisor()

describe('the oos behind a run', () => {
  it.each([
    { name: 'this process is there', supervisor: here, gone: false },
    { name: 'a process of before a restart is gone', supervisor: { ...here, boot: 'before' }, gone: true },
    { name: 'a later process with its number is not it', supervisor: { ...here, started: '1' }, gone: true },
    { name: 'a number that no process has is gone', supervisor: { ...here, pid: 2 ** 22 + 1 }, gone: true },
    {
      name: 'one in another container cannot be seen',
      supervisor: { ...here, namespace: 'pid:[1]', pid: 2 ** 22 + 1 },
      gone: false,
    },
  ])('$name', ({ supervisor, gone }) => {
    expect(isGone(supervisor)).toBe(gone)
  })

  it('is gone once it is a zombie', async () => {
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = Number(await firstLine(parent.stdout))
    const supervisor = { ...here, pid, started: stat(pid)[19] ?? '' }
    expect(isGone(supervisor)).toBe(false)
    process.kill(pid, 'SIGKILL')
    while (stat(pid)[0] !== 'Z') await setImmediate()
    expect(isGone(supervisor)).toBe(true)
    parent.kill('SIGKILL')
  })

  it('may still say how a run ended that was taken for lost', () => {
    const store = scratchStore()
    const { id } = store.createRun({ ...newRun, supervisor: { ...here, started: '1' } })
    expect(store.settleDeadRuns().map((run) => [run.id, run.endedBy, run.state])).toEqual([
      [id, 'lost', 'failed'],
    ])
    expect(store.finishRun(id, { endedBy: 'exit', code: 0 })).toMatchObject({
      endedBy: 'exit',
      state: 'completed',
    })
    expect(store.verifyRun(id).ok).toBe(true)
  })

  it('keeps its runs open as long as it is there', () => {
    const store = scratchStore()
    store.createRun(newRun)
    expect(store.settleDeadRuns()).toEqual([])
  })
})

function stat(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line
  return ''
}
