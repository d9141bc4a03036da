import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { executable, makeTree, oos } from '../cli/oos.ts'

const rules = `# Rules

- **Allow** \`file:**:read,write\`, \`shell:*\`
- **Allow** \`git:*:commit\`, \`git:*:push{remote:./remote.git}\`
- **Deny** \`file:locked/**:write\` — not for agents
`

interface Place {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

let place: Place
beforeEach(() => {
  place = makeProject()
})

function makeProject(files: Readonly<Record<string, string>> = {}): Place {
  const cwd = makeTree(
    { '.agent-os/AGENT.md': rules, 'locked/a': 'a\n', '.gitignore': '.oos\n', ...files },
    'my app',
  )
  const base = mkdtempSync(join(realpathSync(tmpdir()), 'oos-hooks-'))
  const [home, bin] = [join(base, 'home'), join(base, 'bin')]
  for (const folder of [home, bin]) mkdirSync(folder)
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\nname = a\nemail = a@example.com\n[init]\ndefaultBranch = main\n',
  )
  symlinkSync(executable, join(bin, 'oos'))
  symlinkSync(process.execPath, join(bin, 'node'))
  const env = {
    HOME: home,
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    PATH: `${bin}:/usr/bin:/bin`,
    XDG_STATE_HOME: '',
    XDG_CACHE_HOME: '',
  }
  const made = { cwd, env }
  git(['init', '-q'], made)
  git(['add', '-A'], made)
  git(['commit', '-qm', 'first'], made)
  return made
}

function git(words: readonly string[], { cwd, env }: Place = place) {
  const { status, stdout, stderr } = spawnSync('git', words, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  return { code: status, out: stdout + stderr }
}

const hooks = (...words: string[]) => oos(['hooks', ...words], place)
/** The ones that git runs. */
const active = (at = place): string[] =>
  JSON.parse(oos(['hooks', '--json'], at).stdout).data.hooks.flatMap(
    (hook: { readonly name: string; readonly active: boolean }) => (hook.active ? [hook.name] : []),
  )
const put = (path: string, text: string, mode = 0o644) => {
  const file = join(place.cwd, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, mode)
}
const log = (...words: string[]) =>
  git(['log', '--format=%s', ...words])
    .out.trimEnd()
    .split('\n')
/** A run of a script that the project has. */
const run = (script: string) => {
  put('.git/do.sh', script)
  return oos(['run', '--trust-specs', '--', 'sh', '.git/do.sh'], place)
}

/** Everything that hooks could lie in: contents, modes and links. */
function listing(folder: string): Readonly<Record<string, string>> {
  const parts = ['.git/hooks', '.git/modules/inner/hooks', '.husky', '.githooks', 'lefthook.yml']
  const found = parts.flatMap((part) => walk(join(folder, part)))
  return Object.fromEntries(found)

  function walk(path: string): [string, string][] {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return []
    const name = path.slice(folder.length)
    if (stats.isSymbolicLink()) return [[name, readlinkSync(path)]]
    if (!stats.isDirectory())
      return [[name, `${(stats.mode & 0o777).toString(8)} ${readFileSync(path, 'latin1')}`]]
    return [[name, 'folder'], ...readdirSync(path).flatMap((entry) => walk(join(path, entry)))]
  }
}

/** As husky 9 writes it, as far as it counts. */
const huskyRunner = `#!/usr/bin/env sh
n=$(basename "$0")
s=$(dirname "$(dirname "$0")")/$n
[ ! -f "$s" ] && exit 0
export PATH="node_modules/.bin:$PATH"
sh -e "$s" "$@"
`

/** Ways in which a repository can have its hooks, each with one that says that it ran. */
const keepers: readonly { readonly by: string; readonly prepare: () => void; readonly says?: string }[] = [
  { by: 'nobody', prepare: () => undefined },
  {
    by: 'plain git',
    prepare: () => put('.git/hooks/pre-commit', '#!/bin/sh\necho RAN >&2\n', 0o750),
    says: 'RAN',
  },
  {
    by: 'a hook that is switched off',
    prepare: () => put('.git/hooks/pre-commit', '#!/bin/sh\necho RAN >&2\n'),
  },
  {
    by: 'a link',
    prepare: () => {
      put('tool.sh', '#!/bin/sh\necho RAN >&2\n', 0o755)
      symlinkSync('../../tool.sh', join(place.cwd, '.git/hooks/pre-commit'))
    },
    says: 'RAN',
  },
  {
    by: 'core.hooksPath',
    prepare: () => {
      put('.githooks/pre-commit', '#!/bin/sh\necho RAN >&2\n', 0o755)
      git(['config', 'core.hooksPath', '.githooks'])
    },
    says: 'RAN',
  },
  {
    by: 'husky',
    prepare: () => {
      put('.husky/pre-commit', 'echo RAN >&2\n')
      for (const name of ['pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-push'])
        put(`.husky/_/${name}`, huskyRunner, 0o755)
      git(['config', 'core.hooksPath', '.husky/_'])
    },
    says: 'RAN',
  },
  {
    by: 'an older husky',
    prepare: () => {
      put('.husky/_/husky.sh', 'export HUSKY=1\n')
      put('.husky/pre-commit', '#!/bin/sh\n. "$(dirname "$0")/_/husky.sh"\n\necho RAN >&2\n', 0o755)
      git(['config', 'core.hooksPath', '.husky'])
    },
    says: 'RAN',
  },
]

describe.each(keepers)('where hooks are kept by $by', ({ prepare, says }) => {
  beforeEach(() => {
    prepare()
    git(['add', '-A'])
    git(['commit', '-qm', 'prepared', '--no-verify', '--allow-empty'])
  })

  test('they are installed once, work, and go away byte for byte', () => {
    const before = listing(place.cwd)
    expect(hooks('install', '--dry-run').stdout).toContain('nothing was written')
    expect(listing(place.cwd)).toEqual(before)
    expect(hooks('install')).toMatchObject({ code: 0, stderr: '' })
    const installed = listing(place.cwd)
    expect(hooks('install').stdout).toContain('installed already')
    expect(listing(place.cwd)).toEqual(installed)
    expect(active()).toEqual(['pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-push'])
    put('x', 'x')
    git(['add', 'x'])
    const { code, out } = git(['commit', '-m', 'x'])
    expect([code, out.includes('RAN')]).toEqual([0, says !== undefined])
    expect(hooks('uninstall')).toMatchObject({ code: 0, stderr: '' })
    expect(listing(place.cwd)).toEqual(before)
    expect(hooks().stdout).toContain('not installed')
  })

  test('what a run may not commit is refused, and what it does is marked', () => {
    hooks('install')
    const { stderr } =
      run(`env -i PATH="$PATH" git -c user.name=a -c user.email=a@example.com commit -qm fine --allow-empty
      git update-index --cacheinfo 100644,$(echo x | git hash-object -w --stdin),locked/a; git commit -m evil || echo REFUSED >&2`)
    expect(stderr).toMatch(
      /do not allow this commit:\n\s+file:locked\/a:change \(\.agent-os\/AGENT\.md:5 .*REFUSED/s,
    )
    expect(log('-1')).toEqual(['fine'])
    expect(git(['log', '-1', '--format=%(trailers)']).out).toMatch(
      /^Oos-Run: [0-9A-Z]{26}\nOos-Policy: [0-9a-f]{64}$/m,
    )
  })

  test('without oos nothing is committed, and the way past is said', () => {
    hooks('install')
    put('x', 'x')
    git(['add', 'x'])
    const without = { ...place, env: { ...place.env, PATH: '/usr/bin:/bin' } }
    expect(git(['commit', '-m', 'x'], without)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/which is not in your PATH\n.*git commit --no-verify/),
    })
    expect(git(['commit', '-qm', 'x', '--no-verify'], without).code).toBe(0)
  })
})

describe('lefthook', () => {
  const settings = `# Ours
pre-commit:
  parallel: true
  commands:
    lint: # quick
      run: npx lint  {staged_files}

commit-msg:
  jobs:
    - name: check
      run: 'check {1}'
`
  const lineOf = (name: string) => {
    const hook = parse(readFileSync(join(place.cwd, 'lefthook.yml'), 'utf8'))[name]
    return (hook.commands?.oos ?? hook.jobs.find((job: { name: string }) => job.name === 'oos')).run
  }

  test('gets a job of ours in each hook, keeps all else, and gives it back byte for byte', () => {
    put('lefthook.yml', settings)
    expect(hooks('install').stdout).toContain('lefthook install')
    const text = readFileSync(join(place.cwd, 'lefthook.yml'), 'utf8')
    for (const kept of [
      '# Ours\n',
      'lint: # quick\n',
      'parallel: true\n',
      'npx lint  {staged_files}',
      "run: 'check {1}'",
    ])
      expect(text).toContain(kept)
    expect(hooks('install').stdout).toContain('lefthook is not active here')
    put('x', 'x')
    git(['add', 'x'])
    expect(spawnSync('sh', ['-c', lineOf('pre-commit')], { ...place, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    })
    expect(lineOf('commit-msg')).toContain('commit-msg {1}')
    expect(lineOf('pre-push')).toContain('pre-push {1} {2}')
    hooks('uninstall')
    expect(readFileSync(join(place.cwd, 'lefthook.yml'), 'utf8')).toBe(settings)
  })

  test('loses no edit that was made since', () => {
    put('lefthook.yml', settings)
    hooks('install')
    const file = join(place.cwd, 'lefthook.yml')
    writeFileSync(file, `${readFileSync(file, 'utf8')}post-merge:\n  commands:\n    x:\n      run: x\n`)
    hooks('uninstall')
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('post-merge:')
    expect(text).toContain('run: npx lint')
    expect(text).not.toContain('oos')
  })

  test('with settings that cannot be read is left alone', () => {
    put('lefthook.yml', 'pre-commit: [\n')
    expect(hooks('install')).toMatchObject({ code: 1, stderr: expect.stringContaining('lefthook validate') })
    expect(readFileSync(join(place.cwd, 'lefthook.yml'), 'utf8')).toBe('pre-commit: [\n')
  })
})

describe('what is written and git does not run counts as not there', () => {
  const clone = (): Place => {
    git(['add', '-A'])
    git(['commit', '-qm', 'hooks', '--no-verify'])
    const cwd = join(dirname(place.cwd), 'clone')
    git(['clone', '-q', place.cwd, cwd])
    return { ...place, cwd }
  }
  const told = (at: Place) =>
    [['hooks'], ['doctor'], ['hooks', 'install'], ['spec', 'coverage']].map((words) => oos(words, at).stdout)
  const required = `${rules}- **Require** \`shell:false\` before commit\n`

  test('in a clone of a project with husky, until packages are installed', () => {
    put('.agent-os/AGENT.md', required)
    put('package.json', '{"devDependencies":{"husky":"^9"}}')
    put('pnpm-lock.yaml', '')
    put('.husky/_/.gitignore', '*')
    const runners = (at: string) => {
      for (const name of ['pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-push']) {
        mkdirSync(join(at, '.husky/_'), { recursive: true })
        writeFileSync(join(at, '.husky/_', name), huskyRunner, { mode: 0o755 })
      }
    }
    runners(place.cwd)
    git(['config', 'core.hooksPath', '.husky/_'])
    expect(hooks('install').stdout).toContain('where husky is active (pnpm install) and with oos in the PATH')
    const cloned = clone()
    expect(git(['commit', '--allow-empty', '-qm', 'unasked'], cloned).code).toBe(0)
    expect(active(cloned)).toEqual([])
    const [shown, doctor, installed, coverage] = told(cloned)
    expect(shown).toMatch(/^○ pre-commit .*husky is not active here\n(○.*\n){3}type pnpm install\n$/)
    expect(doctor).toMatch(/○ hooks .*git runs none of them: husky is not active here/)
    expect(installed).toContain('git does not run them: husky is not active here: pnpm install')
    expect(coverage).toMatch(/Require.* ○ none .*husky is not active here: pnpm install/)
    git(['config', 'core.hooksPath', '.husky/_'], cloned)
    expect(active(cloned)).toEqual([])
    runners(cloned.cwd)
    expect(active(cloned)).toHaveLength(4)
    expect(git(['commit', '--allow-empty', '-qm', 'asked'], cloned).code).toBe(1)
    expect(oos(['spec', 'coverage'], cloned).stdout).toMatch(/Require.* ◐ partial/)
  })

  test('in a project with husky in which a run has put a pipe in the place of package.json', () => {
    put('.husky/pre-commit', 'true\n')
    expect(run('mkfifo package.json').code).toBe(0)
    const { status, signal } = spawnSync(process.execPath, [executable, 'hooks'], {
      cwd: place.cwd,
      env: place.env,
      // Without the protection nothing would end it.
      timeout: 20_000,
    })
    expect({ status, signal }).toEqual({ status: 0, signal: null })
  })

  test('in a clone of a project with lefthook, until it is installed', () => {
    put('.agent-os/AGENT.md', required)
    put('lefthook.yml', 'pre-commit:\n  commands:\n    x:\n      run: echo x\n')
    hooks('install')
    const cloned = clone()
    expect(active(cloned)).toEqual([])
    const [shown, doctor, installed, coverage] = told(cloned)
    expect(shown).toMatch(/^○ pre-commit .*lefthook is not active here\n(○.*\n){3}type lefthook install\n$/)
    expect(doctor).toContain('git runs none of them: lefthook is not active here')
    expect(installed).toContain('git does not run them: lefthook is not active here: lefthook install')
    expect(coverage).toMatch(/Require.* ○ none .*lefthook is not active here: lefthook install/)
    for (const name of ['pre-commit', 'commit-msg', 'pre-push'])
      writeFileSync(
        join(cloned.cwd, '.git/hooks', name),
        `#!/bin/sh\ncall_lefthook() { lefthook "$@"; }\ncall_lefthook run ${name} "$@"\n`,
        { mode: 0o755 },
      )
    expect(active(cloned)).toEqual(['pre-commit', 'commit-msg', 'pre-push'])
    expect(oos(['doctor'], cloned).stdout).toContain('git runs only pre-commit, commit-msg, pre-push')
    expect(oos(['spec', 'coverage'], cloned).stdout).toMatch(/Require.* ○ none/)
  })

  test('where the file is not executable', () => {
    hooks('install')
    expect(active()).toHaveLength(4)
    chmodSync(join(place.cwd, '.git/hooks/pre-commit'), 0o644)
    expect(active()).toEqual(['pre-merge-commit', 'commit-msg', 'pre-push'])
    expect(hooks().stdout).toContain('`.git/hooks/pre-commit` is not executable')
    expect(hooks().stdout).toContain("type chmod +x '.git/hooks/pre-commit'")
    hooks('install')
    expect(active()).toHaveLength(4)
  })

  test('where git is told in its own settings to look elsewhere', () => {
    put('.agent-os/AGENT.md', required)
    hooks('install')
    expect(oos(['spec', 'coverage'], place).stdout).toMatch(/Require.* ◐ partial/)
    git(['config', '--global', 'core.hooksPath', join(place.env.HOME ?? '', 'hooks')])
    expect(oos(['spec', 'coverage'], place).stdout).toMatch(/Require.* ○ none/)
    expect(oos(['doctor'], place).stdout).toMatch(/○ hooks .*`core\.hooksPath` is/)
  })
})

describe('installing', () => {
  test.each([
    { path: '.git/hooks/pre-commit', text: '#!/bin/sh\nnpm run lint && npm test\n', says: true },
    { path: '.git/hooks/pre-commit', text: '#!/bin/sh\n# npm test\nnpm test-all\n', says: false },
    { path: 'lefthook.yml', text: 'pre-commit:\n  commands:\n    x:\n      run: npm test\n', says: true },
  ])('says of $path whether it runs what is required, too: $says', ({ path, text, says }) => {
    put('.agent-os/AGENT.md', `${rules}- **Require** \`shell:npm test\` before commit\n`)
    put(path, text, 0o755)
    for (const { code, stderr } of [hooks('install'), hooks('install')])
      expect([code, stderr.includes(`\`npm test\` is to run twice before a commit: ${path}`)]).toEqual([
        0,
        says,
      ])
  })

  test('in a linked work tree and in a submodule finds the hooks of that repository', () => {
    const linked = join(dirname(place.cwd), 'linked')
    git(['worktree', 'add', '-q', linked])
    const source = makeTree({ '.agent-os/AGENT.md': rules }, 'source')
    for (const words of [
      ['init', '-q'],
      ['add', '-A'],
      ['commit', '-qm', 'inner'],
    ])
      git(words, { ...place, cwd: source })
    git(['-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', source, 'inner'])
    const before = listing(place.cwd)
    for (const cwd of [linked, join(place.cwd, 'inner')]) {
      expect(oos(['hooks', 'install'], { ...place, cwd })).toMatchObject({ code: 0 })
      writeFileSync(join(cwd, '.agent-os/AGENT.md'), '- **Alow** `file:x:read`\n')
      git(['add', '-A'], { ...place, cwd })
      expect(git(['commit', '-m', 'x'], { ...place, cwd }).out).toContain(
        'the specs that are staged are wrong',
      )
      expect(oos(['hooks', 'uninstall'], { ...place, cwd })).toMatchObject({ code: 0 })
      git(['checkout', '-q', 'HEAD', '--', '.'], { ...place, cwd })
    }
    expect(listing(place.cwd)).toEqual(before)
  })

  test('for a project in a folder of the repository checks that folder', () => {
    const below = makeProject({ 'app/.agent-os/AGENT.md': rules })
    expect(oos(['hooks', 'install'], { ...below, cwd: join(below.cwd, 'app') }).code).toBe(0)
    writeFileSync(join(below.cwd, 'app/.agent-os/AGENT.md'), '- **Alow** `file:x:read`\n')
    expect(git(['commit', '-am', 'x'], below).out).toContain('the specs that are staged are wrong')
  })

  test('finds the hooks also where the path of the repository has lines and quotes', () => {
    const cwd = join(place.cwd, `a\nb 'c' "d" $e`)
    mkdirSync(join(cwd, '.agent-os'), { recursive: true })
    writeFileSync(join(cwd, '.agent-os/AGENT.md'), '- **Alow** `file:x:read`\n')
    git(['init', '-q'], { ...place, cwd })
    expect(oos(['hooks', 'install'], { ...place, cwd }).code).toBe(0)
    git(['add', '-A'], { ...place, cwd })
    expect(git(['commit', '-m', 'x'], { ...place, cwd }).out).toContain('the specs that are staged are wrong')
    expect(oos(['hooks', 'uninstall'], { ...place, cwd }).code).toBe(0)
    expect(readdirSync(join(cwd, '.git/hooks')).filter((name) => !name.endsWith('.sample'))).toEqual([])
  })

  test('once more keeps the hook that came in the place of ours', () => {
    hooks('install')
    put('.git/hooks/pre-commit', '#!/bin/sh\necho RAN >&2\n', 0o755)
    hooks('install')
    expect(hooks('uninstall').code).toBe(0)
    expect(readdirSync(join(place.cwd, '.git/hooks')).filter((name) => !name.endsWith('.sample'))).toEqual([
      'pre-commit',
    ])
    expect(readFileSync(join(place.cwd, '.git/hooks/pre-commit'), 'utf8')).toContain('RAN')
  })

  test.each([
    { by: 'husky', path: '.husky/pre-commit', text: 'echo RAN\n', more: 'echo MORE\n' },
    { by: 'lefthook', path: 'lefthook.yml', text: 'colors: false\n', more: 'skip_lfs: true\n' },
  ])(
    'once more, where $by has lines of an older oos, loses no edit that was made since',
    ({ path, text, more }) => {
      if (path.startsWith('.husky')) git(['config', 'core.hooksPath', '.husky'])
      put(path, text, 0o755)
      hooks('install')
      const older = readFileSync(join(place.cwd, path), 'utf8').replaceAll('set -f\n', 'set  -f\n')
      put(path, older + more, 0o755)
      hooks('install')
      expect(hooks('uninstall').code).toBe(0)
      expect(readFileSync(join(place.cwd, path), 'utf8')).toBe(text + more)
    },
  )

  test('takes them away where they were installed, also when git looks elsewhere by now', () => {
    put('.git/hooks/pre-commit', '#!/bin/sh\n', 0o755)
    const before = listing(join(place.cwd, '.git/hooks'))
    hooks('install')
    git(['config', 'core.hooksPath', '.githooks'])
    expect(hooks('uninstall').code).toBe(0)
    expect(listing(join(place.cwd, '.git/hooks'))).toEqual(before)
  })

  test('is refused where other repositories take their hooks, too', () => {
    git(['config', '--global', 'core.hooksPath', join(place.env.HOME ?? '', 'hooks')])
    expect(hooks('install')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('git config core.hooksPath'),
    })
  })

  test('is refused where a hook and one that was kept are both there', () => {
    put('.git/hooks/pre-commit', '#!/bin/sh\n', 0o755)
    put('.git/hooks/pre-commit.before-oos', '#!/bin/sh\n', 0o755)
    expect(hooks('install')).toMatchObject({ code: 1, stderr: expect.stringContaining('rm ') })
  })

  test('leaves everything as it was where a hook cannot be written', () => {
    mkdirSync(join(place.cwd, '.git/hooks/pre-push'))
    expect(hooks('install')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('pre-push` is no file'),
    })
    expect(existsSync(join(place.cwd, '.git/hooks/pre-commit'))).toBe(false)
  })

  test('leaves everything as it was where the folder cannot be written', () => {
    const folder = join(place.cwd, '.git/hooks')
    put('.git/hooks/pre-commit', '#!/bin/sh\n', 0o755)
    const before = listing(place.cwd)
    const words = ['--dev-bind', '/', '/', '--ro-bind', folder, folder, '--chdir', place.cwd, '--']
    const { status, stderr } = spawnSync(
      'bwrap',
      [...words, process.execPath, executable, 'hooks', 'install'],
      {
        env: { ...process.env, ...place.env },
        encoding: 'utf8',
      },
    )
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/cannot be written: the disk is read-only\n.*nothing was changed/),
    ])
    expect(listing(place.cwd)).toEqual(before)
  })

  test('leaves everything as it was where it cannot be written down what was there', () => {
    put('.git/hooks/pre-commit', '#!/bin/sh\n', 0o755)
    put('.git/hooks/oos', '')
    const before = listing(place.cwd)
    expect(hooks('install')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/installed\.json` cannot be written: .*\n.*nothing was changed/),
    })
    expect(listing(place.cwd)).toEqual(before)
  })

  test.each([
    { where: 'a bare repository', words: ['init', '-q', '--bare'], says: 'is a bare repository' },
    { where: 'no repository', words: ['--version'], says: 'is not in a git repository' },
  ])('in $where says so', ({ words, says }) => {
    const cwd = makeTree({ '.agent-os/AGENT.md': rules })
    git(words, { ...place, cwd })
    expect(oos(['hooks', 'install'], { ...place, cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(says),
    })
    expect(oos(['hooks', 'run', 'pre-commit'], { ...place, cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(says),
    })
  })

  test('does not run what the project has under the name of oos, or of Node', () => {
    hooks('install')
    for (const name of ['oos', 'node']) put(`node_modules/.bin/${name}`, '#!/bin/sh\necho EVIL >&2\n', 0o755)
    put('x', 'x')
    git(['add', 'x'])
    const PATH = `${join(place.cwd, 'node_modules/.bin')}:node_modules/.bin::${place.env.PATH}`
    const { code, out } = git(['commit', '-m', 'x'], { ...place, env: { ...place.env, PATH } })
    expect([code, out]).toEqual([0, expect.not.stringContaining('EVIL')])
  })
})

describe('a person', () => {
  beforeEach(() => {
    hooks('install')
  })
  const requiring = (...lines: string[]) => {
    put('.agent-os/AGENT.md', `${rules}${lines.map((line) => `- ${line}\n`).join('')}`)
    git(['commit', '-qam', 'rules', '--no-verify'])
    oos(['run', '--trust-specs', '--', 'true'], place)
    put('x', String(Math.random()))
    git(['add', 'x'])
  }

  test('commits what no agent may, and no mark is set', () => {
    put('locked/a', 'b\n')
    expect(git(['commit', '-am', 'by hand'])).toMatchObject({ code: 0 })
    expect(git(['log', '-1', '--format=%B']).out.trim()).toBe('by hand')
  })

  test('is told what an edit of the rules means', () => {
    put('.agent-os/AGENT.md', rules.replace('locked/**', 'nothing/**'))
    const { code, out } = git(['commit', '-am', 'wider'])
    expect([code, out]).toEqual([0, expect.stringMatching(/newly allowed.*locked.*this allows more/s)])
  })

  test('cannot commit specs that are wrong, whatever lies in the work tree', () => {
    put('.agent-os/AGENT.md', '- **Alow** `file:x:read`\n')
    git(['add', '-A'])
    put('.agent-os/AGENT.md', rules)
    expect(git(['commit', '-m', 'x'])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/Alow.*--no-verify/s),
    })
    expect(log()).toEqual(['first'])
  })

  test('is told what the specs mean with the very first commit', () => {
    const fresh = { ...place, cwd: makeTree({ '.agent-os/AGENT.md': rules }) }
    git(['init', '-q'], fresh)
    oos(['hooks', 'install'], fresh)
    git(['add', '-A'], fresh)
    const { code, out } = git(['commit', '-m', 'first'], fresh)
    expect([code, out]).toEqual([0, expect.stringMatching(/newly allowed.*\(no commit → what is staged\)/s)])
    expect(out).not.toContain('cannot be compared')
  })

  test('commits where git is told by name alone where the repository is', () => {
    const [GIT_DIR, GIT_WORK_TREE] = [join(dirname(place.cwd), 'elsewhere'), place.cwd]
    renameSync(join(place.cwd, '.git'), GIT_DIR)
    const named = { ...place, env: { ...place.env, GIT_DIR, GIT_WORK_TREE } }
    put('locked/a', 'b\n')
    expect(git(['commit', '-qam', 'by hand'], named)).toMatchObject({ code: 0, out: '' })
  })

  test('commits the first specs of all', () => {
    const cwd = makeTree({ '.agent-os/AGENT.md': rules, f: '' })
    const fresh = { ...place, cwd }
    git(['init', '-q'], fresh)
    oos(['hooks', 'install'], fresh)
    git(['add', 'f'], fresh)
    expect(git(['commit', '-m', 'without'], fresh).code).toBe(0)
    git(['add', '-A'], fresh)
    expect(git(['commit', '-m', 'first'], fresh)).toMatchObject({
      code: 0,
      out: expect.stringContaining('newly allowed'),
    })
  })

  test('sees the end of what a required command said, where it fails', () => {
    requiring('**Require** `shell:sh check.sh` before commit — nothing broken')
    put('check.sh', 'seq 100; echo "it is broken" >&2; exit 7')
    const { code, out } = git(['commit', '-m', 'x'])
    expect(code).toBe(1)
    expect(out).toMatch(
      /\| 100\n.*\| it is broken\n.*`sh check\.sh` ended with 7, and has to end well before a commit/s,
    )
    expect(out).not.toContain('| 50\n')
    put('check.sh', 'exit 0')
    expect(git(['commit', '-m', 'x'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^oos: `sh check\.sh` passed, as is required before a commit \(\.agent-os\/AGENT\.md:\d+:\d+\)$/m,
      ),
    })
  })

  test('has nothing run that he has not agreed to', () => {
    requiring()
    put('.agent-os/AGENT.md', `${rules}- **Require** \`shell:touch ran\` before commit\n`)
    git(['add', '-A'])
    const { code, out } = git(['commit', '-m', 'x'])
    expect(code).toBe(1)
    // What the edit means is said once; `oos trust` shows what is given.
    expect(out.match(/what is required/g)).toHaveLength(1)
    expect(out).not.toContain('gives, beyond')
    expect(oos(['trust', '--dry-run'], place).stdout).toMatch(
      /before a commit, your hooks run {2}touch ran {2}\.agent-os\/AGENT\.md:\d+$/m,
    )
    expect(out).toMatch(/AGENT\.md:\d+:\d+ `touch ran` was not run: you have not agreed .*\n +oos trust\n$/)
    expect(existsSync(join(place.cwd, 'ran'))).toBe(false)
    oos(['trust', '--yes'], place)
    expect(git(['commit', '-m', 'x']).code).toBe(0)
    expect(existsSync(join(place.cwd, 'ran'))).toBe(true)
  })

  test('has what is required run under the rules', () => {
    requiring('**Require** `shell:cat .env` before commit', '**Deny** `file:**/.env:*`')
    put('.env', 'SECRET')
    const { code, out } = git(['commit', '-m', 'x'])
    expect([code, out]).toEqual([1, expect.not.stringContaining('SECRET')])
    expect(JSON.parse(oos(['runs', '--json'], place).stdout).data[0]).toMatchObject({
      command: ['cat', '.env'],
    })
  })

  test('is asked for it only where the change touches what it is about', () => {
    requiring('**Require** `shell:false` before commit when `file:src/**:write`')
    expect(git(['commit', '-m', 'x']).code).toBe(0)
    put('src/x', 'x')
    git(['add', '-A'])
    expect(git(['commit', '-m', 'x']).code).toBe(1)
  })

  test('is asked for it before a push, which still tells another hook what is pushed', () => {
    hooks('uninstall')
    put('.git/hooks/pre-push', '#!/bin/sh\necho "PUSHED $(cat)" >&2\n', 0o755)
    hooks('install')
    git(['init', '-q', '--bare', 'remote.git'])
    requiring('**Require** `shell:sh check.sh` before push')
    git(['reset', '-q'])
    put('check.sh', 'exit 3')
    expect(git(['push', './remote.git', 'main'])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/PUSHED refs\/heads\/main [0-9a-f]{40} .*has to end well before a push/s),
    })
    put('check.sh', 'exit 0')
    expect(git(['push', './remote.git', 'main']).code).toBe(0)
  })

  test('without specs is asked nothing', () => {
    git(['rm', '-rq', '--cached', '.agent-os'])
    spawnSync('rm', ['-r', join(place.cwd, '.agent-os')])
    expect(git(['commit', '-m', 'gone']).code).toBe(0)
  })

  test('goes on with a merge and a rebase', () => {
    git(['switch', '-qc', 'side'])
    put('f', 'one\n')
    git(['add', 'f'])
    git(['commit', '-qm', 'side'])
    git(['switch', '-q', 'main'])
    put('f', 'two\n')
    git(['add', 'f'])
    git(['commit', '-qm', 'main'])
    git(['merge', 'side'])
    put('f', 'both\n')
    expect(git(['commit', '-qam', 'merged']).code).toBe(0)
    git(['reset', '-q', '--hard', 'HEAD~1'])
    git(['rebase', 'side'])
    put('f', 'both\n')
    git(['add', 'f'])
    expect(git(['-c', 'core.editor=true', 'rebase', '--continue']).code).toBe(0)
    expect(log()).toEqual(['main', 'side', 'first'])
  })

  test('commits 50,000 files', () => {
    requiring('**Require** `shell:false` before commit when `file:many/49999:write`')
    const make = { cwd: place.cwd, input: 'x', encoding: 'utf8' } as const
    const blob = spawnSync('git', ['hash-object', '-w', '--stdin'], make).stdout.trim()
    const input = Array.from({ length: 50_000 }, (_, at) => `100644 ${blob} 0\tmany/${at}\n`).join('')
    spawnSync('git', ['update-index', '--index-info'], { cwd: place.cwd, input })
    expect(git(['commit', '-qm', 'many'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('`false` ended with 1'),
    })
  })
})

describe('where the specs were checked before, Node is not started again', () => {
  /** Says on stderr that it was started. */
  const watched = () => {
    const bin = join(place.env.HOME ?? '', 'watched')
    mkdirSync(bin)
    writeFileSync(join(bin, 'oos'), '#!/bin/sh\necho STARTED >&2\nexec oos-itself "$@"\n')
    chmodSync(join(bin, 'oos'), 0o755)
    symlinkSync(executable, join(bin, 'oos-itself'))
    return { ...place, env: { ...place.env, PATH: `${bin}:${place.env.PATH}` } }
  }
  const commit = (at: Place) => git(['commit', '--allow-empty', '-qm', 'x'], at).out.includes('STARTED')
  const old = () => {
    const at = new Date(Date.now() - 60_000)
    for (const path of ['.agent-os', '.agent-os/AGENT.md']) utimesSync(join(place.cwd, path), at, at)
  }

  beforeEach(() => {
    hooks('install')
    old()
  })

  test.each([
    { what: 'nothing', change: () => undefined, starts: false },
    { what: 'another file', change: () => put('x', 'x'), starts: false },
    { what: 'a rule', change: () => put('.agent-os/AGENT.md', `${rules}\n`), starts: true },
    { what: 'a new spec', change: () => put('.agent-os/rules/x.md', '# X\n'), starts: true },
    {
      what: 'a spec that is gone',
      change: () => unlinkSync(join(place.cwd, '.agent-os/AGENT.md')),
      starts: true,
    },
    {
      what: 'a spec that is staged alone',
      change: () => {
        put('.agent-os/AGENT.md', `${rules}\n`)
        git(['add', '-A'])
        put('.agent-os/AGENT.md', rules)
        old()
      },
      starts: true,
    },
    {
      what: "a rule of the person's own",
      change: () => {
        mkdirSync(join(place.env.HOME ?? '', '.agent-os'))
        writeFileSync(join(place.env.HOME ?? '', '.agent-os/GLOBAL_RULES.md'), '- **Deny** `env:X`\n')
      },
      starts: true,
    },
  ])('after $what: $starts', ({ change, starts }) => {
    const at = watched()
    expect([commit(at), commit(at)]).toEqual([true, false])
    change()
    expect(commit(at)).toBe(starts)
  })

  test('unless another person, or another work tree, is asked about', () => {
    const at = watched()
    expect([commit(at), commit(at)]).toEqual([true, false])
    const home = join(place.env.HOME ?? '', 'other')
    mkdirSync(home)
    expect(commit({ ...at, env: { ...at.env, HOME: home } })).toBe(true)
    expect([commit(at), commit(at)]).toEqual([true, false])
    const linked = join(place.env.HOME ?? '', 'linked')
    git(['worktree', 'add', '-q', linked])
    const before = new Date(Date.now() - 60_000)
    for (const path of ['.agent-os', '.agent-os/AGENT.md']) utimesSync(join(linked, path), before, before)
    expect(commit({ ...at, cwd: linked })).toBe(true)
  })

  test('unless something is required each time', () => {
    put('.agent-os/AGENT.md', `${rules}- **Require** \`shell:true\` before commit\n`)
    git(['commit', '-qam', 'rules', '--no-verify'])
    oos(['run', '--trust-specs', '--', 'true'], place)
    old()
    const at = watched()
    expect([commit(at), commit(at)]).toEqual([true, true])
  })

  test('and no run can say that they were', () => {
    run('mkdir -p .git/hooks/oos; echo x > .git/hooks/oos/checked; touch .git/hooks/oos/checked')
    expect(existsSync(join(place.cwd, '.git/hooks/oos/checked'))).toBe(false)
  })
})

describe('a run', () => {
  beforeEach(() => {
    hooks('install')
  })

  test('is known by its sandbox: it can neither drop that nor change it', () => {
    const { stdout } =
      run(`unset $(env | cut -d= -f1 | grep -v PATH); cat /run/oos/run.json | head -c 12; echo
      for way in 'echo x > /run/oos/run.json' 'rm /run/oos/run.json' 'mv /run/oos /run/x' 'umount /run/oos/run.json' 'echo x > /run/oos/x'; do
        sh -c "$way" 2> /dev/null && echo "DONE $way"; done; true`)
    expect(stdout).toBe('{"version":1\n')
  })

  test('may not rename, delete or move what it may not write', () => {
    const { stderr } =
      run(`git update-index --force-remove locked/a; git update-index --add --cacheinfo 100644,$(git rev-parse HEAD:locked/a),b
      git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),locked/sub; git commit -m x`)
    expect(stderr).toMatch(/file:locked\/a:delete.*file:locked\/sub:create/s)
    expect(log()).toEqual(['first'])
  })

  test('may not commit to a branch that is not for it, also where none is checked out', () => {
    put('.agent-os/AGENT.md', rules.replace('git:*:commit', 'git:agent/*:commit'))
    const { stderr } =
      run(`git commit --allow-empty -qm on-main; git switch -q --detach; git commit --allow-empty -qm nowhere
      git switch -qc agent/x; git commit --allow-empty -qm fine`)
    expect(stderr).toMatch(/git:main:commit \(no rule allows it\).*git:\*:commit \(no branch is checked out/s)
    expect(log('agent/x')).toEqual(['fine', 'first'])
  })

  test('marks each commit once', () => {
    run(
      'git commit --allow-empty -qm x; git commit --amend --allow-empty --no-edit -q; git commit --amend --allow-empty --no-edit -q',
    )
    expect(git(['log', '-1', '--format=%B']).out.match(/Oos-Run/g)).toHaveLength(1)
    run('git commit --amend --allow-empty --no-edit -q')
    expect(git(['log', '-1', '--format=%B']).out.match(/Oos-Run/g)).toHaveLength(2)
  })

  test('pushes what it may, and no more', () => {
    const { stderr, stdout } = run(`git init -q --bare remote.git; git init -q --bare other.git; exec 2>&1
      git push -q ./remote.git main && echo PUSHED
      git push -q ./other.git main || echo REFUSED other
      git commit --amend --allow-empty -qm 'y y'; git push -qf ./remote.git main || echo REFUSED force
      git push -q ./remote.git :main || echo REFUSED delete
      git tag v1; git push -q ./remote.git v1 || echo REFUSED tag
      git push -q ./remote.git 'HEAD^{/y y}:refs/heads/other' && echo PUSHED by its message`)
    expect(stdout.match(/^(?:PUSHED|REFUSED).*$/gm)).toEqual([
      'PUSHED',
      'REFUSED other',
      'REFUSED force',
      'REFUSED delete',
      'REFUSED tag',
      'PUSHED by its message',
    ])
    expect(stdout).toMatch(/git:main:force-push\{remote:\.\/remote\.git\} \(no rule allows it\)/)
    expect(stderr).not.toContain('Error')
  })

  test('has what is required run where it is', () => {
    put('.agent-os/AGENT.md', `${rules}- **Require** \`shell:sh check.sh\` before commit\n`)
    put('check.sh', 'test -e /run/oos/run.json && exit 5')
    const { stderr } = run('git commit --allow-empty -m x')
    expect(stderr).toContain('`sh check.sh` ended with 5, and has to end well before a commit')
    expect(stderr).not.toContain('--no-verify')
  })
})

test('a hook that oos does not know is an error', () => {
  expect(hooks('run', 'post-commit')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is no hook that oos knows'),
  })
})
