import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isStandIn } from '../../src/sandbox/stand-ins.ts'
import {
  createScene,
  type Files,
  git,
  openRules,
  own,
  people,
  planScene,
  runIn,
  type Scene,
} from './scene.ts'

const scenes: Scene[] = []
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.remove()
})

function sceneOf(id: number, files: Files = {}): Scene {
  const scene = createScene({ id, files })
  scenes.push(scene)
  return scene
}

const sh = (text: string) => ['sh', '-ec', text]
const identity = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
}

describe.each(people)('for $who', ({ id }) => {
  it('git goes on working', async () => {
    const scene = sceneOf(id, { 'work/f': 'one', 'work/.env': 'hidden', 'work/sub/deep/.env': 'hidden' })
    git(scene, scene.root, 'init', '-qb', 'main')
    git(scene, scene.root, 'init', '-qb', 'main', 'other')
    git(scene, join(scene.root, 'other'), 'commit', '-q', '--allow-empty', '-m', 'elsewhere')
    const script = `
      git status --short
      git add f && git commit -qm first
      git switch -qc branch && echo two > f && git commit -qam second
      git switch -q main && echo g > g && git add g && git commit -qm third
      git switch -q branch && git rebase -q main
      git switch -q main && git merge -q --no-ff -m merged branch
      echo three > f && git stash -q && git stash pop -q && git commit -qam fourth
      git fetch -q ./other main
      git tag v1 && git gc -q && git log --oneline | wc -l
      echo new > new && git add -A . ':!other' && git commit -qm fifth
      git show --stat --format= HEAD`
    const { code, out } = await runIn(scene, sh(script), { env: identity })
    expect(out).toContain('new | 1 +')
    expect(out).not.toContain('.env')
    expect(code).toBe(0)
    expect(git(scene, scene.root, 'fsck')).not.toContain('error')
  })

  it('a commit is of whom it is outside, and holds what it does there', async () => {
    const scene = sceneOf(id, {
      'work/f': 'one\r\n',
      'work/f.swp': '',
      'home/.gitconfig': `[user]\nname = A B\nemail = own@example.com
        [core]\nexcludesFile = ~/ignored\nautocrlf = input\nsafecrlf = false
        [includeIf "gitdir:**/other/.git"]\npath = at-work`,
      'home/at-work': '[user]\nemail = work@example.com',
      'home/ignored': '*.swp\n',
      'work/other/f': '',
    })
    for (const folder of ['.', 'other', 'own'])
      git(scene, scene.root, '-c', 'init.defaultBranch=main', 'init', '-q', folder)
    git(scene, join(scene.root, 'own'), 'config', 'user.email', 'repository@example.com')
    own(scene.base, id)
    const script = `
      for folder in own other .; do (cd $folder
        git add -A ':!own' ':!other' && git commit -qm first --allow-empty && git log --format='%an <%ae> %cn <%ce>'); done
      git ls-files --eol; git status --porcelain
      git config --global user.name C && git commit -qm second --allow-empty && git log -1 --format=%an`
    const { out, code } = await runIn(scene, sh(script))
    expect([out.replaceAll(/ +\t?/g, ' ').split('\n'), code]).toEqual([
      [
        'A B <repository@example.com> A B <repository@example.com>',
        'A B <work@example.com> A B <work@example.com>',
        'A B <own@example.com> A B <own@example.com>',
        'i/lf w/crlf attr/ f',
        '?? other/',
        '?? own/',
        'C',
        '',
      ],
      0,
    ])
    expect(readFileSync(join(scene.home, '.gitconfig'), 'utf8')).toContain('A B')
  })

  it('of whom a commit is stays outside where a rule says so', async () => {
    const scene = sceneOf(id, { 'home/.gitconfig': '[user]\nname = A B' })
    const asked = sh('git config --global user.name || true')
    const { out } = await runIn(scene, asked)
    expect(out).toBe('A B\n')
    for (const rule of ['Deny env:GIT_AUTHOR_NAME', 'Deny file:~/.gitconfig:read'])
      expect((await runIn(scene, asked, { rules: [...openRules, rule] })).out).toBe('')
  })

  it.each(['Allow file:~/**:read,write', 'Allow file:~/.gitconfig:read'])(
    'what a rule opens of the home folder is never written over: %s',
    async (rule) => {
      const text = '[user]\nname = A B\n[alias]\ny = status\n'
      const scene = sceneOf(id, {
        'home/.gitconfig': text,
        'home/.config/git/ignore': '*.swp\n',
        'home/.cache/oos': null,
      })
      const { out } = await runIn(scene, sh('cat ~/.gitconfig'), { rules: [...openRules, rule] })
      expect(out).toBe(text)
      expect(readFileSync(join(scene.home, '.gitconfig'), 'utf8')).toBe(text)
      expect(readdirSync(join(scene.home, '.config/git'))).toEqual(['ignore'])
    },
  )

  it('git goes on working in a linked work tree, and its repository is protected', async () => {
    const scene = sceneOf(id, { 'work/f': 'one', 'home/main/f': 'one', 'outside/evil/hooks/x': '' })
    const main = join(scene.home, 'main')
    git(scene, main, 'init', '-qb', 'main')
    git(scene, main, 'add', '-A')
    git(scene, main, 'commit', '-qm', 'first')
    rmSync(scene.root, { recursive: true })
    git(scene, main, 'worktree', 'add', scene.root)
    own(scene.base, id)
    const script = `
      echo two > f && git add f && git commit -qm second && git log --oneline | wc -l
      set +e
      echo EVIL > ${main}/.git/hooks/pre-commit; echo EVIL >> ${main}/.git/config
      echo ${scene.outside}/evil > ${main}/.git/worktrees/work/commondir; echo EVIL > ${main}/.git/worktrees/work/config.worktree
      cat ${main}/f; true`
    const { out, code } = await runIn(scene, sh(script), { env: identity })
    expect([out.startsWith('2\n'), code]).toEqual([true, 0])
    expect(out.match(/Read-only file system|Permission denied/g)).toHaveLength(4)
    expect(git(scene, scene.root, 'log', '--format=%s')).toBe('second\nfirst\n')
    expect(git(scene, scene.root, 'status', '--porcelain')).toBe('')
    expect(out).toContain('No such file or directory')
  })

  it.each(['that are there', 'that a run makes up'])(
    'git obeys nothing that a run wrote for submodules of a linked work tree: %s',
    async (kind) => {
      const scene = sceneOf(id, { 'home/main/f': 'one', 'outside/lib/f': 'one' })
      const main = join(scene.home, 'main')
      const lib = join(scene.outside, 'lib')
      for (const folder of [lib, main]) {
        git(scene, folder, 'init', '-qb', 'main')
        if (folder === main && kind === 'that are there')
          git(scene, main, '-c', 'protocol.file.allow=always', 'submodule', 'add', lib, 'sub')
        git(scene, folder, 'add', '-A')
        git(scene, folder, 'commit', '-qm', 'first')
      }
      rmSync(scene.root, { recursive: true })
      git(scene, main, 'worktree', 'add', scene.root)
      git(scene, scene.root, '-c', 'protocol.file.allow=always', 'submodule', 'update', '-q', '--init')
      own(scene.base, id)
      const made = `mkdir -p $modules/sub
        printf '[core]\\nfsmonitor = "touch ${scene.outside}/ran; false"\\n' >> $modules/sub/config; true`
      await runIn(scene, ['sh', '-c', `modules=$(git rev-parse --absolute-git-dir)/modules; ${made}`])
      git(scene, scene.root, 'status')
      const modules = join(main, '.git/worktrees/work/modules')
      expect(existsSync(join(scene.outside, 'ran'))).toBe(false)
      expect(existsSync(modules)).toBe(kind === 'that are there')
    },
  )

  it.each(['a repository', 'a linked work tree'])(
    'where there must be no settings file programs find an empty one, and git none: %s',
    async (kind) => {
      const scene = sceneOf(id, { 'work/f': 'one', 'home/main/f': 'one' })
      if (kind === 'a repository') git(scene, scene.root, 'init', '-qb', 'main')
      else {
        const main = join(scene.home, 'main')
        git(scene, main, 'init', '-qb', 'main')
        git(scene, main, 'commit', '-qm', 'first', '--allow-empty')
        rmSync(scene.root, { recursive: true })
        git(scene, main, 'worktree', 'add', scene.root)
        writeFileSync(join(scene.root, 'f'), 'one')
      }
      own(scene.base, id)
      const script = `
      cat .mcp.json opencode.json .envrc .opencode/.gitignore | tr '\\n' ' '; echo
      git status --porcelain && git add -A && git commit -qm all && git show --stat --format= HEAD
      set +e
      git add .mcp.json .claude 2> /dev/null && echo ADDED
      echo EVIL > .mcp.json; rm -f opencode.json; mv .envrc x; ln -f f opencode.jsonc; touch x; git clean -qfd; echo $?`
      const { out, code } = await runIn(scene, sh(script), { env: identity, keepGhosts: true })
      expect(out.split('\n').slice(0, 3)).toEqual(['{"mcpServers":{}} {} * ', '?? f', ' f | 1 +'])
      expect([out.match(/ADDED|EVIL|Read-only|busy|cross-device/g), code]).toEqual([
        ['Read-only', 'busy', 'busy', 'busy'],
        0,
      ])
      expect(out).toMatch(/\n0\n$/)
      for (const name of ['.mcp.json', 'opencode.json', 'opencode.jsonc', '.envrc'])
        expect(isStandIn(join(scene.root, name))).toBe(true)
      expect(git(scene, scene.root, 'status', '--porcelain')).toBe('')
      // Another run of the project, while these are still there, is given the same.
      const other = await runIn(scene, sh('cat .mcp.json && git status --porcelain'), { env: identity })
      expect([other.out, other.code]).toEqual(['{"mcpServers":{}}\n', 0])
      expect(existsSync(join(scene.root, '.mcp.json'))).toBe(false)
    },
  )

  it.each(['a repository', 'a linked work tree'])(
    'git takes closed files that it tracks for unchanged: %s',
    async (kind) => {
      const main = kind === 'a repository' ? 'work' : 'home/main'
      const scene = sceneOf(id, {
        [`${main}/.env`]: 'hidden',
        [`${main}/deploy/.env`]: 'hidden, too',
        [`${main}/f`]: 'one',
      })
      const top = join(scene.base, main)
      chmodSync(join(top, 'deploy/.env'), 0o755)
      git(scene, top, 'init', '-qb', 'main')
      git(scene, top, 'add', '-Af')
      git(scene, top, 'commit', '-qm', 'first')
      if (top !== scene.root) {
        rmSync(scene.root, { recursive: true })
        git(scene, top, 'worktree', 'add', scene.root)
      }
      // What changes in the second in which git writes its list is compared by its content.
      for (const path of ['.env', 'deploy/.env'])
        utimesSync(join(scene.root, path), 1_700_000_000, 1_700_000_000)
      git(scene, scene.root, 'status')
      own(scene.base, id)
      const script = `
      git status --porcelain; git diff; echo two > f; git add -A; git commit -qam second; git show --stat --format=%s HEAD
      echo three > f; git stash -q; git stash pop -q; git status --porcelain
      set +e; cat .env deploy/.env; chmod 777 .env; echo EVIL > deploy/.env; rm .env`
      const { out } = await runIn(scene, sh(script), { env: identity })
      expect(out.split('\n').filter((line) => !line.includes(':'))).toEqual([
        ...['second', '', ' f | 2 +-', ' 1 file changed, 1 insertion(+), 1 deletion(-)', ' M f', ''],
      ])
      expect(out).not.toContain('hidden')
      expect(out.match(/Permission denied|Read-only file system|busy/g)).toHaveLength(5)
      expect(git(scene, scene.root, 'status', '--porcelain')).toBe(' M f\n')
      expect(readFileSync(join(scene.root, '.env'), 'utf8')).toBe('hidden')
    },
  )

  it.each([
    { what: 'few are closed one by one', files: 1, commits: true },
    { what: 'many with their folder, which is told', files: 20, commits: false },
  ])(
    'objects that a local clone has in common with another repository are not written: $what',
    async ({ files, commits }) => {
      const names = Array.from({ length: files }, (_, at) => `outside/org/f${at}`)
      const scene = sceneOf(id, Object.fromEntries(names.map((name) => [name, name])))
      const org = join(scene.outside, 'org')
      git(scene, org, 'init', '-qb', 'main')
      git(scene, org, 'add', '-A')
      git(scene, org, 'commit', '-qm', 'first')
      rmSync(scene.root, { recursive: true })
      git(scene, scene.outside, 'clone', '-q', org, scene.root)
      own(scene.base, id)
      const script = `
      for object in .git/objects/??/*; do chmod 666 $object; echo EVIL > $object; mv $object x; rm -f $object; done
      git commit --allow-empty -qm second && echo committed`
      const { out, plan } = await runIn(scene, sh(`set +e; ${script}`), { env: identity })
      expect(git(scene, org, 'fsck', '--no-dangling')).toBe('')
      expect(git(scene, scene.root, 'fsck', '--no-dangling')).toBe('')
      expect(out.includes('committed')).toBe(commits)
      const repository = join(scene.root, '.git')
      const told = plan.unheld.map(({ missing }) => missing.includes(`\`git -C ${repository} repack -a -d\``))
      expect(told).toEqual(commits ? [] : [true])
      git(scene, repository, 'repack', '-adq')
      own(scene.base, id)
      expect(
        (await runIn(scene, sh('git commit --allow-empty -qm third; echo $?'), { env: identity })).out,
      ).toBe('0\n')
    },
  )

  it('a `.git` that names a repository which does not name it back opens nothing', async () => {
    const scene = sceneOf(id, { 'work/f': 'one', 'home/main/f': 'one' })
    const main = join(scene.home, 'main')
    git(scene, main, 'init', '-qb', 'main')
    git(scene, main, 'commit', '-qm', 'first', '--allow-empty')
    git(scene, main, 'worktree', 'add', join(scene.home, 'other'))
    writeFileSync(join(scene.root, '.git'), `gitdir: ${main}/.git/worktrees/other\n`)
    own(scene.base, id)
    const { out } = await runIn(scene, sh(`ls ${main}/.git 2>&1 || true`))
    expect(out).toContain('No such file or directory')
  })

  it('what writes to the configuration of git fails', async () => {
    const scene = sceneOf(id, { 'work/f': 'one' })
    git(scene, scene.root, 'init', '-qb', 'main')
    const { code, out } = await runIn(scene, ['git', 'remote', 'add', 'evil', '/tmp/evil'])
    expect([code, out]).toEqual([expect.any(Number), expect.stringContaining('could not')])
    expect(code).not.toBe(0)
  })

  it('git of the machine works while a run goes on, and sees nothing of it', async () => {
    const scene = sceneOf(id, { 'work/f': 'one' })
    git(scene, scene.root, 'init', '-qb', 'main')
    git(scene, scene.root, 'add', '-A')
    git(scene, scene.root, 'commit', '-qm', 'first')
    const plan = await runIn(scene, ['true'], { keepGhosts: true })
    expect(plan.out).toBe('')
    expect(git(scene, scene.root, 'status', '--porcelain', '--ignored')).toBe('')
    expect(git(scene, scene.root, 'commit', '--allow-empty', '-m', 'meanwhile')).toContain('meanwhile')
    expect(git(scene, scene.root, 'worktree', 'list')).toContain(scene.root)
  })

  it('what a run leaves behind to protect is named by the plan, all of it', async () => {
    const scene = sceneOf(id, { 'work/f': 'one', 'work/vendor/x': '' })
    git(scene, scene.root, 'init', '-qb', 'main')
    git(scene, scene.root, 'init', '-qb', 'main', 'vendor/lib')
    const list = () => readdirSync(scene.root, { recursive: true, encoding: 'utf8' }).sort()
    const before = list()
    const { plan } = await runIn(scene, ['true'], { keepGhosts: true })
    const named = [...plan.ghosts, ...plan.placeholders.map(({ path }) => path)].map((path) =>
      path.slice(scene.root.length + 1),
    )
    expect(list().filter((path) => !before.includes(path))).toEqual(named.sort())
  })

  it('a server that the command starts can be reached by it', async () => {
    const scene = sceneOf(id, { 'work/f': 'one' })
    const script = `
      const server = require('node:http').createServer((_, answer) => answer.end('served'))
      server.listen(0, '127.0.0.1', async () => {
        console.log(await (await fetch('http://127.0.0.1:' + server.address().port)).text())
        server.close()
      })`
    const { out } = await runIn(scene, ['node', '-e', script])
    expect(out).toBe('served\n')
  })

  it('Unix sockets of its own work', async () => {
    const scene = sceneOf(id, { 'work/f': 'one' })
    const script = `
      import socket
      server = socket.socket(socket.AF_UNIX); server.bind('own.sock'); server.listen()
      client = socket.socket(socket.AF_UNIX); client.connect('own.sock'); print('connected')`
    const { out } = await runIn(scene, ['/usr/bin/python3', '-c', script.replaceAll('\n      ', '\n')])
    expect(out).toBe('connected\n')
  })

  it.each([
    ['', 0o755],
    [', whatever its mode', 0],
  ])('a socket of the machine that lies in the project is out of reach%s', async (_, mode) => {
    const scene = sceneOf(id, { 'work/run/f': 'one' })
    const path = join(scene.root, 'run/host.sock')
    let connections = 0
    const server = createServer(() => (connections += 1)).listen(path)
    own(scene.base, id)
    chmodSync(path, mode)
    const script =
      'import os, socket\ntry: os.chmod("run/host.sock", 0o777)\nexcept OSError: pass\nsocket.socket(socket.AF_UNIX).connect("run/host.sock")'
    const { code } = await runIn(scene, ['/usr/bin/python3', '-c', script])
    server.close()
    expect([code, connections]).toEqual([1, 0])
  })

  it("package managers' caches outlive the run, apart from the host's own", async () => {
    const scene = sceneOf(id, { 'work/f': 'one', 'home/.npm/f': 'of the host' })
    const write =
      'for d in .npm .cache/pip .cargo/registry go/pkg/mod; do mkdir -p ~/$d; echo kept > ~/$d/x; done'
    await runIn(scene, sh(write))
    const { out } = await runIn(
      scene,
      sh('cat ~/.npm/x ~/.cache/pip/x ~/.cargo/registry/x ~/go/pkg/mod/x; ls ~/.npm'),
    )
    expect(out).toBe('kept\nkept\nkept\nkept\nx\n')
    expect(readdirSync(join(scene.home, '.npm'))).toEqual(['f'])
  })

  it('a link in the place of a cache is not followed by the next run', async () => {
    const scene = sceneOf(id, { 'work/f': 'one' })
    await runIn(scene, sh(`rm -rf ~/.cache/.oos; ln -s ${scene.outside} ~/.cache/.oos`))
    await runIn(scene, ['true'])
    expect(readdirSync(scene.outside)).toEqual([])
  })

  it('a folder that may be written is made, and goes if nothing came into it', async () => {
    const scene = sceneOf(id, { 'work/f': 'one' })
    const rules = ['Allow file:**:read', 'Allow file:{dist,out}/**:write']
    const { out } = await runIn(scene, sh('echo built > dist/x; touch f 2>&1 || echo closed'), { rules })
    expect(out).toContain('closed')
    expect(readdirSync(scene.root).sort()).toEqual(['dist', 'f'])
    expect(readFileSync(join(scene.root, 'dist/x'), 'utf8')).toBe('built\n')
  })

  it('a project in the home folder that a rule opens from above the two is there to be read', async () => {
    const scene = sceneOf(id, { 'home/work/src/a': '', 'home/work/b': 'read\n' })
    const rules = [`Allow file:${scene.base}/**:read`, 'Allow file:src/**:write']
    const script = sh('cat b; touch src/b ~/c && echo made; touch c 2>&1 || echo closed')
    const { out } = await runIn({ ...scene, root: join(scene.home, 'work') }, script, { rules })
    expect(out).toMatch(/^read\nmade\n.*Read-only file system\nclosed\n$/)
    expect(readdirSync(join(scene.home, 'work/src'))).toEqual(['a', 'b'])
  })

  it('names with spaces, newlines and other alphabets are only names', async () => {
    const scene = sceneOf(id, { 'work/a b\nc/ü/.env': 'hidden', 'work/a b\nc/--bind': 'text' })
    const { code, out } = await runIn(scene, sh('cat "a b\nc/--bind"; cat "a b\nc/ü/.env" || true'))
    expect([code, out.includes('text'), out.includes('hidden')]).toEqual([0, true, false])
  })

  it('a folder with a name that is no text is closed with what is in it', async () => {
    const scene = sceneOf(id, { 'work/a/f': 'one', 'work/b/f': 'two' })
    const odd = Buffer.concat([Buffer.from(`${scene.root}/a/`), Buffer.from([0xff])])
    mkdirSync(odd)
    writeFileSync(Buffer.concat([odd, Buffer.from('/.env')]), 'hidden')
    own(scene.base, id)
    const { out } = await runIn(scene, sh('cat b/f; cat a/*/.env a/f; true'))
    expect([out.startsWith('two'), out.includes('hidden')]).toEqual([true, false])
  })

  it('a committed link in the place of a protected folder stops the run', async () => {
    const scene = sceneOf(id, { 'work/elsewhere/f': '', 'work/.claude': { link: 'elsewhere' } })
    const { plan } = await planScene(scene, ['true'])
    expect(plan.unheld.filter(({ refuse }) => refuse).map(({ missing }) => missing)).toEqual([
      `\`${scene.root}/.claude\` is a symbolic link, which could be replaced`,
    ])
  })

  it('a repository that lies elsewhere cannot be redirected', async () => {
    const scene = sceneOf(id, { 'work/f': 'one', 'work/.git': 'gitdir: ../outside/repo\n' })
    await runIn(scene, sh('echo "gitdir: evil" > .git; mv .git x; true'))
    expect(readFileSync(join(scene.root, '.git'), 'utf8')).toBe('gitdir: ../outside/repo\n')
  })

  it('a folder that lies very deep is closed above, and stops no run', async () => {
    const deep = Array.from({ length: 1850 }, () => 'd').join('/')
    const scene = sceneOf(id, { [`work/x/${deep}/f`]: '', 'work/a': 'one' })
    const { out, plan } = await runIn(scene, sh('cat a; ls -R x | grep -c d'))
    expect(plan.unheld.filter(({ refuse }) => refuse)).toEqual([])
    expect(out).toMatch(/^one\d{2,3}\n/)
  })

  it('many places that lie deep are refused, with the folders to deny', async () => {
    const deep = Array.from({ length: 80 }, () => 'd').join('/')
    const files = Object.fromEntries(
      Array.from({ length: 7 }, (_, at) => [`work/x/${at}/${deep}/key.pem`, '']),
    )
    const scene = sceneOf(id, files)
    const { plan } = await planScene(scene, ['true'], {
      rules: ['Allow file:**:read,write', 'Deny file:**/*.pem:*'],
    })
    expect(plan.unheld.find(({ refuse }) => refuse)?.hint).toBe(
      'deny whole folders: - **Deny** `file:x/**:*`',
    )
  })

  it('too many places to close are refused, with the folders to deny', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 520 }, (_, index) => [`work/d${index % 40}/k${index}/key.pem`, '']),
    )
    const scene = sceneOf(id, files)
    const { plan } = await planScene(scene, ['true'], {
      rules: ['Allow file:**:read,write', 'Deny file:**/*.pem:*'],
    })
    expect(plan.unheld.find(({ refuse }) => refuse)).toMatchObject({
      missing: '520 places would have to be closed one by one, and 500 are the most',
      hint: expect.stringMatching(/^deny whole folders: - \*\*Deny\*\* (`file:d\d+\/\*\*:\*`(, )?){3}$/),
    })
  })

  it('500 masks start', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 380 }, (_, index) => [`work/d${Math.floor(index / 19)}/${index}.pem`, 'hidden']),
    )
    const scene = sceneOf(id, files)
    const rules = ['Allow file:**:read,write', 'Deny file:**/*.pem:*']
    const { out, code } = await runIn(scene, sh('cat d*/*.pem | wc -c; true'), { rules })
    expect([out.endsWith('0\n'), code]).toEqual([true, 0])
  })
})

it.skipIf(process.getuid?.() !== 0)('a folder that cannot be looked into is closed', async () => {
  const scene = sceneOf(12345, { 'work/closed/.env': 'hidden' })
  chmodSync(join(scene.root, 'closed'), 0o000)
  process.seteuid?.(12345)
  try {
    const { plan } = await planScene(scene, ['true'])
    expect(plan.mounts.find(({ path }) => path.endsWith('/closed'))?.kind).toBe('mask-folder')
  } finally {
    process.seteuid?.(0)
  }
})

it('a name that is no text is told from one that looks like it', async () => {
  const scene = sceneOf(people.at(-1)?.id ?? 0, { 'work/sub/\uFFFD/x': 'x', 'work/sub/a\uFFFD.pem': 'x' })
  const folder = Buffer.concat([Buffer.from(`${scene.root}/sub/`), Buffer.from([0xff])])
  mkdirSync(folder)
  writeFileSync(Buffer.concat([folder, Buffer.from('/.env')]), 'hidden')
  own(scene.base, scene.id)
  const { out } = await runIn(scene, sh('cat sub/*/.env sub/*/x; true'))
  expect(out).not.toContain('hidden')
})

describe('what a run has of its own, of the kernel', () => {
  const process1 = `/proc/${process.pid}`
  it.each([
    { opens: 'the processes', rule: 'Allow file:/proc/**:read' },
    { opens: 'them by a pattern', rule: 'Allow file:/p*/**:read' },
    { opens: 'one of them', rule: `Allow file:${process1}/**:read` },
    { opens: 'a file of one', rule: `Allow file:${process1}/environ:read` },
    { opens: 'the one that asks', rule: 'Allow file:/proc/self/**:read' },
    { opens: 'what it has mounted', rule: 'Allow file:/proc/mounts:read' },
    { opens: 'the devices', rule: 'Allow file:/dev/**:read,write' },
    { opens: 'its descriptors', rule: 'Allow file:/dev/fd/**:read' },
    { opens: 'a file of the machine', rule: 'Allow file:/proc/cpuinfo:read' },
    { opens: 'the terminals', rule: 'Allow file:/dev/pts/**:read,write' },
    { opens: "the kernel's settings", rule: 'Allow file:/proc/sys/kernel/**:read,write' },
  ])('stays its own where a rule opens $opens', async ({ rule }) => {
    const scene = sceneOf(0)
    const script = `
      cat ${process1}/environ 2>&1 || true
      echo x > /dev/null; read a < /proc/self/status; echo $a; head -c 1 /proc/cpuinfo | wc -c`
    const { code, out, plan } = await runIn(scene, sh(script), { rules: ['Allow file:**:read,write', rule] })
    expect([code, out]).toEqual([0, `cat: ${process1}/environ: No such file or directory\nName: sh\n1\n`])
    expect(plan.unheld.filter(({ missing }) => missing.includes('a link'))).toEqual([])
  })

  it.each(['/proc', '/dev', `/proc/${process.pid}`, '/'])(
    'is not shown under another name: a link to %s',
    async (target) => {
      const scene = sceneOf(0, { 'outside/l': { link: target } })
      const rules = ['Allow file:**:read,write', `Allow file:${scene.outside}/l/**:read`]
      const { out, plan } = await runIn(scene, sh(`ls ${scene.outside} 2>&1 || true`), { rules })
      expect(out).not.toMatch(/^l$/m)
      expect(plan.unheld).toMatchObject([
        {
          missing: `\`${scene.outside}/l\` is a link to \`${target}\`, which no rule opens by another name: name what is meant in it`,
          refuse: false,
        },
      ])
    },
  )

  it.runIf(process.getuid?.() === 0)('is not written, whatever a rule says', async () => {
    const rules = ['Allow file:**:read,write', 'Allow file:/proc/sys/kernel/core_pattern:read,write']
    const script = '(: >> /proc/sys/kernel/core_pattern) 2>&1 || echo closed'
    expect((await runIn(sceneOf(0), sh(script), { rules })).out).toMatch(/closed\n$/)
  })

  it('is closed where a rule denies files of the machine in it', async () => {
    const rules = ['Allow file:**:read,write', 'Deny file:/proc/{cpuinfo,sys/**}:read']
    const script = 'cat /proc/cpuinfo 2>&1 || ls -A /proc/sys; head -c 1 /proc/meminfo | wc -c'
    const { out } = await runIn(sceneOf(0), sh(script), { rules })
    expect(out).toBe('cat: /proc/cpuinfo: Permission denied\n1\n')
  })
})

it('a repository in a tree that lies in another is looked at once', async () => {
  const scene = sceneOf(0, { 'work/f': '' })
  git(scene, scene.root, 'init', '-q')
  const rules = ['Allow file:**:read,write', `Allow file:${scene.base.slice(0, -1)}*/**:read`]
  expect((await runIn(scene, sh('git status --short'), { rules })).out).toBe('?? f\n')
})

it.each([
  ['nowhere', '/nowhere'],
  ['to itself', 'dist'],
])('a link that a rule opens and that leads %s keeps no run from starting', async (_, link) => {
  const scene = sceneOf(0, { 'work/f': 'text', 'work/dist': { link }, 'home/dist': { link } })
  const rules = ['Allow file:*:read', 'Allow file:dist/**:read,write', 'Allow file:~/dist:read,write']
  expect((await runIn(scene, ['cat', 'f'], { rules })).out).toBe('text')
})

it('a denied link to the programs of the system closes none of them, also where HOME is the root of the disk', async () => {
  const scene = sceneOf(0, { 'work/secret-x': { link: '/usr/bin' } })
  const rules = ['Allow file:**:read,write', 'Deny file:secret-*:read']
  expect((await runIn({ ...scene, home: '/' }, sh('echo ok'), { rules })).out).toBe('ok\n')
})
