import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { executable } from '../cli/oos.ts'
import { createScene, git, own, people, type Scene } from '../sandbox/scene.ts'

const rules = `# Rules

- **Allow** \`file:**:read,write\`, \`shell:*\`
- **Allow** \`git:*:commit\`
- **Deny** \`file:locked/**:write\` — not for agents
`

const commitEvil = `evil=$(echo EVIL | git hash-object -w --stdin)
git update-index --cacheinfo 100644,$evil,locked/a; git commit -qm evil
`

describe.each(people)('what $who commits in a run', ({ id }) => {
  let scene: Scene
  beforeEach(() => {
    scene = createScene({
      id,
      files: { 'work/.agent-os/AGENT.md': rules, 'work/locked/a': 'a\n', 'work/.gitignore': '.oos\ndo.sh\n' },
    })
    const identity = '[user]\nname = a\nemail = a@example.com\n'
    writeFileSync(join(scene.home, '.gitconfig'), identity)
    git(scene, scene.root, 'init', '-qb', 'main')
    git(scene, scene.root, 'add', '-A')
    git(scene, scene.root, 'commit', '-qm', 'first')
    own(scene.base, id)
  })
  afterEach(() => scene.remove())

  const person = process.getuid?.() === 0 ? { uid: id, gid: id } : {}
  const place = (cwd = scene.root) => ({
    cwd,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: scene.home },
    ...person,
  })
  const oos = (words: readonly string[], cwd = scene.root) =>
    spawnSync(process.execPath, [executable, ...words], { ...place(cwd), encoding: 'utf8' })
  const script = (text: string, cwd = scene.root) => {
    writeFileSync(join(cwd, 'do.sh'), text)
    return oos(['run', '--trust-specs', '--', 'sh', 'do.sh'], cwd)
  }
  const subjects = (...refs: string[]) =>
    git(scene, scene.root, 'log', '--format=%s', ...refs)
      .trimEnd()
      .split('\n')
  const killedAt = async (mark: string, env: NodeJS.ProcessEnv = place().env) => {
    const words = [executable, 'run', '--trust-specs', '--', 'sh', 'do.sh']
    const child = spawn(process.execPath, words, { ...place(), env, stdio: 'ignore' })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    while (!existsSync(mark)) await new Promise(setImmediate)
    child.kill('SIGKILL')
    await ended
  }
  const killedAfterCommit = () => {
    writeFileSync(join(scene.root, 'do.sh'), `${commitEvil} touch .git/done; sleep 60`)
    return killedAt(join(scene.root, '.git/done'))
  }
  /** A run under way while another, which has made the repository `inner`, does something to it. */
  const whileAnother = async (act: string) => {
    const text = `git init -q inner; touch made; until [ -e begun ]; do sleep 0.01; done
      ${act}; touch acted; until [ -e over ]; do sleep 0.01; done`
    writeFileSync(join(scene.root, 'other.sh'), text)
    const words = [executable, 'run', '--trust-specs', '--', 'sh', 'other.sh']
    const child = spawn(process.execPath, words, { ...place(), stdio: 'ignore' })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    while (!existsSync(join(scene.root, 'made'))) await new Promise(setImmediate)
    const { stderr } = script('touch begun; until [ -e acted ]; do sleep 0.01; done; touch over')
    await ended
    return stderr
  }
  const newest = () => {
    const { data } = JSON.parse(oos(['runs', '--json']).stdout)
    return JSON.parse(oos(['runs', 'show', '--json', data[0].id]).stdout).data
  }

  test('is judged where the run shuts the way to it, which is open again to the next one', () => {
    git(scene, scene.root, 'init', '-qb', 'main', 'sub/inner')
    git(scene, join(scene.root, 'sub/inner'), 'commit', '-qm', 'first', '--allow-empty')
    own(scene.base, id)
    const shut =
      script(`(cd sub/inner; mkdir locked; echo EVIL > locked/a; git add locked; git commit -qm evil)
      ${commitEvil} chmod 000 .git/objects .git sub/inner/.git sub/inner sub .`)
    expect([shut.status, shut.stderr]).toEqual([3, expect.stringContaining('`main` was put back')])
    expect(shut.stderr).toContain("the project's folder was shut while this ran, and is open to you again")
    expect(shut.stderr).toContain('`sub/inner` was shut while this ran, and is open to you again')
    expect(oos(['run', '--', 'cat', 'locked/a'])).toMatchObject({ status: 0, stdout: 'a\n', stderr: '' })
    expect(subjects()).toEqual(['first'])
    const inner = git(scene, join(scene.root, 'sub/inner'), 'log', '--format=%s')
    expect(inner).toBe('evil\nfirst\n')
  })

  test.runIf(id === 0)('leaves the project itself as it was shut before', () => {
    chmodSync(scene.root, 0o300)
    expect(oos(['run', '--trust-specs', '--', 'true'])).toMatchObject({ status: 0, stderr: '' })
    expect(statSync(scene.root).mode & 0o777).toBe(0o300)
    chmodSync(scene.root, 0o700)
  })

  test('leaves shut what was shut before, whoever may look into it', () => {
    git(scene, scene.root, 'init', '-qb', 'main', 'sub/inner')
    own(scene.base, id)
    chmodSync(join(scene.root, 'sub'), 0o000)
    expect(script('true')).toMatchObject({ status: 0, stderr: '' })
    expect(statSync(join(scene.root, 'sub')).mode & 0o777).toBe(0)
    chmodSync(join(scene.root, 'sub'), 0o700)
  })

  test('is put back where it breaks a rule, said with the line, and recorded', () => {
    const { status, stderr } = script(commitEvil)
    const run = newest()
    const kept = `refs/oos/quarantine/${run.id}/heads/main`
    // The command itself ended well.
    expect([status, run.exitCode]).toEqual([3, 0])
    expect(stderr).toContain(
      'needs file:locked/a:change, which is not allowed (.agent-os/AGENT.md:5 **Deny** `file:locked/**:write`)',
    )
    expect(stderr).toContain(`git log ${kept}`)
    expect([subjects(), subjects(kept)]).toEqual([['first'], ['evil', 'first']])
    expect(git(scene, scene.root, 'status', '--porcelain')).toBe('')
    const events = run.events.filter(({ type }: { type: string }) => type.startsWith('git.'))
    const rule = { file: '.agent-os/AGENT.md', line: 5 }
    expect(events).toMatchObject([
      { type: 'git.commit', effect: 'deny', path: 'locked/a', action: 'change', rule },
      { type: 'git.ref', ref: 'refs/heads/main', effect: 'deny', rule, kept },
      { type: 'git.staged', path: 'locked/a', effect: 'deny', rule },
    ])
    expect(oos(['runs', 'verify', run.id]).status).toBe(0)
  })

  test.each([
    { when: 'when the run has ended', act: '' },
    { when: 'while it asks for a host', act: 'curl -s http://nowhere.invalid/; sleep 60' },
  ])('is judged, and told, where the record takes nothing more $when', async ({ act }) => {
    const specs = join(scene.root, '.agent-os')
    writeFileSync(join(specs, 'AGENT.md'), `${rules}- **Allow** \`http:nowhere.invalid:request\`\n`)
    const stack = '| Setting | Value |\n|---|---|\n| `database.busy_timeout` | 100 |\n'
    writeFileSync(join(specs, 'PREFERRED_STACK.md'), stack)
    const text = `${commitEvil} touch .git/done; until [ -e full ]; do sleep 0.01; done; ${act}`
    writeFileSync(join(scene.root, 'do.sh'), text)
    own(scene.base, id)
    const words = [executable, 'run', '--trust-specs', '--', 'sh', 'do.sh']
    const child = spawn(process.execPath, words, { ...place(), stdio: ['ignore', 'ignore', 'pipe'] })
    const [said, ended] = [child.stderr.setEncoding('utf8').toArray(), once(child, 'exit')]
    while (!existsSync(join(scene.root, '.git/done'))) await new Promise(setImmediate)
    const record = new Database(join(scene.root, '.oos/data/atlas.db'))
    record.exec('begin exclusive')
    writeFileSync(join(scene.root, 'full'), '')
    expect(await ended).toEqual([1, null])
    record.close()
    const stderr = (await said).join('')
    expect(stderr).toContain('is locked by another program')
    expect(stderr).toContain('`main` was put back')
    expect(subjects()).toEqual(['first'])
  })

  test.each([
    { was: 'not there', head: undefined, said: 'taken away' },
    { was: 'there', head: 'HEAD', said: 'put back as it was' },
  ])('is said where only what git goes back to leads to it, which was $was', ({ head, said }) => {
    if (head !== undefined) git(scene, scene.root, 'update-ref', 'ORIG_HEAD', head)
    own(scene.base, id)
    const { status, stderr } = script(`first=$(git rev-parse HEAD); ${commitEvil} evil=$(git rev-parse HEAD)
      git update-ref HEAD $first; git reset -q; echo $evil > .git/ORIG_HEAD
      git reflog expire --expire=all --all`)
    const told = `oos: ${said}, since git would have followed it: .git/ORIG_HEAD\n`
    expect([status, stderr]).toEqual([3, expect.stringContaining(told)])
  })

  test('counts though it was only staged', () => {
    const { status, stderr } = script(commitEvil.replace('git commit -qm evil', 'true'))
    expect(stderr).toContain('was staged, and is not allowed')
    expect([status, git(scene, scene.root, 'status', '--porcelain')]).toEqual([3, ''])
  })

  test('stays where it breaks none', () => {
    const { stderr } = script('echo x > x; git add x; git commit -qm fine')
    expect([stderr, subjects()]).toEqual(['', ['fine', 'first']])
    expect(newest().events).toContainEqual(expect.objectContaining({ type: 'git.ref', effect: 'allow' }))
  })

  test('in a linked work tree, cannot reach past it', () => {
    const linked = join(scene.base, 'linked')
    git(scene, scene.root, 'worktree', 'add', '-qb', 'side', linked)
    own(scene.base, id)
    const main = join(scene.root, '.git')
    const text = `${commitEvil}
      echo "ref: refs/heads/side" > ${main}/HEAD
      GIT_DIR=${main} GIT_INDEX_FILE=${main}/index git update-index --cacheinfo 100644,$evil,locked/a
      git update-index --cacheinfo 100644,$evil,locked/a`
    const { stderr } = script(text, linked)
    expect(stderr).toContain('`side` was put back')
    expect(stderr).toContain('what it did was put back: exit 3')
    expect(subjects('side', 'main')).toEqual(['first'])
    expect(git(scene, scene.root, 'status', '--porcelain', '-b')).toBe('## main\n')
    expect(git(scene, linked, 'status', '--porcelain', '-b')).toBe('## side\n')
  })

  test('is judged by the next run, where oos was killed before it could', async () => {
    await killedAfterCommit()
    expect(subjects()).toEqual(['evil', 'first'])
    const { stderr } = oos(['run', '--', 'true'])
    expect(stderr).toContain('`main` was put back')
    expect(stderr).toContain('`locked/a` is staged, which no run may do')
    expect(subjects()).toEqual(['first'])
    const { data } = JSON.parse(oos(['runs', '--json']).stdout)
    expect(data[1]).toMatchObject({ endedBy: 'lost', denied: 2 })
    expect(oos(['runs', 'verify', data[1].id]).status).toBe(0)
    expect(oos(['run', '--', 'true']).stderr).toBe('')
  })

  test('is none of a run that could not be written down, and so did not begin', () => {
    oos(['run', '--trust-specs', '--', 'true'])
    const full = (sql: string) => {
      const database = new Database(join(scene.root, '.oos/data/atlas.db'))
      database.exec(sql)
      database.close()
    }
    full(
      "CREATE TRIGGER full BEFORE INSERT ON events WHEN NEW.seq = 3 BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    expect(oos(['run', '--', 'true']).status).toBe(1)
    full('DROP TRIGGER full')
    writeFileSync(join(scene.root, 'locked/a'), 'b')
    git(scene, scene.root, 'commit', '-qam', 'mine')
    own(scene.base, id)
    expect(oos(['run', '--', 'true'])).toMatchObject({ status: 0, stderr: '' })
    expect(subjects()).toEqual(['mine', 'first'])
  })

  test('is judged by the next run, where an older oos wrote down less of it', async () => {
    await killedAfterCommit()
    const ghosts = join(scene.home, '.local/state/oos/ghosts')
    const names = readdirSync(ghosts, { recursive: true }).map((name) => join(ghosts, String(name)))
    const file = names.find((name) => name.endsWith('.unchecked')) ?? ''
    const owed = JSON.parse(readFileSync(file, 'utf8'))
    for (const repository of owed.repositories)
      for (const key of ['folders', 'device', 'shut']) delete repository[key]
    writeFileSync(file, JSON.stringify(owed))
    expect(oos(['run', '--', 'true']).stderr).toContain('`main` was put back')
    expect(subjects()).toEqual(['first'])
  })

  test('is not made good by a run that began before it was judged', async () => {
    const start = (name: string, text: string) => {
      writeFileSync(join(scene.root, name), text)
      const words = [executable, 'run', '--trust-specs', '--', 'sh', name]
      const child = spawn(process.execPath, words, { ...place(), stdio: ['ignore', 'ignore', 'pipe'] })
      return { said: child.stderr.setEncoding('utf8').toArray(), ended: once(child, 'exit') }
    }
    const until = (name: string) => `until [ -e ${name} ]; do sleep 0.01; done`
    const one = start('one.sh', `${commitEvil} git rev-parse HEAD > evil; touch made; ${until('begun')}`)
    while (!existsSync(join(scene.root, 'made'))) await new Promise(setImmediate)
    const two = start('two.sh', `touch begun; ${until('judged')}; git branch other $(cat evil)`)
    expect(await one.ended).toEqual([3, null])
    writeFileSync(join(scene.root, 'judged'), '')
    expect(await two.ended).toEqual([3, null])
    expect((await two.said).join('')).toContain('`other` was taken away')
    expect(git(scene, scene.root, 'branch', '--list', 'other')).toBe('')
  })

  test('is judged by the next run, where the record is gone since', async () => {
    await killedAfterCommit()
    rmSync(join(scene.root, '.oos'), { recursive: true })
    const { status, stderr } = oos(['run', '--', 'true'])
    expect([status, stderr]).toEqual([0, expect.stringContaining('`main` was put back')])
    expect(subjects()).toEqual(['first'])
    expect(oos(['run', '--', 'true']).stderr).toBe('')
  })

  test('is asked about where the repository is gone since, and judged when it is back', async () => {
    await killedAfterCommit()
    renameSync(join(scene.root, '.git'), join(scene.base, 'hidden'))
    const { status, stderr } = oos(['run', '--', 'true'])
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/what run `\w+` left in `.*` cannot be checked: .*\n.*: rm .*\.unchecked\n$/),
    ])
    renameSync(join(scene.base, 'hidden'), join(scene.root, '.git'))
    expect(oos(['run', '--', 'true']).stderr).toContain('`main` was put back')
    expect(subjects()).toEqual(['first'])
  })

  test('is judged by the run after that, where the next one was killed over it', async () => {
    await killedAfterCommit()
    const slow = join(scene.base, 'bin')
    mkdirSync(slow)
    writeFileSync(join(slow, 'git'), `#!/bin/sh\ntouch ${slow}/asked; exec sleep 3\n`, { mode: 0o755 })
    own(slow, id)
    await killedAt(join(slow, 'asked'), { ...place().env, PATH: `${slow}:${place().env.PATH}` })
    expect(subjects()).toEqual(['evil', 'first'])
    expect(oos(['run', '--', 'true']).stderr).toContain('`main` was put back')
    expect(subjects()).toEqual(['first'])
    expect(oos(['run', '--', 'true']).stderr).toBe('')
  })

  test('in a repository within the project is judged, too', () => {
    const inner = join(scene.root, 'inner')
    const more = '- **Deny** `file:inner/locked/**:write`\n'
    writeFileSync(join(scene.root, '.agent-os/AGENT.md'), `${rules}${more}`)
    git(scene, scene.root, 'init', '-qb', 'main', 'inner')
    git(scene, inner, 'commit', '-q', '--allow-empty', '-m', 'first')
    own(scene.base, id)
    const { stderr } = script(`cd inner; blob=$(echo x | git hash-object -w --stdin)
      git update-index --add --cacheinfo 100644,$blob,locked/x; git commit -qm evil`)
    expect(stderr).toContain('file:inner/locked/x:create')
    expect(git(scene, inner, 'log', '--format=%s')).toBe('first\n')
  })

  test('in a repository whose folder has another name is judged, too', () => {
    renameSync(join(scene.root, '.git'), join(scene.root, 'history'))
    writeFileSync(join(scene.root, '.git'), 'gitdir: history\n')
    own(scene.base, id)
    expect(script(commitEvil).stderr).toContain('`main` was put back')
    expect(subjects()).toEqual(['first'])
  })

  describe('where `.git` leads to its repository through a link', () => {
    const leadThrough = (link: string, store: string) => {
      mkdirSync(store)
      renameSync(join(scene.root, '.git'), join(store, 'git'))
      symlinkSync(store, link)
      writeFileSync(join(scene.root, '.git'), `gitdir: ${link}/git\n`)
    }

    test('that no run can replace, is judged; and git works, where a rule opens the repository alone', () => {
      const store = join(scene.base, 'store')
      leadThrough(join(scene.base, 'link'), store)
      const more = `- **Allow** \`file:${store}/**:read,write\`\n`
      writeFileSync(join(scene.root, '.agent-os/AGENT.md'), `${rules}${more}`)
      own(scene.base, id)
      expect(script(commitEvil).stderr).toContain('`main` was put back')
      expect(subjects()).toEqual(['first'])
      expect(script('echo x > .git || echo x > $(git rev-parse --git-dir)/hooks/post-checkout').status).toBe(
        2,
      )
      expect(oos(['run', '--', 'true']).stderr).toBe('')
    })

    test('that a run can replace, does not start', () => {
      leadThrough(join(scene.root, 'link'), join(scene.root, 'store'))
      own(scene.base, id)
      const { status, stderr } = script('true')
      expect([status, stderr]).toEqual([
        4,
        expect.stringContaining('link` is a symbolic link, which could be'),
      ])
    })

    test('as that of a linked work tree, is judged', () => {
      const linked = join(scene.base, 'linked')
      git(scene, scene.root, 'worktree', 'add', '-qb', 'side', linked)
      renameSync(scene.root, join(scene.base, 'moved'))
      symlinkSync(join(scene.base, 'moved'), scene.root)
      own(scene.base, id)
      const { stderr } = script(`git commit -q --allow-empty -m fine; ${commitEvil}`, linked)
      expect(stderr).toContain('`side` was put back')
      expect(subjects('side')).toEqual(['fine', 'first'])
      const { status, stderr: said } = script('git commit -q --allow-empty -m fine', linked)
      expect([status, said]).toEqual([0, ''])
    })
  })

  describe('in a repository that was moved since', () => {
    const begin = async () => {
      const inner = join(scene.root, 'inner')
      const more = '- **Deny** `file:inner/locked/**:write`\n'
      writeFileSync(join(scene.root, '.agent-os/AGENT.md'), `${rules}${more}`)
      git(scene, scene.root, 'init', '-qb', 'main', 'inner')
      git(scene, inner, 'commit', '-q', '--allow-empty', '-m', 'first')
      const text = `cd inner; blob=$(echo x | git hash-object -w --stdin)
        git update-index --add --cacheinfo 100644,$blob,locked/x; git commit -qm evil; touch .git/done; sleep 60`
      own(scene.base, id)
      writeFileSync(join(scene.root, 'do.sh'), text)
      await killedAt(join(inner, '.git/done'))
      const there = join(scene.root, 'vendor/deep/lib')
      mkdirSync(join(there, '..'), { recursive: true })
      own(scene.base, id)
      return { inner, there, history: () => git(scene, there, 'log', '--format=%s') }
    }
    const again = () => oos(['run', '--', 'true'])

    test('is judged where it lies now, by the rules about where it lay', async () => {
      const { inner, there, history } = await begin()
      renameSync(inner, there)
      const { status, stderr } = again()
      expect([status, stderr]).toEqual([0, expect.stringContaining('`inner` lies in `vendor/deep/lib` now')])
      expect(stderr).toContain('`main` was put back')
      expect(history()).toBe('first\n')
      expect(again().stderr).not.toContain('inner')
    })

    test('is judged there at once, where another run has moved it meanwhile', async () => {
      const evil = 'git -C x commit -q --allow-empty -m evil; git -C x tag v1'
      const stderr = await whileAnother(`mv inner x; ${evil}`)
      expect(stderr).not.toContain('is not the one that was there')
      expect(stderr).toContain('`refs/tags/v1` was taken away')
      expect(again().stderr).toBe('')
    })

    test('is asked about where another has taken its place', async () => {
      const { inner, there, history } = await begin()
      renameSync(inner, there)
      git(scene, scene.root, 'init', '-qb', 'main', 'inner')
      own(inner, id)
      expect([again().status, again().stderr]).toEqual([1, expect.stringContaining('cannot be checked')])
      rmSync(inner, { recursive: true })
      expect(again().status).toBe(0)
      expect(history()).toBe('first\n')
    })

    test('is asked about where a copy is all that can be found', async () => {
      const { inner, there, history } = await begin()
      cpSync(inner, there, { recursive: true })
      renameSync(join(inner, '.git'), join(inner, 'hidden'))
      own(scene.base, id)
      expect([again().status, again().stderr]).toEqual([1, expect.stringContaining('cannot be checked')])
      rmSync(there, { recursive: true })
      renameSync(join(inner, 'hidden'), join(inner, '.git'))
      renameSync(inner, there)
      expect(again().status).toBe(0)
      expect(history()).toBe('first\n')
    })
  })

  test('is not looked for in another repository that was put in its place meanwhile', async () => {
    const other = join(scene.base, 'other')
    git(scene, scene.base, 'init', '-qb', 'main', other)
    git(scene, other, 'commit', '-q', '--allow-empty', '-m', 'precious')
    git(scene, other, 'tag', 'v1')
    const inner = join(scene.root, 'inner')
    own(scene.base, id)
    const stderr = await whileAnother(`mv inner x; ln -s ${other} inner`)
    expect(stderr).toContain('the repository in `inner` is not the one that was there when the run began')
    expect(git(scene, other, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main\nrefs/tags/v1\n')
    expect(oos(['run', '--', 'true']).stderr).toContain('cannot be checked')
    rmSync(inner)
    renameSync(join(scene.root, 'x'), inner)
    expect(oos(['run', '--', 'true']).status).toBe(0)
  })

  // Only root can give a folder to somebody else.
  describe.runIf(process.getuid?.() === 0 && id !== 0)('in a folder of somebody else', () => {
    const meanwhile = async (act: (theirs: string, evil: string) => void, text: string) => {
      const theirs = join(scene.root, '.git/refs/heads/theirs')
      mkdirSync(theirs)
      for (const name of ['x', 'y'])
        writeFileSync(join(theirs, name), git(scene, scene.root, 'rev-parse', 'HEAD'))
      own(scene.base, id)
      writeFileSync(join(scene.root, 'locked/a'), 'EVIL\n')
      git(scene, scene.root, 'commit', '-qam', 'evil')
      const evil = git(scene, scene.root, 'rev-parse', 'HEAD').trim()
      git(scene, scene.root, 'reset', '-q', '--hard', 'HEAD~')
      git(scene, scene.root, 'reflog', 'expire', '--expire=all', '--all')
      rmSync(join(scene.root, '.git/ORIG_HEAD'))
      for (const path of [theirs, join(theirs, 'x')]) chownSync(path, 0, 0)
      writeFileSync(join(scene.root, 'do.sh'), text.replace('EVIL', evil))
      const words = [executable, 'run', '--trust-specs', '--', 'sh', 'do.sh']
      const child = spawn(process.execPath, words, { ...place(), stdio: ['ignore', 'ignore', 'pipe'] })
      let said = ''
      child.stderr.on('data', (chunk) => {
        said += chunk
      })
      const ended = new Promise((resolve) => child.on('close', resolve))
      while (!existsSync(join(scene.root, 'begun'))) await new Promise(setImmediate)
      act(theirs, evil)
      writeFileSync(join(scene.root, 'over'), '')
      await ended
      return said
    }
    const wait = 'touch begun; until [ -e over ]; do sleep 0.01; done'

    test('is said, and no run waits for it: it was none of the run', async () => {
      const said = await meanwhile((theirs, evil) => writeFileSync(join(theirs, 'x'), `${evil}\n`), wait)
      expect(said).toMatch(/`refs\/heads\/theirs\/x` could not be put back: .* belongs to somebody else/)
      expect(said).toMatch(/: sudo chown -R "\$\(id -un\)" \S+\.git\/refs\/heads\/theirs\n/)
      const { status, stderr } = oos(['run', '--', 'true'])
      expect([status, stderr]).toEqual([0, ''])
    })

    test('is asked about, where it is a file that the run could write', async () => {
      await meanwhile(() => {}, `echo EVIL > .git/refs/heads/theirs/y; ${wait}`)
      expect([oos(['run', '--', 'true']).status, subjects('theirs/y')]).toEqual([1, ['evil', 'first']])
    })
  })

  test('costs nothing where nothing was: git is not started', () => {
    const bin = join(scene.base, 'bin')
    mkdirSync(bin)
    const trace = join(scene.base, 'ran')
    writeFileSync(join(bin, 'git'), `#!/bin/sh\necho "$@" >> ${trace}\nexec /usr/bin/git "$@"\n`, {
      mode: 0o755,
    })
    own(scene.base, id)
    const words = [executable, 'run', '--trust-specs', '--', 'git', 'log']
    const { env, ...rest } = place()
    const run = () =>
      spawnSync(process.execPath, words, {
        ...rest,
        env: { ...env, PATH: `${bin}:${env.PATH}` },
        encoding: 'utf8',
      })
    run()
    rmSync(trace, { force: true })
    run()
    expect(existsSync(trace)).toBe(false)
    expect(
      readdirSync(join(scene.home, '.local/state/oos/ghosts'), { recursive: true }).filter((name) =>
        String(name).endsWith('.unchecked'),
      ),
    ).toEqual([])
  })
})
