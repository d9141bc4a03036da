import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { replaceSpec } from '../../src/ops/spec-file.ts'
import { makeTree } from '../cli/oos.ts'
import { source } from '../spec/sources.ts'

const path = '.agent-os/AGENT.md'
const scene = () => {
  const root = makeTree({ [path]: 'old\n' })
  return { root, home: join(root, 'home'), file: join(root, path), spec: source(path, 'old\n') }
}
const fresh = Buffer.from('new\n')

it('replaces a spec whole, and leaves nothing beside it', () => {
  const { file, spec, ...place } = scene()
  replaceSpec(spec, fresh, place)
  expect(readFileSync(file, 'utf8')).toBe('new\n')
  expect(readdirSync(join(place.root, '.agent-os'))).toEqual(['AGENT.md'])
})

it('does not write over an edit that nobody has looked at', () => {
  const { file, spec, ...place } = scene()
  writeFileSync(file, 'edited\n')
  expect(() => replaceSpec(spec, fresh, place)).toThrow('was edited in the meantime')
  expect(readFileSync(file, 'utf8')).toBe('edited\n')
})

it('leaves a link a link', () => {
  const { root, home, spec } = scene()
  symlinkSync('AGENT.md', join(root, '.agent-os/OTHER.md'))
  replaceSpec({ ...spec, path: '.agent-os/OTHER.md' }, fresh, { root, home })
  expect(lstatSync(join(root, '.agent-os/OTHER.md')).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(root, path), 'utf8')).toBe('new\n')
})

it('says so where there is no such file', () => {
  const { root, home, spec } = scene()
  expect(() => replaceSpec({ ...spec, path: '.agent-os/GONE.md' }, fresh, { root, home })).toThrow(
    '`.agent-os/GONE.md` cannot be written (ENOENT)',
  )
})
