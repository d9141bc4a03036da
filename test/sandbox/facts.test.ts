import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readCgroup } from '../../src/sandbox/cgroup-facts.ts'
import { readFacts } from '../../src/sandbox/facts.ts'
import { findProgram } from '../../src/sandbox/program.ts'

const folder = () => realpathSync(mkdtempSync(join(tmpdir(), 'oos-facts-')))

describe('the machine', () => {
  it('has a bubblewrap, which is asked for its version once', () => {
    const home = folder()
    const env = { HOME: home, PATH: process.env.PATH ?? '' }
    const first = readFacts(env)
    expect(first.bubblewrap).toMatchObject({
      path: expect.stringMatching(/^\/.*bwrap$/),
      version: expect.stringMatching(/^\d+\.\d+/),
    })
    expect(readFacts(env).bubblewrap).toEqual(first.bubblewrap)
  })

  it('has a strace also where this shell lets no more files be opened, and says that', () => {
    const facts = JSON.stringify(join(import.meta.dirname, '../../src/sandbox/facts.ts'))
    const held =
      'const held = []; try { for (;;) held.push(fs.openSync("/")) } catch {} fs.closeSync(held.pop())'
    const script = `import fs from 'node:fs'; import { readStrace } from ${facts}; ${held}
      try { console.log(readStrace(process.env, '/nowhere')) } catch ({ code }) { console.log(code) }`
    const node = [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '-e',
      script,
    ]
    const { stdout } = spawnSync('sh', ['-c', 'ulimit -n 100; exec "$@"', 'sh', ...node], {
      encoding: 'utf8',
    })
    expect(stdout).toBe('EMFILE\n')
  })

  it.each([undefined, '', 'relative/home'])('without a home folder (HOME=%s) says so', (home) => {
    expect(() => readFacts({ PATH: '/usr/bin', ...(home === undefined ? {} : { HOME: home }) })).toThrow(
      'there is no home folder',
    )
  })

  it('has more of the kernel to hide from root', () => {
    const paths = (uid: number) =>
      readFacts({ HOME: folder(), PATH: '/usr/bin' }, { uid, gid: uid }).system.map(({ path }) => path)
    expect(paths(0)).toContain('/proc/sys')
    expect(paths(1000)).not.toContain('/proc/sys')
  })
})

describe('the program of a command', () => {
  it('is followed through links and interpreters', () => {
    const cwd = folder()
    mkdirSync(join(cwd, 'bin'))
    writeFileSync(join(cwd, 'tool.sh'), '#!/usr/bin/env -S sh -e\n')
    chmodSync(join(cwd, 'tool.sh'), 0o755)
    symlinkSync('../tool.sh', join(cwd, 'bin/tool'))
    const { files } = findProgram('tool', { root: cwd, cwd, path: `${join(cwd, 'bin')}:/usr/bin` })
    expect(files.slice(0, 3)).toEqual([join(cwd, 'bin/tool'), join(cwd, 'tool.sh'), '/usr/bin/sh'])
  })

  it.each(['no-such-program', './not-there', '', '/etc'])('`%s` is not found', (name) => {
    expect(findProgram(name, { root: '/', cwd: folder(), path: '/usr/bin' }).files).toEqual([])
  })

  it('that goes round in circles ends', () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'x'), `#!${cwd}/x\n`)
    chmodSync(join(cwd, 'x'), 0o755)
    expect(findProgram('./x', { root: cwd, cwd, path: '' }).files).toEqual([join(cwd, 'x')])
  })
})

describe('control groups', () => {
  const make = (files: Record<string, string | null>, self: string) => {
    const mount = folder()
    for (const [path, content] of Object.entries(files)) {
      const at = join(mount, path)
      mkdirSync(content === null ? at : join(at, '..'), { recursive: true })
      if (content !== null) writeFileSync(at, content)
    }
    writeFileSync(join(mount, 'self'), self)
    return { mount, facts: readCgroup(mount, join(mount, 'self')) }
  }

  it('of version 1 are made below our own, controller by controller', () => {
    const { mount, facts } = make({ 'memory/x': null, pids: null }, '8:pids:/\n4:memory:/x\n0::/\n')
    expect(facts).toEqual({
      version: 1,
      folders: { memory: join(mount, 'memory/x'), pids: join(mount, 'pids') },
    })
  })

  it('of version 2 are made beside our own, where controllers are handed on', () => {
    const { mount, facts } = make(
      { 'user/own': null, 'user/cgroup.procs': '', 'user/cgroup.subtree_control': 'memory pids\n' },
      '0::/user/own\n',
    )
    expect(facts).toEqual({ version: 2, folders: { memory: join(mount, 'user'), pids: join(mount, 'user') } })
  })

  it.each(['0::/\n', ''])('are not there where the kernel says %j', (self) => {
    expect(make({}, self).facts).toBeUndefined()
  })
})
