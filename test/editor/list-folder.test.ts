import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listFolder } from '../../src/editor/list-folder.ts'

const outside = realpathSync(mkdtempSync(join(tmpdir(), 'oos-list-')))
const root = join(outside, 'project')
mkdirSync(join(root, 'src'), { recursive: true })
mkdirSync(join(root, 'many'))
for (const path of ['b.txt', 'a.txt', 'src/main.ts']) writeFileSync(join(root, path), '')
for (let index = 0; index < 2_500; index++) writeFileSync(join(root, 'many', `${index}`), '')
symlinkSync(outside, join(root, 'out'))
symlinkSync('src', join(root, 'in'))

const names = (folder: string) => listFolder(root, folder).map(({ name }) => name)

test('folders come first, and names in order', () => {
  expect(names('')).toEqual(['many', 'src', 'a.txt', 'b.txt', 'in', 'out'])
  expect(names('in/')).toEqual(['main.ts'])
})

test.each(['out/', '../', 'src/../../', 'none/', 'a.txt/'])('nothing is told of %s', (folder) => {
  expect(names(folder)).toEqual([])
})

test('of a folder with very many names not all are read', () => {
  expect(names('many/').length).toBe(2_000)
})
