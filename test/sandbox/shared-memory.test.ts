import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { createScene, people, type RunOptions, runIn, type Scene, without } from './scene.ts'

const secret = 'TOP-SECRET-CONTENT'
const name = `oos-test-${process.pid}`

interface Shared {
  readonly what: string
  /** Python, on the machine: says what those need who would read it. */
  readonly make: string
  /** Python, in a run: `place` is what was said. */
  readonly read: string
  readonly remove: (place: string) => void
  readonly removed: NonNullable<RunOptions['without']>
}

const libc = `import ctypes, os
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
`

/** Every namespace but the one that such memory is in. */
const ownRest = (options: readonly string[]) => [
  ...['user', 'pid', 'net', 'uts'].map((kind) => `--unshare-${kind}`),
  ...without('--unshare-all')(options),
]

const all: readonly Shared[] = [
  {
    what: 'System V shared memory',
    make: `place = libc.shmget(0, 4096, 0o1666)
ctypes.memmove(libc.shmat(place, None, 0), b"${secret}", ${secret.length})
print(place)`,
    read: `at = libc.shmat(int(place), None, 0)
print("none" if at in (None, 2**64 - 1) else ctypes.string_at(at, ${secret.length}).decode())`,
    remove: (place) => spawnSync('/usr/bin/python3', ['-c', `${libc}libc.shmctl(${place}, 0, None)`]),
    removed: ownRest,
  },
  {
    what: 'a POSIX message queue',
    make: `queue = libc.mq_open(b"/${name}", os.O_CREAT | os.O_RDWR, 0o666, None)
libc.mq_send(queue, b"${secret}", ${secret.length}, 0)
print("/${name}")`,
    read: `queue = libc.mq_open(place.encode(), os.O_RDONLY | os.O_NONBLOCK)
text = ctypes.create_string_buffer(8192)
libc.mq_receive(queue, text, 8192, None)
print(text.value.decode() or "none")`,
    remove: (place) => spawnSync('/usr/bin/python3', ['-c', `${libc}libc.mq_unlink(b"${place}")`]),
    removed: ownRest,
  },
  {
    what: 'POSIX shared memory',
    make: `open("/dev/shm/${name}", "w").write("${secret}")
print("/dev/shm/${name}")`,
    read: 'print(open(place).read() if os.path.exists(place) else "none")',
    remove: (place) => rmSync(place, { force: true }),
    removed: (options) => [...options, '--bind', '/dev/shm', '/dev/shm'],
  },
]

const undo: (() => void)[] = []
afterEach(() => {
  for (const one of undo.splice(0)) one()
})

describe.each(people)("R1 the machine's, as $who,", ({ id }) => {
  const readInside = async ({ make, read, remove }: Shared, options: RunOptions = {}) => {
    const scene: Scene = createScene({ id })
    const person = process.getuid?.() === 0 ? { uid: id, gid: id } : {}
    const made = spawnSync('/usr/bin/python3', ['-c', libc + make], { encoding: 'utf8', ...person })
    const place = made.stdout.trim()
    undo.push(scene.remove, () => remove(place))
    expect(made).toMatchObject({ status: 0, stderr: '' })
    const command = ['/usr/bin/python3', '-c', `${libc}place = "${place}"\n${read}`]
    return (await runIn(scene, command, options)).out.trim()
  }

  it.each(all)('is not read: $what', async (shared) => {
    expect(await readInside(shared)).toBe('none')
  })

  it.each(all)('would be without its protection: $what', async (shared) => {
    expect(await readInside(shared, { without: shared.removed })).toBe(secret)
  })
})
