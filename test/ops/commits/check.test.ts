import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { RepositoryReport } from '../../../src/ops/commits/check.ts'
import { takeSnapshot } from '../../../src/ops/commits/snapshot.ts'
import { type Files, git, type Scene } from '../../sandbox/scene.ts'
import { attempt, createRepository, placeOf } from './place.ts'

const scenes: Scene[] = []
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.remove()
})

function sceneOf(files: Files = {}): Scene {
  const scene = createRepository(files)
  scenes.push(scene)
  return scene
}

const ask = (scene: Scene, ...words: string[]) => git(scene, scene.root, ...words).trimEnd()
const subjects = (scene: Scene, ref = 'main') => ask(scene, 'log', '--format=%s', ref).split('\n')

/** What was refused, as `ref: why`. */
function refused({ refs }: RepositoryReport): readonly string[] {
  return refs.flatMap(({ name, refusal }) => {
    if (refusal === undefined) return []
    const { written, act, decision } = refusal
    const why =
      written === undefined ? (act ?? decision.reasons[0]?.text) : `${written.path}:${written.action}`
    return [`${name.replace('refs/heads/', '')}: ${why}`]
  })
}

describe('what a commit writes', () => {
  test.each([
    {
      does: 'changes a file',
      script: 'git update-index --cacheinfo 100644,$evil,locked/a',
      why: 'locked/a:change',
    },
    {
      does: 'adds one',
      script: 'git update-index --add --cacheinfo 100644,$evil,locked/b',
      why: 'locked/b:create',
    },
    { does: 'deletes one', script: 'git update-index --force-remove locked/a', why: 'locked/a:delete' },
    {
      does: 'renames one',
      script:
        'git update-index --force-remove locked/a; git update-index --add --cacheinfo 100644,$(git rev-parse HEAD:locked/a),b',
      why: 'locked/a:delete',
    },
    { does: 'makes one a program', script: 'git update-index --chmod=+x locked/a', why: 'locked/a:change' },
    {
      does: 'makes one a link',
      script: 'git update-index --cacheinfo 120000,$evil,locked/a',
      why: 'locked/a:change',
    },
    {
      does: 'puts a link in the place of a folder',
      script: 'git update-index --add --replace --cacheinfo 120000,$evil,locked',
      why: 'locked:create',
    },
    {
      does: 'points a submodule elsewhere',
      script: 'git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),locked/sub',
      why: 'locked/sub:create',
    },
    {
      does: "writes into git's own folder",
      script:
        'sub=$(printf "100644 blob $evil\\tnotes\\n" | git mktree); tree=$( (git ls-tree HEAD; printf "040000 tree $sub\\t.git\\n") | git mktree)',
      why: '.git/notes:create',
    },
    {
      does: "writes into git's own folder, as some disks see it",
      script:
        'sub=$(printf "100644 blob $evil\\tnotes\\n" | git mktree); tree=$( (git ls-tree HEAD; printf "040000 tree $sub\\t.GIT\\n") | git mktree)',
      why: '.GIT/notes:create',
    },
    {
      does: 'leads out of its folder',
      script:
        'sub=$(printf "100644 blob $evil\\ta\\n" | git mktree); sub=$(printf "040000 tree $sub\\tfree\\n" | git mktree); up=$(printf "040000 tree $sub\\t..\\n" | git mktree); tree=$( (git ls-tree HEAD; printf "040000 tree $up\\tx\\n") | git mktree)',
      why: 'x/../free/a:create',
    },
    {
      does: 'goes nowhere on its way',
      script:
        'sub=$(printf "100644 blob $evil\\ta\\n" | git mktree); dot=$(printf "040000 tree $sub\\t.\\n" | git mktree); tree=$( (git ls-tree HEAD; printf "040000 tree $dot\\tx\\n") | git mktree)',
      why: 'x/./a:create',
    },
  ])('is judged where it $does', async ({ script, why }) => {
    const scene = sceneOf()
    const commit = 'git update-ref HEAD $(git commit-tree -m evil -p HEAD "$tree")'
    const { out, check } = await attempt(
      scene,
      `set -e; ${script}; [ -n "$tree" ] || tree=$(git write-tree); ${commit}; git read-tree HEAD~1`,
    )
    expect([out, refused(check())]).toEqual(['', [`main: ${why}`]])
    expect(subjects(scene)).toEqual(['first'])
    expect(ask(scene, 'log', '-1', '--format=%s', 'refs/oos/quarantine/RUN/heads/main')).toBe('evil')
  })

  test('is judged by its path in the work tree, also where the project is a folder of it', async () => {
    const scene = sceneOf({ 'work/app/f': 'one' })
    const { check } = await attempt(
      scene,
      'echo two > app/f; git commit -qam fine; echo two > f; git commit -qam outside',
      {
        rules: [
          'Allow file:**:read',
          'Allow file:{app,.git}/**:write',
          'Allow file:f:change',
          'Allow git:*:commit',
          'Deny file:f:change',
        ],
      },
    )
    expect(refused(check())).toEqual([])
  })

  test('is what it is, whatever its name', async () => {
    const scene = sceneOf()
    const script = `git update-index --add --cacheinfo "100644,$evil,:100644 x
y" --cacheinfo "100644,$evil,$(printf 'locked/\\377\\033')"; git commit -qm evil`
    const { check } = await attempt(scene, script)
    expect(refused(check())).toEqual(['main: locked/\udcff\x1b:create'])
  })
})

test('a submodule is judged, also where settings say that nobody cares', async () => {
  const scene = sceneOf()
  const [one, other] = ['1', '2'].map((digit) => digit.repeat(40))
  writeFileSync(
    join(scene.root, '.gitmodules'),
    '[submodule "x"]\npath = locked/sub\nurl = x\nignore = all\n',
  )
  git(scene, scene.root, 'config', 'submodule.x.ignore', 'all')
  git(scene, scene.root, 'add', '-A')
  git(scene, scene.root, 'update-index', '--add', '--cacheinfo', `160000,${one},locked/sub`)
  git(scene, scene.root, 'commit', '-qm', 'with a submodule')
  const move = `git update-index --cacheinfo 160000,${other},locked/sub`
  const committed = await attempt(scene, `${move}; git commit -qm moved`)
  expect(refused(committed.check())).toEqual(['main: locked/sub:change'])
  const staged = await attempt(scene, move)
  expect(staged.check().unstaged).toMatchObject([{ path: 'locked/sub', action: 'change' }])
})

test('a file that an Ask is about is one that nobody could be asked about', async () => {
  const scene = sceneOf()
  const rules = ['Allow file:**:read,write', 'Allow git:*:commit', 'Ask file:f:write']
  const { check } = await attempt(scene, 'git update-index --cacheinfo 100644,$evil,f; git commit -qm x', {
    rules,
  })
  expect(refused(check())).toEqual(['main: f:change'])
})

test('an object that is replaced is not, whatever by', async () => {
  const scene = sceneOf()
  git(scene, scene.root, 'commit', '-q', '--allow-empty', '-m', 'second')
  const { check } = await attempt(
    scene,
    'git replace HEAD $(git commit-tree -m harmless -p HEAD~1 HEAD^{tree})',
  )
  expect(check().refs.every(({ refusal }) => refusal)).toBe(true)
  expect(ask(scene, 'for-each-ref', 'refs/replace')).toBe('')
})

test('a commit is judged by what it holds, not by what stands in its place', async () => {
  const scene = sceneOf()
  const script = `id=$(craft); git replace $id $(git commit-tree -m harmless -p HEAD HEAD^{tree})
    git update-ref HEAD $id`
  const { check } = await attempt(scene, script)
  expect(refused(check())).toContain('main: locked/a:change')
  expect(subjects(scene)).toEqual(['first'])
})

describe('a branch', () => {
  test('keeps what stands before the first commit that breaks a rule', async () => {
    const scene = sceneOf()
    const script = `echo two > f; git commit -qam good
      git update-index --cacheinfo 100644,$evil,locked/a; git commit -qm evil; git commit -q --allow-empty -m later`
    const { check } = await attempt(scene, script)
    expect(check().commits.map(({ refusal }) => refusal?.written?.path)).toEqual([
      undefined,
      'locked/a',
      undefined,
    ])
    expect(subjects(scene)).toEqual(['good', 'first'])
    expect(subjects(scene, 'refs/oos/quarantine/RUN/heads/main')).toEqual(['later', 'evil', 'good', 'first'])
    expect(ask(scene, 'status', '--porcelain')).toBe('')
  })

  test('that the run made is taken away, and HEAD is where it was', async () => {
    const scene = sceneOf()
    const script = 'git switch -qc x; git update-index --cacheinfo 100644,$evil,locked/a; git commit -qm evil'
    const { check } = await attempt(scene, script)
    check()
    expect(ask(scene, 'for-each-ref', '--format=%(refname)')).toBe(
      'refs/heads/main\nrefs/oos/quarantine/RUN/heads/x',
    )
    expect(ask(scene, 'status', '--porcelain', '-b')).toBe('## main')
  })

  test('without a commit yet has none again', async () => {
    const scene = sceneOf()
    rmSync(join(scene.root, '.git'), { recursive: true })
    git(scene, scene.root, 'init', '-qb', 'main')
    const { check } = await attempt(scene, 'git add -A; git commit -qm evil')
    expect(refused(check())).toEqual(['main: locked/a:create'])
    expect(ask(scene, 'status', '--porcelain', '-b')).toContain('No commits yet on main')
    expect(ask(scene, 'diff', '--cached', '--name-only')).toBe('f')
  })

  test.each([
    {
      who: 'may be committed to',
      rules: ['Allow git:feature/*:commit'],
      ref: 'refs/heads/feature/a',
      refused: [],
    },
    {
      who: 'may not be committed to',
      rules: ['Allow git:feature/*:commit'],
      ref: 'refs/heads/main',
      refused: ['main: git:main:commit'],
    },
    {
      who: 'wants a yes',
      rules: ['Allow git:*:commit', 'Ask git:main:commit'],
      ref: 'refs/heads/main',
      refused: ['main: git:main:commit'],
    },
    { who: 'no rule names', rules: [], ref: 'refs/heads/main', refused: ['main: git:main:commit'] },
    { who: 'is no branch', rules: [], ref: 'refs/x/y', refused: [] },
    {
      who: 'is not checked out',
      rules: ['Allow git:feature/*:commit'],
      ref: 'HEAD',
      refused: ['HEAD: git:*:commit'],
    },
    {
      who: 'is a tag',
      rules: ['Allow git:*:commit'],
      ref: 'refs/tags/v1',
      refused: ['refs/tags/v1: git:v1:tag'],
    },
  ])('that $who', async ({ rules, ref, refused: expected }) => {
    const scene = sceneOf()
    const commit = '$(git commit-tree -m x -p HEAD HEAD^{tree})'
    const { check } = await attempt(scene, `git update-ref --no-deref ${ref} ${commit}`, {
      rules: ['Allow file:**:read,write', ...rules],
    })
    expect(refused(check())).toEqual(expected)
    expect(ask(scene, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main')
  })

  test('that is being rebased is what a commit without a branch goes to', async () => {
    const scene = sceneOf()
    git(scene, scene.root, 'branch', 'feature')
    const script = `git switch -q feature; echo two > f; git commit -qam second; git switch -qc up main; echo three > f; git commit -qam third
      git switch -q feature; git rebase -q up; echo four > f; git add f; git -c core.editor=true commit -qm fourth`
    const rules = ['Allow file:**:read,write', 'Allow git:{feature,up}:commit']
    const { check } = await attempt(scene, script, { rules })
    expect(existsSync(join(scene.root, '.git/rebase-merge'))).toBe(true)
    expect(refused(check())).toEqual([])
  })

  test.each([
    {
      does: 'stands for another',
      script: 'git symbolic-ref refs/heads/x refs/heads/main',
      why: 'x: it stands for another name',
    },
    {
      does: 'is a tag that stands for another',
      script: 'git symbolic-ref refs/tags/x refs/heads/main',
      why: 'refs/tags/x: it stands for another name',
    },
    {
      does: 'names no commit',
      script: 'git update-ref refs/x HEAD^{tree}',
      why: 'refs/x: it names no commit, so no rule can be asked about it',
    },
    {
      does: 'names what is not there',
      script: 'printf "%040d" 1 > .git/refs/heads/x',
      why: 'x: it names something that is not there',
    },
    {
      does: 'has a name that git does not take',
      script: 'git rev-parse HEAD > ".git/refs/heads/a b"',
      why: 'a b: git takes no such name',
    },
    { does: 'names nothing', script: 'echo x > .git/refs/heads/x', why: 'x: it names nothing' },
  ])('that $does is taken away', async ({ script, why }) => {
    const scene = sceneOf()
    const { check } = await attempt(scene, script)
    expect(refused(check())).toEqual([why])
    const refs = ask(scene, 'for-each-ref', '--format=%(refname)').split('\n')
    expect(refs.filter((ref) => !ref.startsWith('refs/oos/'))).toEqual(['refs/heads/main'])
  })

  test.each([
    {
      what: 'no commit',
      script: 'tree=$(git rev-parse HEAD^{tree}); echo $tree > .git/HEAD',
      why: 'HEAD: it names neither a branch nor a commit',
    },
    {
      what: 'no branch',
      script: 'git update-ref refs/x HEAD; echo "ref: refs/x" > .git/HEAD',
      why: 'HEAD: it names neither a branch nor a commit',
    },
    {
      what: 'what breaks a rule',
      script: 'id=$(craft); echo $id > .git/HEAD',
      why: 'HEAD: locked/a:change',
    },
  ])('is checked out again where HEAD names $what', async ({ script, why }) => {
    const scene = sceneOf()
    const { check } = await attempt(scene, script)
    expect(refused(check())).toEqual([why])
    expect(readFileSync(join(scene.root, '.git/HEAD'), 'utf8')).toBe('ref: refs/heads/main\n')
  })

  test('that may not be committed to is not set back either', async () => {
    const scene = sceneOf()
    ask(scene, 'commit', '-q', '--allow-empty', '-m', 'second')
    const rules = ['Allow file:**:read,write', 'Allow git:dev:commit']
    const { check } = await attempt(scene, 'git update-ref refs/heads/main HEAD~', { rules })
    expect(refused(check())).toEqual(['main: git:main:commit'])
    expect(subjects(scene)).toEqual(['second', 'first'])
  })

  test('or tag that may not be deleted is there again', async () => {
    const scene = sceneOf()
    git(scene, scene.root, 'branch', 'x/y')
    git(scene, scene.root, 'tag', 'v1')
    git(scene, scene.root, 'pack-refs', '--all')
    const { check } = await attempt(scene, 'git branch -qD x/y; git tag -d v1; git branch x; git tag v2')
    expect(refused(check())).toEqual([
      'x/y: git:x/y:delete',
      'refs/tags/v1: git:v1:delete',
      'x: it stands where another name was',
    ])
    expect(ask(scene, 'for-each-ref', '--format=%(refname)')).toBe(
      'refs/heads/main\nrefs/heads/x/y\nrefs/oos/quarantine/RUN/heads/x\nrefs/tags/v1\nrefs/tags/v2',
    )
  })

  test('may have any name that git takes, packed with others or not', async () => {
    const scene = sceneOf()
    const file = join(scene.root, '.git/packed-refs')
    const lines = ['caf\xe9', 'a\u3000b', 'a\u00a0b'].map(
      (name) => `${ask(scene, 'rev-parse', 'HEAD')} refs/heads/${name}\n`,
    )
    const [latin = '', ...others] = lines
    writeFileSync(file, Buffer.concat([Buffer.from(latin, 'latin1'), Buffer.from(others.join(''))]))
    const before = readFileSync(file, 'latin1').trimEnd().split('\n')
    const { check } = await attempt(
      scene,
      'echo x > f; git commit -qam fine; git branch -q evil $(craft HEAD~1); git pack-refs --all',
    )
    expect(check().problems).toEqual([])
    expect(subjects(scene)).toEqual(['fine', 'first'])
    expect(readFileSync(file, 'latin1').split('\n')).toEqual(expect.arrayContaining(before))
    expect(ask(scene, 'branch', '--list', 'evil')).toBe('')
  })

  test('of another run that was put away stays there', async () => {
    const scene = sceneOf()
    const first = await attempt(scene, 'git update-ref HEAD $(craft)')
    first.check('ONE')
    const again =
      'git merge -q refs/oos/quarantine/ONE/heads/main || git reset -q --soft refs/oos/quarantine/ONE/heads/main'
    const second = await attempt(scene, `${again}; git update-ref -d refs/oos/quarantine/ONE/heads/main`)
    expect(refused(second.check('TWO'))).toEqual([
      'main: locked/a:change',
      'refs/oos/quarantine/ONE/heads/main: this name is not for a run to use',
    ])
    expect(subjects(scene)).toEqual(['first'])
    expect(subjects(scene, 'refs/oos/quarantine/ONE/heads/main')).toEqual(['evil', 'first'])
  })
})

test('what another run did beside it is not made good by a run that began meanwhile', async () => {
  const scene = sceneOf()
  const one = await attempt(scene, 'git update-ref HEAD $(craft)')
  const before = takeSnapshot(placeOf(scene))
  const evil = ask(scene, 'rev-parse', 'HEAD')
  expect(refused(one.check('ONE'))).toEqual(['main: locked/a:change'])
  const two = await attempt(scene, `git branch other ${evil}; git commit -q --allow-empty -m fine`)
  expect(refused(two.check('TWO', { before, earlier: one.before }))).toEqual(['other: locked/a:change'])
  expect(subjects(scene)).toEqual(['fine', 'first'])
  expect(subjects(scene, 'refs/oos/quarantine/ONE/heads/main')).toEqual(['evil', 'first'])
})

describe('a merge', () => {
  /** `old` is where main was before the person changed the locked file there. */
  function diverged(): Scene {
    const scene = sceneOf()
    git(scene, scene.root, 'branch', 'old')
    writeFileSync(join(scene.root, 'locked/a'), 'b\n')
    git(scene, scene.root, 'commit', '-qam', 'by a person')
    return scene
  }

  test('that undoes on a branch what a person did there is judged as that', async () => {
    const scene = diverged()
    const merge = 'git commit-tree -m merge -p old -p main old^{tree}'
    const { check } = await attempt(scene, `git update-ref HEAD $(${merge}); git read-tree HEAD`)
    expect(refused(check())).toEqual(['main: locked/a:change'])
    expect(subjects(scene)).toEqual(['by a person', 'first'])
    expect(ask(scene, 'status', '--porcelain')).toBe('')
  })

  test('may take in others beside what a person did on the branch', async () => {
    const scene = diverged()
    const script = `git branch new old; GIT_INDEX_FILE=/tmp/i git read-tree old
      GIT_INDEX_FILE=/tmp/i git update-index --cacheinfo 100644,$evil,f
      git update-ref refs/heads/new $(git commit-tree -m other -p old $(GIT_INDEX_FILE=/tmp/i git write-tree))
      git merge -qm merge new`
    const { check } = await attempt(scene, script)
    expect(refused(check())).toEqual([])
    expect(subjects(scene)).toHaveLength(4)
  })

  test('among very many is judged by all in which it differs from a side', async () => {
    const scene = diverged()
    const script = `x=old; i=0
      while [ $i -lt 301 ]; do x=$(git commit-tree -m $i -p $x -p main 'old^{tree}'); i=$((i + 1)); done
      git update-ref refs/heads/new $x`
    const { check } = await attempt(scene, script)
    expect(refused(check())).toEqual(['new: locked/a:change'])
  })

  test('of what was never one shows all that it brings in', async () => {
    const scene = diverged()
    const root = '$(git commit-tree -m root $(craft)^{tree})'
    const { check } = await attempt(
      scene,
      `git update-ref HEAD $(git commit-tree -m merge -p HEAD -p ${root} HEAD^{tree})`,
    )
    expect(refused(check())[0]).toMatch(/^main: /)
  })
})

describe('the index', () => {
  test.each([
    { where: 'is changed', script: 'git update-index --cacheinfo 100644,$evil,locked/a', action: 'change' },
    { where: 'is taken out', script: 'git update-index --force-remove locked/a', action: 'delete' },
    { where: 'is made a program', script: 'git update-index --chmod=+x locked/a', action: 'change' },
  ])('does not keep what $where against a rule', async ({ script, action }) => {
    const scene = sceneOf()
    const { check } = await attempt(scene, `echo two > f; git add f; ${script}`)
    expect(check().unstaged).toMatchObject([{ path: 'locked/a', action }])
    expect(ask(scene, 'status', '--porcelain')).toBe('M  f')
  })

  test('keeps in it what may not be deleted, where a run has taken it away', async () => {
    const scene = sceneOf()
    const { check } = await attempt(scene, 'rm .git/index')
    expect(check().unstaged).toMatchObject([{ path: 'locked/a', action: 'delete' }])
    expect(ask(scene, 'ls-files')).toBe('locked/a')
  })

  test('does not keep what is staged under a name that is no text', async () => {
    const scene = sceneOf()
    const script = 'git update-index --add --cacheinfo 100644,$evil,"$(printf "locked/\\377")"'
    const { check } = await attempt(scene, script)
    expect(ask(scene, 'diff', '--cached', '--name-only')).toBe('"locked/\\377"')
    expect(check().unstaged).toHaveLength(1)
    expect(ask(scene, 'diff', '--cached', '--name-only')).toBe('')
  })

  test('keeps what a person had staged before', async () => {
    const scene = sceneOf()
    writeFileSync(join(scene.root, 'locked/a'), 'b\n')
    git(scene, scene.root, 'add', '-A')
    const { check } = await attempt(scene, 'echo two > f; git add f')
    expect(check().unstaged).toEqual([])
    expect(ask(scene, 'status', '--porcelain')).toBe('M  f\nM  locked/a')
  })
})

describe('nothing of a repository is obeyed', () => {
  test('no program that its settings, hooks or attributes name is run', async () => {
    const scene = sceneOf()
    const trace = join(scene.outside, 'ran')
    const program = join(scene.outside, 'program')
    writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> ${trace}\n`, { mode: 0o755 })
    const settings = {
      'core.fsmonitor': program,
      'core.hooksPath': join(scene.outside, 'hooks'),
      'core.pager': program,
      'core.sshCommand': program,
      'core.alternateRefsCommand': program,
      'diff.external': program,
      'diff.x.textconv': program,
      'diff.x.command': program,
      'filter.x.clean': program,
      'filter.x.smudge': program,
      'filter.x.process': program,
      'gpg.program': program,
      'log.showSignature': 'true',
      'alias.rev-list': `!${program}`,
      'extensions.partialClone': 'origin',
      'core.repositoryFormatVersion': '1',
      'remote.origin.promisor': 'true',
      'remote.origin.url': `ext::${program} %S`,
      'protocol.ext.allow': 'always',
    }
    for (const [name, value] of Object.entries(settings)) git(scene, scene.root, 'config', name, value)
    mkdirSync(join(scene.outside, 'hooks'))
    for (const hook of [
      'reference-transaction',
      'post-index-change',
      'pre-commit',
      'update',
      'post-update',
      'pre-auto-gc',
    ])
      symlinkSync(program, join(scene.outside, 'hooks', hook))
    mkdirSync(join(scene.root, 'node_modules/.bin'), { recursive: true })
    symlinkSync(program, join(scene.root, 'node_modules/.bin/git'))
    writeFileSync(join(scene.root, '.gitattributes'), '* filter=x diff=x\n')
    writeFileSync(join(scene.root, '.git/info/attributes'), '* filter=x diff=x\n')
    const script =
      'git update-ref HEAD $(craft); git update-index --cacheinfo 100644,$evil,locked/a; git update-ref refs/x/y $(craft)'
    const { check } = await attempt(
      scene,
      `export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null; ${script}`,
    )
    const { PATH } = process.env
    rmSync(trace, { force: true })
    const drops = Object.entries({
      GIT_DIR: '/nowhere',
      GIT_INDEX_FILE: '/nowhere',
      GIT_EXTERNAL_DIFF: program,
      GIT_PAGER: program,
    })
    try {
      process.env.PATH = `${join(scene.root, 'node_modules/.bin')}:${PATH}`
      for (const [name, value] of drops) process.env[name] = value
      expect(refused(check())).toEqual(['main: locked/a:change', 'refs/x/y: locked/a:change'])
    } finally {
      process.env.PATH = PATH
      for (const [name] of drops) delete process.env[name]
    }
    expect(existsSync(trace) ? readFileSync(trace, 'utf8') : '').toBe('')
  })

  test('nothing that is missing is fetched', async () => {
    const scene = sceneOf()
    const hit = join(scene.outside, 'hit')
    const settings = {
      'core.repositoryFormatVersion': '1',
      'extensions.partialClone': 'origin',
      'remote.origin.promisor': 'true',
      'remote.origin.url': `ext::touch ${hit}`,
      'protocol.ext.allow': 'always',
    }
    for (const [name, value] of Object.entries(settings)) git(scene, scene.root, 'config', name, value)
    const tree = `printf '040000 tree ${'6'.repeat(40)}\\tf\\n' | git mktree --missing`
    const { check } = await attempt(scene, `git commit-tree -m gone $(${tree}) > .git/refs/heads/gone`)
    expect(refused(check())).toHaveLength(1)
    expect(existsSync(hit)).toBe(false)
  })

  test('where git cannot say what was added, nothing of it stays', async () => {
    const scene = sceneOf()
    const script =
      'id=$(craft); git update-ref HEAD $id; git update-ref refs/x/y $id; tree=$(git rev-parse $id^{tree}); rm -f .git/objects/$(echo $tree | cut -c1-2)/$(echo $tree | cut -c3-); echo $id > .git/HEAD'
    const { check } = await attempt(scene, script)
    const { problems, refs } = check()
    expect(problems[0]).toContain('could not be checked')
    expect(refs.filter(({ refusal }) => refusal).map(({ name }) => name)).toEqual([
      'refs/heads/main',
      'refs/x/y',
      'HEAD',
    ])
    expect(readFileSync(join(scene.root, '.git/HEAD'), 'utf8')).toBe('ref: refs/heads/main\n')
    expect(subjects(scene)).toEqual(['first'])
  })

  test('without git on the machine nothing that was added stays, and what was taken away is back', async () => {
    const scene = sceneOf()
    git(scene, scene.root, 'branch', 'old')
    const script = `make() { git commit-tree -m $1 -p HEAD HEAD^{tree}; }
      make merged > .git/MERGE_HEAD; git rev-parse HEAD > .git/CHERRY_PICK_HEAD; git branch -qD old
      git update-ref -m undone HEAD $(make undone) && git update-ref -m back HEAD HEAD~
      git update-ref -m second HEAD $(make second)`
    const { check } = await attempt(scene, script)
    const { PATH } = process.env
    try {
      process.env.PATH = '/nowhere'
      expect(check().problems[0]).toContain('there is no git on this machine')
    } finally {
      process.env.PATH = PATH
    }
    expect([subjects(scene), subjects(scene, 'old')]).toEqual([['first'], ['first']])
    expect(ask(scene, 'log', '-g', '--format=%gs', 'main')).toBe('commit (initial): first')
    const isThere = (name: string) => existsSync(join(scene.root, '.git', name))
    expect([isThere('MERGE_HEAD'), isThere('CHERRY_PICK_HEAD')]).toEqual([false, true])
  })
})

test('honest work stays, all of it', async () => {
  const scene = sceneOf({ 'work/.gitignore': 'cache\n' })
  const script = `
    git switch -qc branch && echo two > f && git commit -qam second
    git switch -q main && echo g > g && git add g && git commit -qm third
    git switch -q branch && git rebase -q main
    git switch -q main && git merge -q --no-ff -m merged branch
    echo three > f && git stash -q && git stash pop -q && git commit -qam fourth
    echo four > f && git stash -q
    git tag v1 && git tag -am x v2 && git notes add -m noted && git gc -q
    git cherry-pick --allow-empty --keep-redundant-commits main~1 2> /dev/null; git commit -q --amend -m amended
    git fetch -q . main && git worktree list > /dev/null; git mv g h && git commit -qm sixth; chmod +x f && git commit -qam seventh
    echo five > f && git stash -q && git notes append -m more && git branch logs/x && git update-ref refs/x/y HEAD
    git update-ref refs/remotes/o/main HEAD && git symbolic-ref refs/remotes/o/HEAD refs/remotes/o/main
    git symbolic-ref refs/remotes/p/HEAD refs/remotes/p/main`
  const { check } = await attempt(scene, script)
  const refs = () => ask(scene, 'for-each-ref')
  const before = refs()
  const report = check()
  expect([refused(report), report.unstaged, report.removed, report.problems]).toEqual([[], [], [], []])
  expect(refs()).toBe(before)
  expect(report.commits.length).toBeGreaterThan(8)
})

test('notes are made whatever may be written, and nothing else by their name', async () => {
  const rules = ['Allow file:**:read', 'Allow file:{src,.git}/**:write', 'Allow git:*:commit']
  const scene = sceneOf()
  const { check } = await attempt(scene, 'git notes add -m noted', { rules })
  expect(refused(check())).toEqual([])
  expect(ask(scene, 'log', '--format=%N')).toBe('noted')
  const note = 'refs/notes/x $(git commit-tree -m x $(printf "100644 blob $evil\t$id\n" | git mktree))'
  const script = `id=$(git rev-parse HEAD); git update-ref ${note}
    git update-ref refs/notes/y $(craft); git branch z refs/notes/x`
  const { check: again } = await attempt(sceneOf(), script, { rules: [...rules, 'Allow git:*:*'] })
  const paths = refused(again()).map((text) => text.replace(/[0-9a-f]{40}/, 'ID'))
  expect(paths).toEqual(['z: ID:create', 'refs/notes/x: ID:create', 'refs/notes/y: locked/a:change'])
})

test('a commit with 50,000 files is judged whole', async () => {
  const scene = sceneOf()
  const script = `seq 50000 | sed "s|.*|100644 $evil 0\\tmany/&|" | git update-index --index-info
    git update-index --add --cacheinfo 100644,$evil,locked/z; git commit -qm many`
  const { check } = await attempt(scene, script)
  expect(refused(check())).toEqual(['main: locked/z:create'])
  expect(ask(scene, 'diff', '--cached', '--name-only').split('\n')).toHaveLength(50_000)
})
