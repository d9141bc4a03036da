import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { closePipe, openPipes } from '../../../src/sandbox/process/pipe.ts'
import { openCacheFolder } from '../../../src/shared/cache-folder.ts'
import { startRun, users } from './runs.ts'

const shell = (script: string) => ['sh', '-c', script]

describe.each(users)('as $user', ({ as }) => {
  const fileWith = (text: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'oos-streams-'))
    const path = join(folder, 'file')
    writeFileSync(path, text)
    for (const each of [folder, path]) {
      chmodSync(each, 0o755)
      if (as.uid !== undefined) chownSync(each, as.uid, as.gid)
    }
    return path
  }
  const run = (script: string, streams: readonly (number | 'ignore' | 'pipe')[]) =>
    startRun({ command: shell(script) }, { ...as, stdio: [...streams, 'pipe', 'pipe'] as never }).finished

  it('a file that is its input cannot be written or changed through it', async () => {
    const path = fileWith('the task\n')
    const attack = `cat; for fd in /dev/stdin /proc/self/fd/0 /proc/1/fd/0 /proc/$PPID/fd/0; do
      echo EVIL >> $fd; chmod 700 $fd; done`
    const { stdout } = await run(attack, [openSync(path, 'r'), 'pipe', 'pipe'])
    expect(stdout).toBe('the task\n')
    expect(readFileSync(path, 'utf8')).toBe('the task\n')
    expect(statSync(path).mode & 0o777).toBe(0o755)
  })

  it('a folder that is its input leads nowhere', async () => {
    const { stdout } = await run('ls /proc/self/fd/0/ /proc/1/fd/0/; echo over', [
      openSync('/', 'r'),
      'pipe',
      'pipe',
    ])
    expect(stdout).toBe('over\n')
  })

  it('a file that is its output can be neither emptied, read nor changed through it', async () => {
    const path = fileWith('before\n')
    const attack = `for fd in /dev/stdout /dev/stderr /proc/1/fd/1; do : > $fd; chmod 700 $fd; done
      timeout 0.2 cat < /dev/stdout; echo after`
    const { code } = await run(attack, ['ignore', openSync(path, 'a'), openSync(path, 'a')])
    expect(code).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe('before\nafter\n')
    expect(statSync(path).mode & 0o777).toBe(0o755)
  })

  it('what goes to one file keeps its order', async () => {
    const path = fileWith('')
    const file = openSync(path, 'a')
    await run('for i in 1 2 3 4 5 6 7 8 9; do echo $i; echo e$i >&2; done', ['ignore', file, file])
    expect(readFileSync(path, 'utf8')).toBe([1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => `${i}\ne${i}\n`).join(''))
  })

  it('what it did not take of its input is there for the next', async () => {
    const input = openSync(fileWith(`one\ntwo\n${'x'.repeat(300_000)}`), 'r')
    const rest = () => {
      const bytes = Buffer.alloc(4)
      return bytes.toString('utf8', 0, readSync(input, bytes))
    }
    expect((await run('read -r line; echo $line', [input, 'pipe', 'pipe'])).stdout).toBe('one\n')
    await run('true', [input, 'pipe', 'pipe'])
    expect(rest()).toBe('two\n')
    expect((await run('head -c 200000 > /dev/null; cat | wc -c', [input, 'pipe', 'pipe'])).stdout).toBe(
      '100000\n',
    )
    expect(rest()).toBe('')
  })

  it('a large input comes whole, and a large output goes whole', async () => {
    const size = 20_000_000
    const path = fileWith('')
    const input = openSync(fileWith('0123456789'.repeat(size / 10)), 'r')
    const { stderr } = await run('cat; echo end', [input, openSync(path, 'a'), 'pipe'])
    expect(stderr).toBe('')
    const text = readFileSync(path, 'utf8')
    expect([text.length, text.endsWith('0123456789end\n')]).toEqual([size + 4, true])
  })

  it('what cannot be written is told, and no success', async () => {
    const full = openSync('/dev/full', 'w')
    const { code, end } = await run('echo lost', ['ignore', full, 'pipe'])
    expect([code, end.code, end.outputLost]).toEqual([1, 0, 'no room is left on the disk'])
    expect((await run('echo lost; exit 7', ['ignore', full, 'pipe'])).code).toBe(7)
  })

  it('what a command printed is counted where all of it goes through oos', async () => {
    const file = openSync(fileWith(''), 'a')
    const counted = async (streams: readonly (number | 'pipe')[]) =>
      (await run('echo out; echo err >&2', ['ignore', ...streams])).end.outputBytes
    expect(await counted([file, file])).toBe(8)
    expect(await counted([file, 'pipe'])).toBeUndefined()
  })

  it('a run is over although somebody elsewhere was handed its output', async () => {
    const folder = dirname(fileWith(''))
    const listen = `import socket, time
s = socket.socket(socket.AF_UNIX); s.bind('s'); s.listen(); print('ready', flush=True); c, _ = s.accept()
c.recvmsg(9, 999); time.sleep(999)`
    const other = spawn('/usr/bin/python3', ['-c', listen], { ...as, cwd: folder })
    try {
      await once(other.stdout, 'data')
      const send = `import socket, array
s = socket.socket(socket.AF_UNIX); s.connect('s')
s.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [1]))]); print('sent')`
      const path = fileWith('')
      const { code } = await startRun(
        { command: ['/usr/bin/python3', '-c', send], bare: { folder } },
        { ...as, stdio: ['ignore', openSync(path, 'a'), 'pipe', 'pipe', 'pipe'] },
      ).finished
      expect([code, readFileSync(path, 'utf8')]).toEqual([0, 'sent\n'])
    } finally {
      other.kill('SIGKILL')
    }
  })

  it('a stream that leads nowhere is the /dev/null of the sandbox', async () => {
    const folder = dirname(fileWith(''))
    const places = '/proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 /dev/null'
    const script = `seen=$(stat -Lc %d:%i ${places}); echo "$seen" > seen`
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] as const
    await startRun({ command: shell(script), bare: { folder } }, { ...as, stdio: [...stdio] }).finished
    const [stdin, ...others] = readFileSync(join(folder, 'seen'), 'utf8').trim().split('\n')
    expect(others).toEqual([stdin, stdin, stdin])
  })

  // The mode that it has, so that nothing is broken where this is not held.
  it("the machine's /dev/null cannot be changed through a stream", async () => {
    const before = statSync('/dev/null', { bigint: true }).ctimeNs
    await run('for p in self 1 2 $PPID; do for fd in 0 1 2; do chmod 666 /proc/$p/fd/$fd; done; done', [
      'ignore',
      'ignore',
      'ignore',
    ])
    expect(statSync('/dev/null', { bigint: true }).ctimeNs).toBe(before)
  })
})

it.runIf(process.getuid?.() === 0)(
  'a device that is no terminal keeps the mode that it is given meanwhile',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oos-device-'))
    const device = join(folder, 'zero')
    if (spawnSync('mknod', ['-m', '600', device, 'c', '1', '5']).status !== 0) return
    const script = 'touch begun; until [ -e over ]; do sleep 0.01; done'
    const stdio = [openSync(device, 'r'), 'pipe', 'pipe', 'pipe', 'pipe'] as const
    const { finished } = startRun({ command: shell(script), bare: { folder } }, { stdio: [...stdio] })
    while (!existsSync(join(folder, 'begun'))) await new Promise(setImmediate)
    chmodSync(device, 0o666)
    writeFileSync(join(folder, 'over'), '')
    expect([(await finished).code, statSync(device).mode & 0o777]).toEqual([0, 0o666])
  },
)

it('a named pipe that a killed oos left is taken away by the next', () => {
  const folder = openCacheFolder('pipes', process.env) ?? ''
  const left = join(folder, 'left')
  writeFileSync(left, '')
  utimesSync(left, 0, 0)
  for (const pipe of openPipes(1) ?? []) closePipe(pipe, [])
  expect(readdirSync(folder).filter((name) => !name.startsWith('spare-'))).toEqual([])
})

it('pipes are made some at a time, and each is used once', () => {
  const folder = openCacheFolder('pipes', process.env) ?? ''
  const spares = () => readdirSync(folder).length
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
  // Not a pipe: somebody's file of that name is not handed out.
  writeFileSync(join(folder, 'spare-none'), '')
  const uses = [2, 2, 1].map((count) => {
    const pipes = openPipes(count) ?? []
    for (const { ours } of pipes) writeSync(ours.writer, 'x')
    const read = pipes.map(({ ours }) => readSync(ours.reader, Buffer.alloc(9)))
    for (const pipe of pipes) closePipe(pipe, [])
    return [read, spares()]
  })
  expect(uses).toEqual([
    [[1, 1], 30],
    [[1, 1], 28],
    [[1], 27],
  ])
})
