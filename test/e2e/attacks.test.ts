import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { executable } from '../cli/oos.ts'
import { createScene, git, own, people, type Scene } from '../sandbox/scene.ts'

const rules = [
  'Allow `file:**:read,write`',
  'Allow `shell:*`',
  'Deny `file:**/.env:*`',
  'Limit `run:*{timeout:30s,processes:200}`',
]
const specOf = (lines: readonly string[]) =>
  `# Rules\n\n${lines.map((line) => `- ${line.replace(/^\w+/, '**$&**')}\n`).join('')}`

function asGitSetting(line: string): string {
  const [section = '', setting = ''] = line.split(/\.(.*)/s)
  return `[${section}]\n${setting}\n`
}

interface Said {
  readonly code: number | null
  readonly out: string
}

/** Runs the program that was built, as the scene's person, in the scene's project. */
function oosIn(scene: Scene, words: readonly string[], env: Readonly<Record<string, string>> = {}): Said {
  const person = process.getuid?.() === 0 ? { uid: scene.id, gid: scene.id } : {}
  const { status, stdout, stderr } = spawnSync(process.execPath, [executable, ...words], {
    cwd: scene.root,
    encoding: 'utf8',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: scene.home, ...env },
    ...person,
  })
  return { code: status, out: stdout + stderr }
}

describe.each(people)('by way of the real program, as $who,', ({ id }) => {
  let scene: Scene
  beforeEach(() => {
    scene = createScene({ id, files: { 'work/.agent-os/AGENT.md': specOf(rules), 'work/.env': 'SECRET' } })
    git(scene, scene.root, 'init', '-q')
  })
  afterEach(() => {
    spawnSync('chmod', ['-R', 'u+rwX', scene.base])
    scene.remove()
  })
  const put = (path: string, content: string) => {
    const file = join(scene.base, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, content)
    own(scene.base, id)
    return file
  }
  const script = (text: string, env: Readonly<Record<string, string>> = {}) => {
    put('work/do.sh', text)
    return oosIn(scene, ['run', '--trust-specs', '--', 'sh', 'do.sh'], env)
  }
  const newestRun = () => JSON.parse(oosIn(scene, ['runs', '--json']).out).data[0]

  test.each([
    { what: 'a folder that may be read and not entered', text: 'mkdir d; touch d/.env; chmod 400 d' },
    { what: 'a folder that may not be read', text: 'mkdir d; touch d/.env; chmod 000 d' },
    {
      what: 'a path that is too long',
      text: `python3 -c "import os\nfor _ in range(25): os.mkdir('n' * 200); os.chdir('n' * 200)\nopen('f' * 250, 'w'); open('.env', 'w')"`,
    },
    {
      what: 'names of any bytes',
      text: `python3 -c "import os\nos.mkdir(b'\\xff\\n\\x1b'); open(b'\\xff\\n\\x1b/.env', 'w')"`,
    },
    {
      what: 'pipes and sockets',
      text: `mkfifo p; mkfifo .npmrc; python3 -c "import socket; socket.socket(1).bind('s')"`,
    },
  ])('L1 the end of a run that leaves $what is recorded, and the next one starts', ({ text }) => {
    expect(script(text)).toMatchObject({ code: 0 })
    expect(newestRun()).toMatchObject({ state: 'completed', endedBy: 'exit' })
    expect(oosIn(scene, ['run', '--', 'true'])).toMatchObject({ code: 0 })
  })

  test('P5 a name that a run left says nothing to the terminal', () => {
    const { out } = script(
      String.raw`d=$(printf 'x\033]0;EVIL\007\n\302\233'); mkdir "$d" && git init -q "$d"`,
    )
    expect(out).toContain('a git repository was made')
    expect(out).not.toMatch(/[\x1b\x07\x9b]/)
  })

  test('F2 what a run makes under a denied name is told, with the rule', () => {
    const { code, out } = script('mkdir d e; echo x > d/.env; echo x > e/.env; echo x > d/env')
    expect(code).toBe(0)
    expect(out).toMatch(
      /`d\/.env` and `e\/.env` came to be .*, which no run may \(\.agent-os\/AGENT\.md:\d+ \*\*Deny\*\* `file:\*\*\/\.env:\*`\)/,
    )
    expect(newestRun()).toMatchObject({ endedBy: 'exit', files: 3 })
  })

  test.each([
    {
      what: 'a denied link',
      text: 'ln -s ../src sub/.env',
      told: '`src` is closed to the next run: sub/.env leads to it',
    },
    {
      what: 'a denied name of a file',
      text: 'ln src/a sub/.env',
      told: '`src/a` is closed to the next run: another name of sub/.env',
    },
    { what: 'a link for a repository', text: 'ln -s ../src sub/.git', told: 'no run will start here: ' },
    ...(id === 0
      ? []
      : [
          { what: 'a shut folder', text: 'chmod 000 src', told: '`src` is closed to the next run: ' },
          {
            what: 'a folder of git that nobody may write',
            text: 'mkdir sub/.git; chmod 500 sub/.git',
            told: 'no run will start here: ',
          },
        ]),
  ])('F3 a run that leaves $what says what that does to the next, and what undoes it', ({ text, told }) => {
    // With a space, as no name that a scene makes up has one.
    put('work/src/a', 'the source')
    put('work/sub/x', '')
    const { code, out } = script(text)
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(told) })
    const [, undo = ''] =
      /(?:closed to the next run|will start here).*[:;] ((?:rm|chmod) .*)$/m.exec(out) ?? []
    const readSource = ['run', '--', 'cat', 'src/a']
    expect(oosIn(scene, readSource).out).not.toContain('the source')
    spawnSync('sh', ['-c', undo], {
      cwd: scene.root,
      ...(process.getuid?.() === 0 ? { uid: id, gid: id } : {}),
    })
    expect(oosIn(scene, readSource)).toEqual({ code: 0, out: 'the source' })
  })

  test('F3 a crowd of closed files that a run leaves closes their folder, which is told', () => {
    put('work/src/a', 'the source')
    const { code, out } = script('mkdir d; touch d/.env; for i in $(seq 21); do ln d/.env src/$i; done')
    const told = '`src` is closed to the next run: 21 files in it are closed, so the folder is'
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(told) })
    expect(out.match(/closed to the next run/g)).toHaveLength(6)
    expect(out).toContain('17 more places are closed to the next run')
    expect(oosIn(scene, ['run', '--', 'cat', 'src/a']).out).not.toContain('the source')
  })

  test('F3 a command that takes itself away keeps no other from starting', () => {
    chmodSync(put('work/once.sh', '#!/bin/sh\ngit init -q made; rm -- "$0"'), 0o755)
    const { code, out } = oosIn(scene, ['run', '--trust-specs', '--', './once.sh'])
    expect(out).toContain('a git repository was made')
    expect({ code, out }).toEqual({ code: 0, out: expect.not.stringContaining('no run will start') })
  })

  test('F3 a name that is no text says that it closes the folder, when the run ends and where one fails for it', () => {
    put('work/src/a', 'the source')
    const reason = 'has an entry whose name is not UTF-8'
    const { out } = script(String.raw`mkdir "$(printf 'src/\377')"`)
    expect(out).toContain(`\`src\` is closed to the next run: ${reason}`)
    expect(oosIn(scene, ['run', '--', 'cat', 'src/a']).out).toContain(`perhaps file:src/a:read: ${reason}`)
  })

  test('F3 what a run leaves that closes nothing more is not looked at twice', () => {
    const { out } = script('mkdir sub; echo x > sub/y')
    expect(out).toBe('')
  })

  test.each([
    { what: 'repositories', file: 'HEAD', says: '80 more git repositories were made' },
    { what: 'rebases', file: 'rebase-merge/git-rebase-todo', says: '80 more rebases are under way' },
    { what: 'patches', file: 'rebase-apply/next', says: '80 more repositories have patches under way' },
  ])('F3 a thousand $what are no thousand lines', ({ file, says }) => {
    const { out } = script(
      `for i in $(seq 100); do mkdir -p $(dirname m/$i/.git/${file}); touch m/$i/.git/${file}; done`,
    )
    expect(out).toContain(says)
    expect(out.split('\n').length).toBeLessThan(50)
  })

  test('F2 settings that a run makes for an agent or an editor in a subfolder are told', () => {
    const { out } = script(`mkdir -p a/.claude a/.vscode b node_modules/c/.claude
      echo x > a/.claude/settings.json; echo x > a/.vscode/tasks.json; echo x > b/.mcp.json; echo x > b/c.json
      mkdir .helix; echo x > .helix/languages.toml; echo x > b/.envrc; echo x > node_modules/c/.claude/settings.json`)
    expect(out).toMatch(/oos: `.helix\/languages.toml` came to be .*, which no run may \(oos:protected:/)
    expect(out).toMatch(
      /oos: `a\/.claude\/settings.json`, `a\/.vscode\/tasks.json`, `b\/.envrc` and 1 more came to be .* read it first$/m,
    )
  })

  test('S3 what a changed Let gives is shown before it holds', () => {
    const spec = (code: string) =>
      specOf(['Let `@code` = `CODE`', 'Deny `file:@code:write`', ...rules]).replace('CODE', code)
    put('work/.agent-os/AGENT.md', spec('src/**'))
    oosIn(scene, ['run', '--trust-specs', '--', 'true'])
    put('work/.agent-os/AGENT.md', spec('nothing/**'))
    expect(oosIn(scene, ['run', '--', 'true'])).toMatchObject({
      code: 3,
      out: expect.stringMatching(/newly allowed +file:src\/index\.ts:write .*Deny.*@code/),
    })
  })

  test.each([
    {
      what: 'trust and compiled policies',
      env: (root: string) => ({ XDG_STATE_HOME: `${root}/own`, XDG_CACHE_HOME: `${root}/own` }),
    },
    {
      what: "the proxy's socket",
      env: (root: string) => ({ TMPDIR: `${root}/own`, XDG_RUNTIME_DIR: `${root}/own` }),
    },
    { what: 'the record', stack: 'own/atlas.db', env: () => ({}) },
  ])(
    'W3 $what, led into the project by a setting, cannot be reached',
    ({ env, stack = '.oos/data/atlas.db' }) => {
      put(
        'work/.agent-os/PREFERRED_STACK.md',
        `# Stack\n\n| Setting | Value |\n|---|---|\n| \`database.path\` | \`${stack}\` |\n`,
      )
      put('work/.agent-os/AGENT.md', specOf([...rules, 'Allow `http:example.com:request`']))
      mkdirSync(join(scene.root, 'own'), { mode: 0o700 })
      own(scene.base, id)
      oosIn(scene, ['run', '--trust-specs', '--', 'true'], env(scene.root))
      const { out } = script('find own; mv own away; find away; echo EVIL > own/oos/evil', env(scene.root))
      expect(out).not.toMatch(/trust|policy|compile|p\.sock|atlas\.db/)
    },
  )

  test.each([
    {
      what: 'a file that its configuration includes',
      setting: ['include.path', '../.gitconfig'],
      path: '.gitconfig',
    },
    {
      what: 'a folder of hooks that it names',
      setting: ['core.hooksPath', 'tools/hooks'],
      path: 'tools/hooks/pre-commit',
    },
    {
      what: 'a program that it names',
      setting: ['filter.x.clean', 'sh tools/clean.sh %f'],
      path: 'tools/clean.sh',
    },
    {
      what: 'the configuration of a bare repository',
      setting: ['user.name', 'a'],
      path: 'vendor/x.git/config',
    },
  ])('W2 git obeys nothing that a run can write: $what', ({ setting, path }) => {
    git(scene, scene.root, 'init', '-q', '--bare', 'vendor/x.git')
    git(scene, scene.root, 'config', ...setting)
    const before = path.includes('hooks') ? undefined : readFileSync(put(`work/${path}`, '# mine\n'), 'utf8')
    script(`mv tools away; mkdir -p tools/hooks; rm -f ${path}; echo EVIL > ${path}; echo EVIL >> ${path}`)
    const file = join(scene.root, path)
    expect(existsSync(file) ? readFileSync(file, 'utf8') : undefined).toBe(before)
  })

  test("W2 git obeys nothing that a run can write: what the person's own settings name, however they do", () => {
    const parts = {
      'tools/hooks/x': 'core.hooksPath = ~/../work/tools/hooks',
      'own.inc': 'include.path = ~/../work/own.inc',
      'tools/pager': 'core.pager = ~/../work/tools/pager -x',
      'tools/editor': 'core.editor = "$HOME/../work/tools/editor"',
      'tools/ssh': 'core.sshCommand = $HOME/../work/tools/ssh',
    }
    // People keep them in the project that such files are, and link to it.
    put('outside/linked', Object.values(parts).map(asGitSetting).join(''))
    symlinkSync('../outside/linked', join(scene.home, '.gitconfig'))
    put('outside/git/config', asGitSetting('alias.x = !~/../work/tools/elsewhere'))
    put('outside/given', asGitSetting('alias.y = !~/../work/tools/given'))
    const paths = [...Object.keys(parts), 'tools/elsewhere', 'tools/given', 'tools/other']
    for (const path of paths) put(`work/${path}`, 'mine')
    const env = { XDG_CONFIG_HOME: scene.outside, GIT_CONFIG_GLOBAL: join(scene.outside, 'given') }
    script(`for f in ${paths.join(' ')}; do echo EVIL > $f; done`, env)
    const changed = paths.filter((path) => readFileSync(join(scene.root, path), 'utf8') !== 'mine')
    expect(changed).toEqual(['tools/other'])
  })

  test('W7 patches that a run left half applied are reported', () => {
    const list = 'mkdir .git/rebase-apply; echo 1 > .git/rebase-apply/next'
    expect(script(list).out).toContain('patches are under way')
  })

  test('W2 a rebase that a run left is reported', () => {
    const list = 'mkdir .git/rebase-merge; echo "exec evil" > .git/rebase-merge/git-rebase-todo'
    expect(script(list).out).toContain('a rebase is under way')
    expect(oosIn(scene, ['run', '--', 'true']).out).toBe('')
  })

  test.each(['a linked work tree', 'a repository of another name'])(
    'W2 what a run left half done in %s is reported',
    (kind) => {
      put('work/.gitignore', '.env\n')
      git(scene, scene.root, 'add', '-A')
      git(scene, scene.root, 'commit', '-qm', 'first')
      const isLinked = kind === 'a linked work tree'
      const root = isLinked ? join(scene.base, 'linked') : scene.root
      if (isLinked) git(scene, scene.root, 'worktree', 'add', '-q', root)
      else git(scene, scene.root, 'init', '-q', '--separate-git-dir=store')
      const list = `cd $(git rev-parse --absolute-git-dir); mkdir rebase-merge rebase-apply
        echo "exec evil" > rebase-merge/git-rebase-todo; echo 1 > rebase-apply/next`
      writeFileSync(join(root, 'do.sh'), list)
      own(scene.base, id)
      const { out } = oosIn({ ...scene, root }, ['run', '--trust-specs', '--', 'sh', 'do.sh'])
      expect(out).toMatch(/a rebase is under way, .*: (store|\S+\/work\/.git\/worktrees\/linked)\n/)
      expect(out).toMatch(/patches are under way, .*: (store|\S+\/work\/.git\/worktrees\/linked)\n/)
    },
  )

  test("W2 git does not obey another repository in the place of the project's, whatever its name", () => {
    git(scene, scene.root, 'init', '-q', '--separate-git-dir=store')
    git(scene, scene.root, 'init', '-q', 'evil')
    git(scene, join(scene.root, 'evil'), 'config', 'alias.st', '!echo EVIL')
    own(scene.base, id)
    const { out } = script('echo $PWD/evil/.git > store/commondir; git log 2>&1; git config alias.st')
    expect(out).toContain('does not have any commits yet')
    expect(git(scene, scene.root, 'st')).not.toContain('EVIL')
    expect(readdirSync(join(scene.root, 'store'))).not.toContain('commondir')
  })

  test.each([
    { kind: "the project's own, of another name", repository: ['--separate-git-dir=store'] },
    { kind: 'a bare one', repository: ['--bare', 'store'] },
  ])('W2 git obeys no settings of a work tree that a run makes up: $kind', ({ repository }) => {
    git(scene, scene.root, 'init', '-q', ...repository)
    const store = join(scene.root, 'store')
    if (repository[0] === '--bare') git(scene, store, 'config', 'extensions.worktreeConfig', 'true')
    own(scene.base, id)
    script('printf "[alias]\\nst = !echo EVIL\\n" > store/config.worktree')
    if (repository[0] !== '--bare') git(scene, store, 'config', 'extensions.worktreeConfig', 'true')
    expect(git(scene, store, 'st')).not.toContain('EVIL')
    expect(readdirSync(store)).not.toContain('config.worktree')
  })

  test('W2 a bare repository that a run made is reported', () => {
    expect(script('git init -q --bare b; echo EVIL >> b/config').out).toContain('a git repository was made')
  })

  test('W1 a link that a run left among its caches leads nothing out of them', () => {
    script('ln -s /oldroot$HOME/victim ~/.cache/pypoetry; ln -s ../../../../../victim ~/.cache/pipx')
    put('home/.cache/pypoetry/virtualenvs/a', 'a')
    put('home/victim/b', 'b')
    put('work/.agent-os/AGENT.md', specOf([...rules, 'Allow `file:~/.cache/pypoetry/virtualenvs/**:read`']))
    expect(script('cat ~/.cache/pypoetry/virtualenvs/a')).toMatchObject({ code: 0, out: 'a' })
    expect(readdirSync(join(scene.home, 'victim'))).toEqual(['b'])
  })

  test('W1 a link that a run left among its caches, in the place of a file, leads nothing out of them', () => {
    script('mkdir ~/.cache/x; ln -s /oldroot$HOME/victim/made ~/.cache/x/file')
    put('home/.cache/x/file', 'a')
    put('home/victim/b', 'b')
    put('work/.agent-os/AGENT.md', specOf([...rules, 'Allow `file:~/.cache/x/file:read`']))
    expect(script('cat ~/.cache/x/file')).toMatchObject({ code: 0, out: 'a' })
    expect(readdirSync(join(scene.home, 'victim'))).toEqual(['b'])
  })

  test.each(['.git/info', '.git/info/exclude'])(
    'R3 a link in the place of %s is not read through',
    (place) => {
      put('outside/info/exclude', 'HOST')
      // What runs put into a repository while nothing is mounted there, an older oos for one.
      rmSync(join(scene.root, place), { recursive: true })
      symlinkSync(join(scene.outside, place.slice('.git/'.length)), join(scene.root, place))
      const { code, out } = script('cat .git/info/exclude $(find / -name exclude 2> /dev/null); true')
      expect({ code, out }).toEqual({ code: 0, out: expect.not.stringContaining('HOST') })
    },
  )

  test('P4 files in memory count as memory', () => {
    put('work/.agent-os/AGENT.md', specOf([...rules, 'Limit `run:*{memory:150MB}`']))
    expect(script('head -c 200M /dev/zero > /tmp/a; sleep 20').code).toBe(137)
    expect(newestRun()).toMatchObject({ endedBy: 'memory' })
  })

  test('P4 there is no memory that no process holds', () => {
    const { out } = script(`python3 -c "
import ctypes
for size in (1 << 20, (1 << 32) + 1, 4096): print(ctypes.CDLL(None).shmget(0, ctypes.c_size_t(size), 0o1600) >= 0)"`)
    expect(out).toBe('False\nFalse\nTrue\n')
  })

  test('W2 an oos that a run could change says so', () => {
    const node = put('work/node_modules/node/bin/node', '')
    cpSync(process.execPath, node)
    own(scene.base, id)
    const words = [executable, 'run', '--trust-specs', '--', 'true']
    const { stderr } = spawnSync(node, words, {
      cwd: scene.root,
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HOME: scene.home },
      ...(process.getuid?.() === 0 ? { uid: id, gid: id } : {}),
    })
    expect(stderr).toContain('a run here can change oos itself')
  })

  test('W2 what is compiled in the project is not for a run to write', () => {
    put('work/.cache/quick', 'compiled')
    const env = { NODE_COMPILE_CACHE: '.cache' }
    const { out } = script('echo x > .cache/quick; echo x > .cache/more; mv .cache moved; ls .cache', env)
    expect(out).toMatch(/Read-only file system.*Read-only file system/s)
    expect(readFileSync(join(scene.root, '.cache/quick'), 'utf8')).toBe('compiled')
    expect(existsSync(join(scene.root, 'moved'))).toBe(false)
    expect(out).not.toContain('can change oos itself')
  })

  test('W2 a folder of compiled programs that a run could change says so', () => {
    const start = (folder: string) =>
      oosIn(scene, ['run', '--trust-specs', '--', 'true'], { NODE_COMPILE_CACHE: folder }).out
    expect(start(join(scene.home, 'compiled'))).not.toContain('a run here can change oos itself')
    expect(start('.')).toContain('a run here can change oos itself: NODE_COMPILE_CACHE')
  })

  test('W2 programs of the project, first in PATH, are not run outside', () => {
    const trace = join(scene.outside, 'ran')
    for (const name of ['stty', 'sh', 'git', 'bwrap', 'prlimit', 'env', 'perl', 'python3', 'npm'])
      chmodSync(put(`work/node_modules/.bin/${name}`, `#!/bin/sh\necho EVIL >> ${trace}\n`), 0o755)
    put('work/package.json', '{"name":"x","scripts":{"test":"true"}}')
    // What makes oos ask git about its record: an index that it cannot read itself.
    script('git add -A; git update-index --index-version 4')
    const PATH = `${join(scene.root, 'node_modules/.bin')}:/usr/bin:/bin`
    oosIn(scene, ['init', '--yes'], { PATH })
    const words = [process.execPath, executable, 'run', '--trust-specs', '--', '/bin/true'].join(' ')
    spawnSync('/usr/bin/script', ['-qec', words, '/dev/null'], {
      cwd: scene.root,
      env: { PATH, HOME: scene.home, SHELL: '/bin/sh' },
      ...(process.getuid?.() === 0 ? { uid: id, gid: id } : {}),
    })
    expect(existsSync(trace) ? readFileSync(trace, 'utf8') : '').toBe('')
  })
})
