import { existsSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { toBubblewrap } from '../../../src/sandbox/bubblewrap.ts'
import { makeCacheHome } from '../../../src/sandbox/home.ts'
import { findStray, parseMounts } from '../../../src/sandbox/process/landed.ts'
import { runSandbox } from '../../../src/sandbox/run.ts'
import type { Mount } from '../../../src/sandbox/types.ts'
import { createScene, planScene, type Scene } from '../scene.ts'

let scene: Scene
afterEach(() => scene?.remove())

const rules = ['Allow file:**:read,write', 'Deny file:**/.env:*']

async function planned() {
  scene = createScene({ files: { 'work/folder/.env': 'secret', 'home/key': 'secret' } })
  const planned = await planScene(scene, ['sh', '-c', 'echo EVIL > ~/evil'], { rules })
  makeCacheHome(planned.cacheHome)
  const { plan, machine } = planned
  return () =>
    runSandbox({ plan, ...toBubblewrap(plan, machine) }, { machine, stdin: 'ignore', sink: () => undefined })
      .ended
}

test('W1 a folder that became a link after the tree was looked at starts nothing', async () => {
  const start = await planned()
  const folder = join(scene.root, 'folder')
  renameSync(folder, `${folder}.old`)
  symlinkSync('../home', folder)
  await expect(start()).rejects.toMatchObject({
    code: 'sandbox-failed',
    message: expect.stringContaining('was replaced'),
  })
  expect(existsSync(join(scene.home, 'evil'))).toBe(false)
})

test('a tree that stayed as it was starts', async () => {
  await expect((await planned())()).resolves.toMatchObject({ code: 0 })
  expect(existsSync(join(scene.home, 'evil'))).toBe(false)
})

const ours = parseMounts(
  '1 0 8:1 / / rw - ext4 a rw\n2 1 8:2 / /home rw - ext4 b rw\n3 1 0:6 / /dev rw - devtmpfs d rw',
)
const pin: Mount = { kind: 'pin', path: '/home/me/a b' }

test.each([
  {
    seen: 'what was meant',
    line: String.raw`8:2 /me/a\040b /home/me/a\040b rw - ext4 b rw`,
    stray: undefined,
  },
  { seen: 'another folder', line: String.raw`8:2 /me /home/me/a\040b rw - ext4 b rw`, stray: pin },
  {
    seen: 'another file system',
    line: String.raw`8:3 /me/a\040b /home/me/a\040b rw - ext4 b rw`,
    stray: pin,
  },
  { seen: 'another place', line: String.raw`8:2 /me/a\040b /home/me rw - ext4 b rw`, stray: pin },
  {
    seen: 'what was removed',
    line: String.raw`8:2 /me/a\040b//deleted /home/me/a\040b rw - ext4 b rw`,
    stray: pin,
  },
])('$seen in a mount is told apart', ({ line, stray }) => {
  expect(findStray([pin], { ours, theirs: parseMounts(`9 1 ${line}\n`) })).toBe(stray)
})

const at = '/home/me/x'
test.each([
  { kind: 'mask-file', right: '0:6 /null', type: 'devtmpfs', wrong: ['0:6 /zero', '8:2 /me/x'] },
  { kind: 'mask-folder', right: '0:50 /', type: 'tmpfs', wrong: ['8:2 /me/x'] },
  { kind: 'tmpfs', right: '0:50 /', type: 'tmpfs', wrong: ['8:2 /me/x'] },
  { kind: 'proc', right: '0:51 /', type: 'proc', wrong: ['8:2 /me/x'] },
] as const)('what is seen in the place of a $kind is told apart from it', ({ kind, right, type, wrong }) => {
  const stray = (shown: string, of: string) =>
    findStray([{ kind, path: at }], { ours, theirs: parseMounts(`9 1 ${shown} ${at} rw - ${of} b rw\n`) })
  expect(stray(right, type)).toBeUndefined()
  for (const shown of wrong) expect(stray(shown, 'ext4')).toMatchObject({ kind, path: at })
})
