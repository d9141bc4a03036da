import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  createScene,
  git,
  openRules,
  own,
  people,
  type RunOptions,
  runIn,
  type Scene,
  without,
} from './scene.ts'

const secret = 'TOP-SECRET-CONTENT'

const files = {
  'work/.env': secret,
  'work/.env.example': 'an example',
  'work/a/b/.env.local': secret,
  'work/secrets/deep/key': secret,
  'work/readable.txt': 'hello',
  'work/.agent-os/AGENT.md': 'the rules',
  'work/inner/.agent-os/AGENT.md': 'the rules',
  'work/docs/link.md': { link: '../../outside/secret.txt' },
  'work/docs/real.md': 'text',
  'work/z/first': 'a plain file',
  'work/vendor/.hg/hgrc': '[ui]',
  'work/vendor/.jj/repo/config.toml': '[ui]',
  'work/mise.toml': '[tools]',
  'work/committed-link': { link: '../outside/secret.txt' },
  'outside/secret.txt': secret,
  'outside/shared.txt': 'shared',
  'home/.ssh/id_ed25519': secret,
  'home/.npmrc': secret,
}

interface Attack {
  readonly name: string
  /** Shell text; `$OUTSIDE`, `$HOME` are the scene's. */
  readonly script?: string
  readonly python?: string
  /** A second run, after the first has prepared it. */
  readonly later?: string
  readonly options?: RunOptions
  /** What takes the protection away: then the attack must succeed. */
  readonly removed?: Pick<RunOptions, 'without' | 'withoutFilter'>
  /** Only root could do it. */
  readonly asRoot?: boolean
  /** Whether the attack succeeded, seen from outside. */
  readonly broke: (scene: Scene, out: string) => boolean
}

const leaks = (_scene: Scene, out: string) => out.includes(secret)
const reached = (_scene: Scene, out: string) => out.includes('REACHED')
const text = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '')
const changed = (name: string) => (scene: Scene) => text(join(scene.base, name)).includes('EVIL')

/** A system call by its number, as a program without our filter in mind makes it. */
const call = (...args: readonly (string | number)[]) => `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
result = libc.syscall(${args.join(', ')})
error = ctypes.get_errno()
print('REACHED' if result != -1 or error not in (1, 38, 97) else 'held', result, error)
`

const pushInput = `
import fcntl, os, pty
out = os.dup(1)
child, terminal = pty.fork()
if child == 0:
  try: fcntl.ioctl(0, 0x5412, b'x'); os.write(out, b'REACHED')
  except OSError as error: os.write(out, str(error).encode())
  os._exit(0)
os.waitpid(child, 0)
`

const expose = (options: readonly string[], scene: Scene) => [
  ...options,
  '--bind',
  scene.outside,
  scene.outside,
]
const noPins = (options: readonly string[], scene: Scene) =>
  ['a', 'a/b', 'inner', '.git'].reduce<readonly string[]>(
    (left, name) => without('--bind', '*', join(scene.root, name))(left),
    options,
  )
const unmask = (path: string) => (options: readonly string[], scene: Scene) => {
  const at = join(scene.root, path)
  const folder = without(
    '--perms',
    '0555',
    '--size',
    '4096',
    '--tmpfs',
    at,
  )(without('--remount-ro', at)(options))
  return without('--ro-bind', '*', at)(folder)
}

// The one or the other is looked at before what is attacked. Taken out, it is the attack by a link that was there.
const manyFiles = 'for d in 0 zz; do mkdir $d; (cd $d; seq 10050 | xargs touch); done'

const attacks: readonly Attack[] = [
  {
    name: 'R1 a file outside of the project',
    script: 'cat $OUTSIDE/secret.txt',
    removed: { without: expose },
    broke: leaks,
  },
  { name: 'R1 credentials in the home folder', script: 'cat ~/.ssh/id_ed25519 ~/.npmrc', broke: leaks },
  {
    name: 'R1 a link of the repository',
    script: 'cat committed-link',
    removed: { without: expose },
    broke: leaks,
  },
  {
    name: 'R1 a link of its own',
    script: 'ln -s $OUTSIDE/secret.txt x; cat x',
    removed: { without: expose },
    broke: leaks,
  },
  {
    name: "R1 other programs' temporary files",
    script: 'ls -d /tmp/oos-*/oos-scene-*/outside && echo REACHED',
    removed: { without: expose },
    broke: reached,
  },
  {
    name: 'R1 through /proc',
    script: 'for p in /proc/[0-9]*; do cat $p/root$OUTSIDE/secret.txt $p/cwd/../outside/secret.txt; done',
    removed: { without: expose },
    broke: leaks,
  },
  {
    name: 'R3 a committed link that a rule seems to open',
    script: 'cat docs/link.md',
    options: { rules: ['Allow file:readable.txt:read', 'Allow file:docs/*.md:read'] },
    removed: {
      without: (options, scene) => {
        const link = join(scene.root, 'docs/link.md')
        const shut = options.findIndex(
          (word, at) => word === '--remount-ro' && options[at + 1] === scene.root,
        )
        return [...options.slice(0, shut), '--ro-bind', link, link, ...options.slice(shut)]
      },
    },
    broke: leaks,
  },
  {
    name: 'C1 a program that is denied everywhere',
    script: 'git --version && echo REACHED; env git --version && echo REACHED',
    options: { rules: [...openRules, 'Deny shell:git *{everywhere}'] },
    removed: { without: without('--ro-bind', '/dev/null', '/usr/bin/git') },
    broke: reached,
  },
  { name: 'R2 a denied file', script: 'cat .env', removed: { without: unmask('.env') }, broke: leaks },
  {
    name: 'R2 a denied file by another spelling',
    script: 'cat ./a/../.env "$PWD/.env" /proc/self/cwd/.env',
    removed: { without: unmask('.env') },
    broke: leaks,
  },
  {
    name: 'R2 a denied file in what walks the tree',
    script: 'grep -r TOP . ; tar c . ; cat $(find . -type f)',
    removed: { without: unmask('.env') },
    broke: leaks,
  },
  {
    name: 'R2 a denied file by a hard link',
    script: 'ln .env copy; cat copy',
    removed: { without: unmask('.env') },
    broke: leaks,
  },
  {
    name: 'R2 a denied file by a name that it had before',
    script: 'cat alias',
    removed: { without: unmask('alias') },
    broke: leaks,
  },
  {
    name: 'R2 a file of a denied folder by a name that it had before',
    script: 'cat key',
    removed: { without: unmask('key') },
    broke: leaks,
  },
  {
    name: 'R2 a denied file by renaming it',
    script: 'mv .env x; cat x',
    removed: { without: unmask('.env') },
    broke: leaks,
  },
  {
    name: 'R2 a denied folder',
    script: 'cat secrets/deep/key; ls secrets',
    removed: { without: unmask('secrets') },
    broke: leaks,
  },
  {
    name: 'R2 a denied file after its folder was renamed',
    script: 'mv a moved && mkdir -p a/b',
    later: 'cat moved/b/.env.local',
    options: { rules: ['Allow file:**:read,write', 'Deny file:a/b/.env.local:*'] },
    removed: { without: noPins },
    broke: leaks,
  },
  { name: 'R2 by unmounting the mask', script: 'umount .env; cat .env', broke: leaks },
  {
    name: 'R2 by a mask of a new user namespace',
    script: 'unshare -Urm sh -c "umount -l .env; cat .env"',
    broke: leaks,
  },
  {
    name: 'R4 a variable that no rule lets through',
    script: 'env; tr "\\0" "\\n" < /proc/1/environ; cat /proc/*/environ',
    options: { env: { HARMLESS_NAME: secret } },
    broke: leaks,
  },
  {
    name: 'R4 names of what is hidden in a command line',
    script: 'tr "\\0" " " < /proc/1/cmdline | grep -q "[r]o-bind" && echo REACHED',
    broke: reached,
  },
  {
    name: 'W1 a file outside of the project',
    script: 'echo EVIL > $OUTSIDE/shared.txt; echo EVIL > ../outside/shared.txt',
    removed: { without: expose },
    broke: changed('outside/shared.txt'),
  },
  {
    name: 'W1 a file outside by a hard link that was there',
    script: 'echo EVIL >> hard',
    removed: { without: unmask('hard') },
    broke: changed('outside/shared.txt'),
  },
  {
    name: 'W1 a file that may only be read by a name that it had before',
    script: 'echo EVIL >> key; echo EVIL >> alias',
    options: {
      rules: ['Allow file:**:read,write', 'Deny file:secrets/**:write', 'Deny file:**/.env:write'],
    },
    removed: { without: (options, scene) => unmask('alias')(unmask('key')(options, scene), scene) },
    broke: (scene) => changed('work/secrets/deep/key')(scene) || changed('work/.env')(scene),
  },
  {
    name: 'W1, R2 by hard links that were there, among more files than are looked at one by one',
    script: manyFiles,
    later: 'echo EVIL >> z/hard; cat z/alias',
    broke: (scene, out) => changed('outside/shared.txt')(scene) || leaks(scene, out),
  },
  {
    name: 'W1, R1 a folder that an earlier run has swapped for a link',
    script: 'mv docs away; ln -s $OUTSIDE docs',
    later: 'cat docs/secret.txt; echo EVIL > docs/shared.txt',
    options: { rules: [...openRules, 'Allow file:docs/**:read,write'] },
    removed: { without: expose },
    broke: (scene, out) => changed('outside/shared.txt')(scene) || leaks(scene, out),
  },
  {
    name: 'W1 a project in the project, swapped for a link before its next run',
    script: 'mv inner away; ln -s $OUTSIDE inner',
    removed: { without: noPins },
    broke: (scene) => existsSync(join(scene.root, 'away')),
  },
  {
    name: 'W1 shell start-up files',
    script: 'echo EVIL > ~/.bashrc; echo EVIL > ~/.profile',
    broke: (scene) => existsSync(join(scene.home, '.bashrc')) || existsSync(join(scene.home, '.profile')),
  },
  {
    name: 'W2 a git hook',
    script: 'echo EVIL > .git/hooks/pre-commit',
    removed: { without: unmask('.git/hooks') },
    broke: changed('work/.git/hooks/pre-commit'),
  },
  {
    name: "W2 git's configuration",
    script:
      'echo EVIL >> .git/config; git config core.fsmonitor EVIL; mv .git/config x; echo EVIL > .git/config',
    removed: { without: unmask('.git/config') },
    broke: changed('work/.git/config'),
  },
  {
    name: "W2 git's configuration by way of a common dir",
    script: 'rm -f .git/commondir; echo EVIL > .git/commondir',
    removed: { without: unmask('.git/commondir') },
    broke: changed('work/.git/commondir'),
  },
  {
    name: 'W2 where git fetches from, as it was written once',
    script: 'for d in remotes branches; do mkdir -p .git/$d; echo EVIL > .git/$d/origin; done',
    removed: { without: unmask('.git/remotes') },
    broke: (scene) =>
      changed('work/.git/remotes/origin')(scene) || changed('work/.git/branches/origin')(scene),
  },
  {
    name: "W2 a work tree's configuration",
    script: 'echo EVIL > .git/config.worktree',
    removed: { without: unmask('.git/config.worktree') },
    broke: changed('work/.git/config.worktree'),
  },
  {
    name: 'W2 settings of a program that keeps them beside those of git',
    script: 'rm -f .git/lazygit.yml; echo EVIL > .git/lazygit.yml',
    removed: { without: unmask('.git/lazygit.yml') },
    broke: changed('work/.git/lazygit.yml'),
  },
  {
    name: 'W2 the configuration of other version control',
    script: 'for i in hg/hgrc jj/repo/config.toml; do rm -f vendor/.$i; echo EVIL > vendor/.$i; done',
    removed: {
      without: (options, scene) =>
        unmask('vendor/.jj/repo/config.toml')(unmask('vendor/.hg/hgrc')(options, scene), scene),
    },
    broke: (scene) =>
      changed('work/vendor/.hg/hgrc')(scene) || changed('work/vendor/.jj/repo/config.toml')(scene),
  },
  {
    name: 'W2 what a shell obeys as it enters the folder',
    script: 'rm -f mise.toml; echo EVIL > mise.toml',
    removed: { without: unmask('mise.toml') },
    broke: changed('work/mise.toml'),
  },
  {
    name: 'W2 a repository in the place of the repository',
    script: 'mv .git x && mkdir -p .git/hooks && echo EVIL > .git/hooks/pre-commit',
    removed: { without: noPins },
    broke: (scene) => existsSync(join(scene.root, 'x')),
  },
  {
    name: "W2 a nested repository's hook",
    script: 'echo EVIL > vendor/deep/lib/.git/hooks/pre-commit; echo EVIL >> vendor/deep/lib/.git/config',
    removed: { without: unmask('vendor/deep/lib/.git/hooks') },
    broke: (scene) =>
      existsSync(join(scene.root, 'vendor/deep/lib/.git/hooks/pre-commit')) ||
      text(join(scene.root, 'vendor/deep/lib/.git/config')).includes('EVIL'),
  },
  {
    name: "W2 agents' settings that do not exist yet",
    script:
      'mkdir -p .claude; echo EVIL > .claude/settings.json; rmdir .claude; mkdir .claude; echo EVIL > .claude/settings.json',
    removed: { without: unmask('.claude') },
    broke: changed('work/.claude/settings.json'),
  },
  {
    name: 'W2 a settings file that does not exist yet',
    script: 'rm -rf .mcp.json .envrc; echo EVIL > .mcp.json; echo EVIL > .envrc',
    removed: { without: unmask('.envrc') },
    broke: (scene) => changed('work/.envrc')(scene) || changed('work/.mcp.json')(scene),
  },
  {
    name: 'W2 a folder that an Allow leaves out, and that does not exist yet',
    script: 'rmdir gen; mkdir -p gen; echo EVIL > gen/x',
    options: { rules: ['Allow file:**:read,write except file:gen/**:write'] },
    removed: { without: unmask('gen') },
    broke: changed('work/gen/x'),
  },
  {
    name: 'W3 the specs',
    script:
      'echo EVIL >> .agent-os/AGENT.md; echo EVIL > .agent-os/MORE.md; mv .agent-os x; mkdir .agent-os; echo EVIL > .agent-os/AGENT.md',
    removed: { without: unmask('.agent-os') },
    broke: (scene) =>
      changed('work/.agent-os/AGENT.md')(scene) || existsSync(join(scene.root, '.agent-os/MORE.md')),
  },
  {
    name: "W3 the record's folder where there is none",
    script: 'mkdir -p .oos/data; echo EVIL > .oos/data/atlas.db',
    removed: { without: unmask('.oos') },
    broke: changed('work/.oos/data/atlas.db'),
  },
  {
    name: 'W4 a set-id program',
    script: 'cp /bin/true x; chmod 4755 x; chmod u+s x; test -u x && echo REACHED',
    removed: { withoutFilter: true },
    broke: reached,
  },
  { name: 'W4 a device node', script: 'mknod x c 1 3 && echo REACHED', broke: reached },
  {
    name: 'P1 a process of the machine',
    script: `kill -0 ${process.pid} && echo REACHED; ls /proc/${process.pid}/fd && echo REACHED`,
    broke: reached,
  },
  {
    name: 'P1 the memory of the process with which the run ends',
    python: `import os
start = int(open('/proc/1/maps').read().split('-')[0], 16)
memory = open('/proc/1/mem', 'rb+', buffering=0)
bytes = os.pread(memory.fileno(), 4, start)
print('REACHED' if os.pwrite(memory.fileno(), bytes, start) == 4 else 'held')`,
    removed: {
      without: (options) =>
        without(
          '--remount-ro',
          '/proc/1',
        )(without('--perms', '0555', '--size', '4096', '--tmpfs', '/proc/1')(options)),
    },
    broke: reached,
  },
  {
    name: 'P2 new privileges',
    script: 'grep -q "NoNewPrivs:.0" /proc/self/status && echo REACHED',
    broke: reached,
  },
  {
    name: 'P2 a capability',
    script: 'grep "^Cap" /proc/self/status | grep -qv 0000000000000000 && echo REACHED',
    removed: { without: (options) => [...without('--cap-drop', 'ALL')(options), '--cap-add', 'CAP_CHOWN'] },
    broke: reached,
  },
  { name: 'P2 a user namespace', script: 'unshare -U true && echo REACHED', broke: reached },
  { name: 'P2 ptrace', python: call(101, 0, 0, 0, 0), removed: { withoutFilter: true }, broke: reached },
  {
    name: 'P2 the session keyring',
    python: call(250, 0, -3, 0),
    removed: { withoutFilter: true },
    broke: reached,
  },
  {
    name: 'P2 io_uring',
    python: call(425, 8, 'ctypes.create_string_buffer(120)'),
    removed: { withoutFilter: true },
    broke: reached,
  },
  { name: 'P2 userfaultfd', python: call(323, 1), removed: { withoutFilter: true }, broke: reached },
  {
    name: 'P2 memory that no file system has',
    python: call(319, 'b"x"', 0),
    removed: { withoutFilter: true },
    broke: reached,
  },
  {
    name: 'P2 handles of files',
    python: call(
      303,
      -100,
      'b"."',
      'ctypes.create_string_buffer(b"\\x80" + 135 * b"\\0", 136)',
      'ctypes.create_string_buffer(8)',
      0,
    ),
    removed: { withoutFilter: true },
    broke: reached,
  },
  { name: 'P2 a socket of packets', python: call(41, 17, 3, 0), broke: reached },
  {
    name: 'P2 a call through the x32 interface',
    python: 'import ctypes; ctypes.CDLL(None).syscall(0x40000000 + 39); print("REACHED")',
    removed: { withoutFilter: true },
    broke: reached,
  },
  {
    name: 'P2 pushing input into the terminal',
    python: pushInput,
    removed: { withoutFilter: true },
    broke: reached,
  },
  {
    name: 'P4 memory of a file system without a size',
    script: 'for d in / /usr /etc /proc /dev; do touch $d/x && echo REACHED; done',
    removed: { without: without('--remount-ro', '/') },
    broke: reached,
  },
  // The mode that they have, so that nothing is broken where this is not held.
  {
    name: "P6 the machine's device nodes",
    script: 'for d in full null random urandom zero; do chmod 666 /dev/$d; stat -c "%d:%i" /dev/$d; done',
    asRoot: true,
    removed: { without: without('--dev-bind', '*', '/dev/full') },
    broke: (_scene, out) => {
      const { dev, ino } = statSync('/dev/full')
      return out.split('\n').includes(`${dev}:${ino}`)
    },
  },
  {
    name: 'P6 a knob of the kernel',
    python: 'import os\nos.open("/proc/sys/kernel/core_pattern", os.O_WRONLY); print("REACHED")',
    asRoot: true,
    removed: { without: without('--ro-bind', '/proc/sys', '/proc/sys') },
    broke: reached,
  },
  {
    name: 'P6 the system request key',
    python:
      'import os\nfd = os.open("/proc/sysrq-trigger", os.O_WRONLY)\nprint("REACHED", os.fstat(fd).st_rdev)',
    asRoot: true,
    broke: reached,
  },
]

function makeBelowGit(): string {
  const root = join(mkdtempSync(join(tmpdir(), 'oos-scene-')), '.git/work')
  mkdirSync(root, { recursive: true })
  chmodSync(join(root, '../..'), 0o755)
  return root
}

describe.each(people)('inside, as $who,', ({ id }) => {
  const make = () => {
    const scene = createScene({ id, files })
    linkSync(join(scene.outside, 'shared.txt'), join(scene.root, 'hard'))
    linkSync(join(scene.root, '.env'), join(scene.root, 'alias'))
    linkSync(join(scene.outside, 'shared.txt'), join(scene.root, 'z/hard'))
    linkSync(join(scene.root, '.env'), join(scene.root, 'z/alias'))
    linkSync(join(scene.root, 'secrets/deep/key'), join(scene.root, 'key'))
    git(scene, scene.root, 'init', '-q')
    git(scene, scene.root, 'init', '-q', 'vendor/deep/lib')
    own(scene.base, id)
    return scene
  }
  const attempt = async (attack: Attack, more: RunOptions = {}) => {
    const scene = make()
    try {
      const options = { ...attack.options, ...more }
      const command = attack.python
        ? ['/usr/bin/python3', '-c', attack.python]
        : ['sh', '-c', `OUTSIDE=${scene.outside}; ${attack.script}`]
      const ended = await runIn(scene, command, options)
      if (ended.out.includes('bwrap:')) throw new Error(ended.out)
      const later = attack.later ? await runIn(scene, ['sh', '-c', attack.later], options) : undefined
      return { broke: attack.broke(scene, ended.out + (later?.out ?? '')), out: ended.out }
    } finally {
      scene.remove()
    }
  }
  const here = attacks.filter(({ asRoot }) => !asRoot || id === 0)

  it.each(here)('is held: $name', async (attack) => {
    const { broke, out } = await attempt(attack)
    expect(broke, out).toBe(false)
  })

  it.each(here.filter(({ removed }) => removed))(
    'would be open without its protection: $name',
    async (attack) => {
      const { broke, out } = await attempt(attack, attack.removed)
      expect(broke, out).toBe(true)
    },
  )

  it.each([
    { lies: 'in the memory of the machine', make: () => mkdtempSync('/dev/shm/oos-scene-') },
    { lies: 'in a folder that is called as one of git', make: makeBelowGit },
  ])('a project $lies is held as any other', async ({ make: makeRoot }) => {
    const scene = make()
    const root = makeRoot()
    try {
      cpSync(scene.root, root, { recursive: true, verbatimSymlinks: true })
      mkdirSync(join(root, 'logs'))
      writeFileSync(join(root, 'logs/.env'), secret)
      own(root, id)
      const script = `cat .env logs/.env secrets/deep/key; echo EVIL >> .agent-os/AGENT.md
        echo EVIL > .git/hooks/pre-commit; echo EVIL > .envrc; echo made > made`
      const { out } = await runIn({ ...scene, root }, ['sh', '-c', script])
      expect(out).not.toContain(secret)
      const written = ['.agent-os/AGENT.md', '.git/hooks/pre-commit', '.envrc', 'made']
      expect(written.map((name) => text(join(root, name)))).toEqual(['the rules', '', '', 'made\n'])
    } finally {
      rmSync(root, { recursive: true })
      scene.remove()
    }
  })

  it('a cache that a run has closed is open to the next', async () => {
    const scene = make()
    const attack = 'chmod 500 ~/.cache/.oos/.npm; chmod 000 ~/.cache/.oos; chmod 000 ~/.cache'
    try {
      await runIn(scene, ['sh', '-c', attack])
      const asPerson = `
import { makeCacheHome } from '${import.meta.resolve('../../src/sandbox/home.ts')}'
makeCacheHome(process.argv[1])`
      const words = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', asPerson]
      const person = process.getuid?.() === 0 ? { uid: id, gid: id } : {}
      const made = spawnSync(process.execPath, [...words, join(scene.base, 'cache')], {
        encoding: 'utf8',
        ...person,
      })
      expect(made.stderr).toBe('')
      expect((await runIn(scene, ['sh', '-c', 'echo > ~/.npm/x && echo written'])).out).toBe('written\n')
    } finally {
      scene.remove()
    }
  })

  // `LD_DEBUG_OUTPUT` stands for `LD_PRELOAD`: what the loader does for a program, it does in that program's place.
  it('a variable that a rule lets in does nothing to the sandbox from outside', async () => {
    const scene = make()
    try {
      const env = { LD_DEBUG: 'libs', LD_DEBUG_OUTPUT: join(scene.outside, 'loader') }
      await runIn(scene, ['true'], { env, rules: ['Allow file:**:read,write', 'Allow env:LD_*'] })
      expect(readdirSync(scene.outside).filter((name) => name.startsWith('loader'))).toEqual([])
    } finally {
      scene.remove()
    }
  })
})
