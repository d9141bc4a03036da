import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** In pieces, because this file is looked into as well. Most stand for the hosts below them, too. */
const registries = [
  ['npmjs', 'org'],
  ['npmjs', 'com'],
  ['yarnpkg', 'com'],
  ['pypi', 'org'],
  ['pypi', 'python', 'org'],
  ['pythonhosted', 'org'],
  ['crates', 'io'],
  ['golang', 'org'],
  ['golang', 'google', 'cn'],
  ['pkg', 'go', 'dev'],
  ['maven', 'org'],
  ['maven', 'apache', 'org'],
  ['sonatype', 'org'],
  ['rubygems', 'org'],
  ['jsr', 'io'],
  ['npmmirror', 'com'],
  ['debian', 'org'],
  ['archive', 'ubuntu', 'com'],
].map((labels) => labels.join('.'))

const pattern = new RegExp(`(?:^|[^\\w-])(?:${registries.join('|').replaceAll('.', '\\.')})(?![\\w-])`, 'im')

test.each(registries)('the search finds %s', (host) => {
  expect(pattern.test(`text http:a.${host}:request`)).toBe(true)
  expect(pattern.test(host)).toBe(true)
  expect(pattern.test(`my${host}`)).toBe(false)
})

test.skipIf(!existsSync(join(root, '.git')))('no file names the host of a package registry', () => {
  const paths = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0')
  const naming = paths
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .filter((path) => pattern.test(readFileSync(join(root, path), 'latin1')))
  expect(naming).toEqual([])
})
