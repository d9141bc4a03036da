import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { executable, makeTree, oos } from '../cli/oos.ts'

interface Package {
  readonly cwd: string
  readonly env: Record<string, string | undefined>
}

const script = `
. ./lib/add.sh
[ "$(add 1 2)" = 3 ] || exit 1
mkdir -p out; echo passed > out/report.txt; cat out/report.txt
`
const files = {
  'package.json': '{"name":"tiny"}\n',
  'lib/add.sh': 'add() { echo $(($1 + $2)); }\n',
  'test/run.sh': script,
  'README.md': '# Tiny\n',
  '.env': 'PASSWORD=hunter2\n',
}

/** A repository of somebody else's, with a home folder of its own. */
function makePackage(more: Readonly<Record<string, string>> = {}): Package {
  const cwd = makeTree({ ...files, ...more }, 'tiny')
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'oos-home-'))
  mkdirSync(join(home, '.ssh'))
  writeFileSync(join(home, '.ssh/id_ed25519'), 'a key\n')
  writeFileSync(join(home, '.toolrc'), 'a setting\n')
  // Of what packs name nothing but what a test sets itself.
  const named = Object.keys(process.env).filter((name) =>
    /^(?:NODE|NVM|PYTHON|PYENV|RUST|CARGO|GO)/.test(name),
  )
  const without = Object.fromEntries(named.map((name) => [name, undefined]))
  const own = { HOME: home, XDG_STATE_HOME: '', XDG_CACHE_HOME: '', PATH: '/usr/local/bin:/usr/bin:/bin' }
  const env = { ...without, ...own }
  spawnSync('git', ['init', '-q'], { cwd, env: { ...process.env, ...env } })
  return { cwd, env }
}

let tiny: Package
beforeEach(() => {
  tiny = makePackage()
})

const learnFrom = (words: readonly string[], place: Package = tiny) =>
  oos(['run', '--learn', '--', ...words], place)
const read = (path: string, { cwd }: Package = tiny) => readFileSync(join(cwd, path), 'utf8')
const json = (words: readonly string[], place: Package = tiny) =>
  JSON.parse(oos([...words, '--json'], place).stdout).data

/** Every event of the newest run. */
function newestEvents(place: Package = tiny): readonly Readonly<Record<string, unknown>>[] {
  const [newest] = json(['runs'], place)
  return json(['runs', 'show', newest.id], place).events
}

describe('a repository without specs', () => {
  test('gets rules under which its tests pass, and nothing more', () => {
    const command = ['sh', 'test/run.sh']
    const learnt = learnFrom(command)
    expect(learnt).toMatchObject({
      code: 0,
      stdout: 'passed\n',
      stderr: expect.stringContaining('this run learns'),
    })

    const offered = json(['learn'])
    expect(offered.proposals.map(({ text }: { text: string }) => text.replace(/ — .*/, ''))).toEqual([
      'oos:secrets',
      '**Allow** `shell:sh test/run.sh`',
      '**Allow** `file:lib/add.sh:read`',
      '**Allow** `file:test/run.sh:read`',
      '**Allow** `file:out/**:read,write`',
    ])
    expect(existsSync(join(tiny.cwd, '.agent-os'))).toBe(false)

    expect(oos(['learn', '--write'], tiny)).toMatchObject({ code: 0, stderr: '' })
    expect(oos(['spec', 'check'], tiny).code).toBe(0)
    rmSync(join(tiny.cwd, 'out'), { recursive: true })
    // Without being asked about them: what was accepted has been seen.
    expect(oos(['run', '--', ...command], tiny)).toEqual({ code: 0, stdout: 'passed\n', stderr: '' })
    expect(read('out/report.txt')).toBe('passed\n')
    expect(oos(['run', '--', 'cat', 'README.md'], tiny).code).toBe(3)
    expect(oos(['explain', '--exit-code', 'file:README.md:read'], tiny).code).toBe(3)
    expect(json(['learn']).proposals).toEqual([])
  })

  test('is left as it was: the record is nothing that git sees', () => {
    learnFrom(['true'])
    const status = spawnSync('git', ['status', '--porcelain', '--untracked-files=all'], {
      cwd: tiny.cwd,
      encoding: 'utf8',
    })
    expect(status.stdout.split('\n').filter((line) => /\.oos|\.agent-os|\.claude/.test(line))).toEqual([])
    expect(read('.oos/.gitignore')).toContain('*')
  })

  test('learns in its folder, wherever one stands', () => {
    const place = { ...tiny, cwd: join(tiny.cwd, 'lib') }
    expect(learnFrom(['cat', 'add.sh'], place).code).toBe(0)
    expect(json(['learn'], place).proposals.at(-1).text).toContain('file:lib/add.sh:read')
  })

  test('is none where the home folder lies', () => {
    const { HOME: home = '' } = tiny.env
    expect(learnFrom(['true'], { ...tiny, cwd: home })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no project'),
    })
  })
})

const system = ['/usr/local/bin', '/usr/bin'].find((folder) => existsSync(join(folder, 'node')))
test.runIf(system !== undefined)('a package of Node passes its own tests in the end', () => {
  const node = makePackage({
    'lib/add.js': 'module.exports = (a, b) => a + b\n',
    'test/add.test.js': `
      const test = require('node:test'), assert = require('node:assert'), fs = require('node:fs')
      test('adds', () => assert.equal(require('../lib/add.js')(1, 2), 3))
      test('reports', async () => {
        await fs.promises.mkdir('coverage/deep', { recursive: true })
        await fs.promises.writeFile('coverage/deep/a.tmp', 'x')
        await fs.promises.rename('coverage/deep/a.tmp', 'coverage/deep/a.txt')
      })`,
  })
  const command = ['node', '--test', 'test/add.test.js']
  expect(learnFrom(command, node).code).toBe(0)
  expect(oos(['learn', '--write'], node).code).toBe(0)
  expect(read('.agent-os/AGENT.md', node)).toMatch(/- \*\*Allow\*\* `file:coverage\/\*\*:write`/)
  rmSync(join(node.cwd, 'coverage'), { recursive: true })
  expect(oos(['run', '--', ...command], node)).toMatchObject({ code: 0 })
  expect(oos(['run', '--', ...command], node)).toMatchObject({ code: 0 })
  expect(read('coverage/deep/a.txt', node)).toBe('x')
})

describe('while a run learns', () => {
  const attack = `
    cat .env ~/.ssh/id_ed25519; cat ~/.toolrc
    echo evil > .git/hooks/post-commit; echo evil > .agent-os/AGENT.md; mkdir .agent-os; echo evil >> .git/config
    echo evil > .oos/data/atlas.db; rm -rf .oos; mkdir .vscode .claude; echo evil > .envrc; echo evil > ~/.bashrc`

  test('what a rule closes stays closed, and is not proposed', () => {
    writeFileSync(join(tiny.cwd, 'attack.sh'), attack)
    const config = read('.git/config')
    const { stdout } = learnFrom(['sh', 'attack.sh'])
    expect(stdout).toBe('')
    expect(read('.git/config')).toBe(config)
    const { HOME: home = '' } = tiny.env
    const evil = ['.git/hooks/post-commit', '.agent-os', '.vscode', '.claude', '.envrc'].map((path) =>
      join(tiny.cwd, path),
    )
    expect([...evil, join(home, '.bashrc')].filter(existsSync)).toEqual([])
    const { proposals, wanted, refused } = json(['learn'])
    const said = JSON.stringify(proposals)
    expect(said).not.toMatch(/\.env|ssh|hooks|agent-os|vscode|bashrc/)
    expect(refused.map(({ target }: { target: string }) => target)).toEqual(
      expect.arrayContaining([
        join(tiny.cwd, '.env'),
        join(home, '.ssh/id_ed25519'),
        join(tiny.cwd, '.git/hooks/post-commit'),
      ]),
    )
    expect(wanted).toMatchObject([{ text: expect.stringContaining('`file:~/.toolrc:read`') }])
  })

  test('a Deny and an Ask of the project hold', () => {
    const rules = [
      '# Rules\n',
      '- **Deny** `file:lib/**:*` — closed',
      '- **Ask** `file:docs/**:write` — look at it',
      '- **Deny** `shell:rm *` — no',
      '- **Ask** `shell:npm publish *` — a person publishes\n',
    ].join('\n')
    const strict = makePackage({ '.agent-os/AGENT.md': rules, 'docs/a.md': 'a' })
    const trusting = (words: readonly string[]) =>
      oos(['run', '--learn', '--trust-specs', '--', ...words], strict)
    writeFileSync(join(strict.cwd, 'do.sh'), 'cat lib/add.sh; echo b > docs/a.md')
    expect(trusting(['sh', 'do.sh'])).toMatchObject({ code: 2, stdout: '' })
    expect(read('docs/a.md', strict)).toBe('a')
    expect(
      json(['learn', '--wide'], strict).proposals.map(({ text }: { text: string }) => text),
    ).not.toContainEqual(expect.stringMatching(/lib|docs/))
    expect(trusting(['rm', '-r', 'test']).code).toBe(3)
    expect(trusting(['npm', 'publish', 'x']).code).toBe(3)
  })

  test('a Limit ends it', () => {
    const short = makePackage({ '.agent-os/AGENT.md': '- **Limit** `run:*{timeout:300ms}` — short\n' })
    const ended = oos(['run', '--learn', '--trust-specs', '--', 'sleep', '60'], short)
    expect(ended).toMatchObject({ code: 124, stderr: expect.stringContaining('`timeout` limit') })
  })

  test('specs that nobody has seen are not obeyed', () => {
    const foreign = makePackage({ '.agent-os/AGENT.md': '- **Allow** `file:/srv/**:read` — all of it\n' })
    expect(learnFrom(['true'], foreign)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('file:/srv/**:read'),
    })
  })

  test('holes in oos:secrets that nobody has agreed to are none', () => {
    const hole = '---\nextends: [{pack: oos:secrets, except: ["file:.env:read"]}]\n---\n\n# Tiny\n'
    const foreign = makePackage({ '.agent-os/AGENT.md': hole })
    const run = (how: string) => oos(['run', '--learn', how, '--', 'cat', '.env'], foreign)
    expect(run('--untrusted')).toMatchObject({ stdout: '' })
    expect(run('--trust-specs')).toMatchObject({ stdout: 'PASSWORD=hunter2\n' })
    expect(run('--untrusted')).toMatchObject({ stdout: 'PASSWORD=hunter2\n' })
  })

  test('other variables than those of rules and packs are not passed', () => {
    const place = { ...tiny, env: { ...tiny.env, NODE_ENV: 'test', MY_TOKEN: 'hunter2', PLAIN: 'x' } }
    const { stdout } = learnFrom(['sh', '-c', 'echo "$NODE_ENV,$MY_TOKEN,$PLAIN"'], place)
    expect(stdout).toBe('test,,\n')
    expect(newestEvents(place)).toContainEqual(
      expect.objectContaining({ type: 'learn.access', resource: 'env', target: 'NODE_ENV' }),
    )
  })
})

describe('the record', () => {
  test('says that the run learnt, and holds as any other does', () => {
    learnFrom(['sh', 'test/run.sh'])
    const [newest] = json(['runs'])
    expect(oos(['runs', 'show', newest.id], tiny).stdout).toMatch(/created +sh test\/run\.sh +learning/)
    expect(oos(['runs', 'verify', newest.id], tiny).code).toBe(0)
    expect(newestEvents()).toContainEqual(
      expect.objectContaining({
        type: 'learn.access',
        action: 'create',
        target: 'out/report.txt',
        outcome: 'let',
        count: 1,
      }),
    )
  })

  test('has a run that did not learn, and that is said', () => {
    learnFrom(['true'])
    oos(['learn', '--write'], tiny)
    oos(['run', '--', 'true'], tiny)
    const [newest] = json(['runs'])
    expect(oos(['learn', newest.id], tiny)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did not learn'),
    })
  })

  test('that a repository brings along is not learnt from', () => {
    learnFrom(['sh', 'test/run.sh'])
    const [{ id }] = json(['runs'])
    // The same person, and so the same home folder: only the place tells.
    const foreign = { ...makePackage(), env: tiny.env }
    cpSync(join(tiny.cwd, '.oos'), join(foreign.cwd, '.oos'), { recursive: true })
    expect(oos(['learn', '--write'], foreign)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no run has learnt here'),
    })
    expect(oos(['learn', id, '--write'], foreign)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did not learn here'),
    })
    expect(existsSync(join(foreign.cwd, '.agent-os'))).toBe(false)
    learnFrom(['true'], foreign)
    expect(oos(['learn', '--dry-run'], foreign).stdout).toContain('shell:true')
  })

  test('that is not there has nothing to learn from', () => {
    expect(oos(['learn'], tiny)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('oos run --learn'),
    })
  })
})

describe('what is written', () => {
  test('comes into the spec that is there, which keeps all that it says', () => {
    const head = '---\n# ours\nextends: [oos:git]\n---\n\n# Tiny\n\nMore words.\n\n'
    const before = `${head}- **Allow** \`shell:sh *\` — scripts\n`
    const known = makePackage({ '.agent-os/AGENT.md': before })
    oos(['run', '--learn', '--trust-specs', '--', 'sh', 'test/run.sh'], known)
    expect(oos(['learn', '--write'], known).code).toBe(0)
    const after = read('.agent-os/AGENT.md', known)
    for (const line of before.split('\n').filter((each) => !each.startsWith('extends')))
      expect(after).toContain(line)
    expect(after).toMatch(/^# ours\nextends: \[ ?oos:git, oos:secrets ?\]$/m)
    expect(after).toMatch(
      /## Learned\n[\s\S]*- \*\*Allow\*\* `file:out\/\*\*:read,write` — seen in run \w{8}: sh test\/run\.sh\n/,
    )
    expect(oos(['run', '--', 'sh', 'test/run.sh'], known)).toMatchObject({ code: 0, stderr: '' })
  })

  test('is asked about with all the rest where nobody had agreed to what stood there', () => {
    const foreign = makePackage({ '.agent-os/AGENT.md': '# Tiny\n\n- **Allow** `shell:sh *` — scripts\n' })
    oos(['run', '--learn', '--untrusted', '--', 'sh', 'test/run.sh'], foreign)
    expect(oos(['learn', '--write'], foreign).code).toBe(0)
    const next = (...how: readonly string[]) => oos(['run', ...how, '--', 'sh', 'test/run.sh'], foreign)
    expect(next()).toMatchObject({ code: 3, stderr: expect.stringContaining('shell:sh *') })
    expect(next().stderr).toContain('file:out/**:read,write')
    expect(next('--trust-specs').code).toBe(0)
    expect(next()).toMatchObject({ code: 0, stderr: '' })
  })

  test('is asked about where the specs came to give more since the run', () => {
    learnFrom(['sh', 'test/run.sh'])
    oos(['learn', '--write'], tiny)
    learnFrom(['cat', 'README.md'])
    writeFileSync(
      join(tiny.cwd, '.agent-os/AGENT.md'),
      `${read('.agent-os/AGENT.md')}- **Allow** \`shell:*\` — all\n`,
    )
    expect(oos(['learn', '--write'], tiny).code).toBe(0)
    expect(oos(['run', '--', 'true'], tiny)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('shell:*'),
    })
  })

  test('is nothing with --dry-run', () => {
    learnFrom(['sh', 'test/run.sh'])
    expect(oos(['learn', '--write', '--dry-run'], tiny).stdout).toContain('not written yet')
    expect(existsSync(join(tiny.cwd, '.agent-os'))).toBe(false)
  })
})

test('a dry run shows what would be let through, and starts nothing', () => {
  const { stdout, code } = oos(['run', '--learn', '--dry-run', '--', 'sh', 'test/run.sh'], tiny)
  expect(code).toBe(0)
  expect(stdout).toContain('--learn:1')
  expect(existsSync(join(tiny.cwd, '.oos'))).toBe(false)
})

test('where strace is missing, it says what to type, and everything else runs', () => {
  const hidden = ['--dev-bind', '/', '/', '--ro-bind', '/dev/null', '/usr/bin/strace', '--chdir', tiny.cwd]
  const inside = (...words: readonly string[]) =>
    spawnSync('bwrap', [...hidden, process.execPath, executable, ...words], {
      encoding: 'utf8',
      env: { ...process.env, ...tiny.env },
    })
  expect(inside('run', '--learn', '--', 'true')).toMatchObject({
    status: 4,
    stderr: expect.stringContaining('apt install strace'),
  })
})
