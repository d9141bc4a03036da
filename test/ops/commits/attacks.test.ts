import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { git, own, people, type Scene } from '../../sandbox/scene.ts'
import { attempt, contents, createRepository } from './place.ts'

const scenes: Scene[] = []
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.remove()
})

function sceneOf(...args: Parameters<typeof createRepository>): Scene {
  const scene = createRepository(...args)
  scenes.push(scene)
  return scene
}

const handWritten = `
  tree=$(GIT_INDEX_FILE=/tmp/i sh -c 'git read-tree HEAD; git update-index --cacheinfo 100644,'$evil',locked/a; git write-tree')
  id=$(printf 'tree %s\\nparent %s\\nauthor a <a> 1 +0000\\ncommitter a <a> 1 +0000\\n\\nx\\n' $tree $(git rev-parse HEAD) | git hash-object -t commit -w --stdin)
`

/** git believes a commit-graph about which tree a commit has: this one says the second where it is the first. */
function lyingGraph(from: string, to: string, path = '.git/objects/info/commit-graph'): string {
  return `chmod u+w ${path}
    python3 - ${path} $(git rev-parse "${from}" "${to}") << EOF
import hashlib, sys
path = sys.argv[1]
old, new = (bytes.fromhex(word) for word in sys.argv[2:])
body = open(path, 'rb').read()[:-20].replace(old, new)
open(path, 'wb').write(body + hashlib.sha1(body).digest())
EOF`
}

const zero = '0'.repeat(40)

/** Each leads from something in the repository to another content of the locked file than the person's. */
const attacks: readonly { readonly by: string; readonly script: string }[] = [
  {
    by: 'a commit that no hook saw',
    script: 'git update-index --cacheinfo 100644,$evil,locked/a; git commit -q --no-verify -m evil',
  },
  {
    by: 'another folder of hooks',
    script:
      'git update-index --cacheinfo 100644,$evil,locked/a; git -c core.hooksPath=/dev/null commit -qm evil',
  },
  { by: 'another index', script: 'git update-ref refs/heads/main $(craft)' },
  { by: 'a commit written by hand', script: `${handWritten} git update-ref refs/heads/main $id` },
  {
    by: 'fast-import',
    script: `git fast-import --quiet --force << EOF
commit refs/heads/main
committer a <a@example.com> 1 +0000
data 4
evil
from refs/heads/main^0
M 100644 inline locked/a
data 5
EVIL
EOF`,
  },
  { by: 'a ref written by hand', script: 'id=$(craft); echo $id > .git/refs/heads/main' },
  { by: 'a ref with words behind its id', script: 'echo "$(craft | tr a-f A-F) x" > .git/refs/heads/main' },
  { by: 'packed refs written by hand', script: 'echo "$(craft) refs/heads/other" >> .git/packed-refs' },
  {
    by: 'packed refs instead of loose ones',
    script: 'id=$(craft); rm .git/refs/heads/main; echo "$id refs/heads/main" > .git/packed-refs',
  },
  { by: 'a new branch', script: 'git branch other $(craft)' },
  { by: 'a name that is no text', script: 'craft > "$(printf ".git/refs/heads/\\377")"' },
  {
    by: 'a packed name that is no text',
    script: 'git update-ref "$(printf "refs/heads/\\377")" $(craft); git pack-refs --all',
  },
  { by: 'a tag', script: 'git tag v1 $(craft)' },
  { by: 'a tag of a tag', script: 'git tag -am x v1 $(craft); git tag -am x v2 v1' },
  { by: 'notes', script: 'git update-ref refs/notes/x $(craft)' },
  { by: "a file in git's folder", script: 'id=$(craft); echo $id > .git/next' },
  { by: 'a name of any kind', script: 'git update-ref refs/a/b/c $(craft)' },
  { by: 'the copy of a remote branch', script: 'git update-ref refs/remotes/origin/main $(craft)' },
  { by: 'a bisection', script: 'git update-ref refs/bisect/bad $(craft)' },
  { by: 'a stash', script: 'git stash store $(craft)' },
  { by: 'an older stash', script: 'git stash store $(craft); echo x > f; git stash -q' },
  { by: 'no branch at all', script: 'git update-ref --no-deref HEAD $(craft)' },
  { by: 'a commit that was undone', script: 'git update-ref -m x HEAD $(craft); git update-ref HEAD HEAD~1' },
  {
    by: 'a log written by hand',
    script: 'echo "$(git rev-parse HEAD) $(craft) a <a> 1 +0000	x" >> .git/logs/refs/heads/main',
  },
  {
    by: 'a log written in capitals',
    script:
      'echo "$(git rev-parse HEAD) $(craft | tr a-f A-F) a <a> 1 +0000	x" >> .git/logs/refs/heads/main',
  },
  {
    by: 'a log that is written anew in its middle',
    script: `h=$(git rev-parse HEAD); echo "$h $h a <a> 1 +0000	x" >> .git/logs/HEAD; sed -i "1s/^[0-9a-f]* [0-9a-f]*/${zero} $(craft)/" .git/logs/HEAD`,
  },
  {
    by: 'a log that is too large to be read',
    script: `echo "$(git rev-parse HEAD) $(craft) a <a> 1 +0000	x" >> .git/logs/HEAD
      truncate -s 64000001 .git/logs/HEAD`,
  },
  { by: 'a merge that is under way', script: 'craft > .git/MERGE_HEAD' },
  { by: 'a pick that is under way', script: 'craft > .git/CHERRY_PICK_HEAD' },
  { by: 'a head of before that lies elsewhere', script: 'craft > x; ln -s ../x .git/ORIG_HEAD' },
  { by: 'a merge that is too long to be read', script: 'yes $(craft) | head -n 30000 > .git/MERGE_HEAD' },
  { by: "a long file in git's folder", script: '(craft; printf "%9000s" x) > .git/next' },
  { by: 'a fetch', script: 'git fetch -q . $(craft)' },
  {
    by: 'the hidden parent of a merge',
    script: 'git update-ref HEAD $(git commit-tree -m x -p HEAD -p $(craft) HEAD^{tree})',
  },
  {
    by: 'a commit that is taken back on the hidden side of a merge',
    script:
      'side=$(git commit-tree -m x -p $(craft) HEAD^{tree}); git update-ref HEAD $(git commit-tree -m x -p HEAD -p $side HEAD^{tree})',
  },
  {
    by: 'a commit below one that takes it back',
    script: 'git update-ref HEAD $(git commit-tree -m x -p $(craft) HEAD^{tree})',
  },
  {
    by: 'history written anew',
    script: 'git update-ref HEAD $(git commit-tree -m x $(git rev-parse $(craft)^{tree}))',
  },
  { by: 'a replaced commit', script: 'git replace HEAD $(craft)' },
  { by: 'a replaced file', script: 'git replace HEAD:locked/a $evil' },
  { by: 'a ref to a tree', script: 'git update-ref refs/a/tree $(craft)^{tree}' },
  { by: 'grafted parents', script: 'echo "$(git rev-parse HEAD) $(craft)" > .git/info/grafts' },
  {
    by: 'a name that stands for another',
    script: 'git update-ref refs/heads/other $(craft); echo "ref: refs/heads/other" > .git/refs/heads/main',
  },
  {
    by: 'a name in the place of a folder of names',
    script: 'id=$(craft); git update-ref -d refs/heads/main; git update-ref refs/heads/main/evil $id',
  },
  {
    by: 'refs that lie elsewhere',
    script: 'id=$(craft); mv .git/refs refs; echo $id > refs/heads/main; ln -s ../refs .git/refs',
  },
  {
    by: 'a commit beside a name that is too long to be looked at',
    script: `git update-ref HEAD $(craft); long=$(printf 'a%.0s' $(seq 200)); cd .git/refs
      for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do mkdir $long && cd -P ./$long || break; done`,
  },
  {
    by: 'a commit whose put-back is locked',
    script:
      'git update-ref HEAD $(craft); touch .git/refs/heads/main.lock .git/packed-refs.lock .git/index.lock; mkdir .git/HEAD.lock',
  },
  {
    by: 'a commit of which a list says that it holds nothing new',
    script: `git update-ref HEAD $(craft); git commit-graph write --reachable
      ${lyingGraph('HEAD^{tree}', 'HEAD~1^{tree}')}`,
  },
]

describe('a file that a run may not write does not get into the repository', () => {
  test.each(attacks)('by $by', async ({ script }) => {
    const scene = sceneOf()
    const { out, check } = await attempt(scene, script)
    expect(out).not.toMatch(/fatal|usage/)
    expect(contents(scene)).toContain('EVIL\n')
    const { problems } = check()
    expect(contents(scene)).toEqual(['a\n'])
    expect(problems).toEqual([])
    expect(git(scene, scene.root, 'log', '--format=%s', 'main')).toBe('first\n')
    expect(git(scene, scene.root, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main\n')
    expect(git(scene, scene.root, 'fsck')).not.toMatch(/error|fatal/)
  })
})

test.each([
  { graph: 'a commit-graph', write: '', lie: `git commit-graph write --reachable\n` },
  {
    graph: 'a chain of them that was there before',
    write: '--split',
    path: '.git/objects/info/commit-graphs/*.graph',
  },
])(
  'what $graph says about a commit of before is not left to be believed',
  async ({ write, lie = '', path }) => {
    const scene = sceneOf()
    if (write !== '') git(scene, scene.root, 'commit-graph', 'write', '--reachable', write)
    const { check } = await attempt(
      scene,
      `id=$(craft); ${lie}${lyingGraph('HEAD^{tree}', '$id^{tree}', path)}`,
    )
    const shown = () => git(scene, scene.root, 'log', '-p', 'main')
    expect(shown()).toContain('EVIL')
    check()
    expect(shown()).not.toContain('EVIL')
  },
)

test('a list of commits without parents hides nothing', async () => {
  const scene = sceneOf()
  const script = `GIT_INDEX_FILE=/tmp/i git update-index --add --cacheinfo 100644,$evil,secret/x
    bad=$(git commit-tree -m bad -p HEAD $(GIT_INDEX_FILE=/tmp/i git write-tree))
    git update-ref HEAD $(git commit-tree -m clean -p $bad HEAD^{tree}); git rev-parse HEAD > .git/shallow`
  const rules = ['Allow file:**:read,write', 'Allow git:*:commit', 'Deny file:secret/**:write']
  const { check } = await attempt(scene, script, { rules })
  expect(git(scene, scene.root, 'log', '--format=%s')).toBe('clean\n')
  const { problems } = check()
  expect([problems, git(scene, scene.root, 'log', '--format=%s')]).toEqual([[], 'first\n'])
  expect(existsSync(join(scene.root, '.git/shallow'))).toBe(false)
  expect(git(scene, scene.root, 'log', '--format=%s', 'refs/oos/quarantine/RUN/heads/main')).toBe(
    'clean\nbad\nfirst\n',
  )
})

/** Each makes a short name mean something else to the person's git than before. */
test.each([
  { of: 'main', by: "a file in git's folder", script: 'echo $old > .git/main' },
  { of: 'main', by: "a long file in git's folder", script: '(echo $old; printf "%9000s" x) > .git/main' },
  { of: 'main', by: "a link in git's folder", script: 'ln -s refs/heads/old .git/main' },
  { of: 'main', by: 'a ref without a kind', script: 'git update-ref refs/main $old' },
  { of: 'main', by: 'a tag', script: 'git tag main $old' },
  { of: 'origin/main', by: 'a branch', script: 'git update-ref refs/heads/origin/main $old' },
  { of: 'origin', by: 'a branch', script: 'git update-ref refs/heads/origin $old' },
])('$of cannot be hidden by $by', async ({ of, script }) => {
  const scene = sceneOf()
  git(scene, scene.root, 'branch', 'old')
  git(scene, scene.root, 'commit', '-q', '--allow-empty', '-m', 'second')
  git(scene, scene.root, 'update-ref', 'refs/remotes/origin/main', 'HEAD')
  git(scene, scene.root, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main')
  const { check } = await attempt(scene, `old=$(git rev-parse old); ${script}`)
  const quiet = ['-c', 'core.warnAmbiguousRefs=false']
  const main = () => git(scene, scene.root, ...quiet, 'log', '-1', '--format=%s', of).trim()
  expect(main()).toBe('first')
  check()
  expect(main()).toBe('second')
})

/** What a run begins, and a person calls off. */
test.each([
  {
    what: 'a rebase',
    script: `mkdir .git/rebase-merge; cd .git/rebase-merge; echo refs/heads/main > head-name; craft > orig-head
      git rev-parse HEAD > onto; echo > git-rebase-todo; echo > done; echo > interactive`,
    abort: ['rebase', '--abort'],
  },
  {
    what: 'picks',
    script: `mkdir .git/sequencer; craft > .git/sequencer/head; git rev-parse HEAD > .git/sequencer/abort-safety
      echo "pick $(craft) x" > .git/sequencer/todo; echo "[options]" > .git/sequencer/opts`,
    abort: ['cherry-pick', '--abort'],
  },
])('$what does not go back to what was put away', async ({ script, abort }) => {
  const scene = sceneOf()
  const { check } = await attempt(scene, script)
  check()
  git(scene, scene.root, ...abort)
  expect(git(scene, scene.root, 'log', '--format=%s', 'main')).toBe('first\n')
})

/** What a person goes on with. */
test.each([
  { as: 'in full', id: '$(craft)' },
  { as: 'by its beginning', id: '$(craft | cut -c1-12)' },
  { as: 'by its first letters', id: '$(craft | cut -c1-5)' },
  { as: 'in capitals', id: '$(craft | cut -c1-12 | tr a-f A-F)' },
  {
    as: 'by what stands before another',
    id: '$(git update-ref refs/x $(git commit-tree -p $(craft) -m x HEAD^{tree}); git rev-parse refs/x | cut -c1-12; git update-ref -d refs/x)~1',
  },
  { as: 'behind the name of a tag', id: 'v1-1-g$(craft | cut -c1-12)' },
  { as: 'in a list without an end', id: 'HEAD x\\n$(yes "#" | head -n 600000)\\npick $(craft | cut -c1-12)' },
])('a pick of a commit $as is not gone on with', async ({ id }) => {
  const scene = sceneOf()
  const script = `mkdir .git/sequencer; git rev-parse HEAD > .git/sequencer/head; echo "[options]" > .git/sequencer/opts
    printf "pick $(git rev-parse HEAD) first\npick ${id} x\n" > .git/sequencer/todo`
  const { out, check } = await attempt(scene, script)
  expect([out, existsSync(join(scene.root, '.git/sequencer/todo'))]).toEqual(['', true])
  check()
  git(scene, scene.root, 'cherry-pick', '--continue')
  expect(contents(scene)).toEqual(['a\n'])
  expect(existsSync(join(scene.root, '.git/sequencer'))).toBe(false)
})

test.each([{ has: 'none' }, { has: 'some' }])(
  "a person's conflict is not resolved in a run's way, where the repository has $has of its own",
  async ({ has }) => {
    const scene = sceneOf()
    const { root } = scene
    const commit = (text: string, branch: string) => {
      git(scene, root, 'checkout', '-qB', branch, 'first')
      writeFileSync(join(root, 'locked/a'), text)
      git(scene, root, 'commit', '-qam', branch)
    }
    git(scene, root, 'tag', 'first')
    commit('theirs\n', 'other')
    commit('mine\n', 'main')
    const evil = `git clone -q . /tmp/c && cd /tmp/c && mkdir .git/rr-cache && git merge origin/other
      echo EVIL > locked/a; git add -A; git rerere; mkdir -p $OLDPWD/.git/rr-cache; cp -r .git/rr-cache/. $OLDPWD/.git/rr-cache/`
    if (has === 'some') {
      mkdirSync(join(root, '.git/rr-cache/own'), { recursive: true })
      writeFileSync(join(root, '.git/rr-cache/own/preimage'), 'x')
      own(scene.base, scene.id)
    }
    const { out, check } = await attempt(scene, evil)
    expect(out).toContain("Recorded resolution for 'locked/a'")
    expect(check()).toMatchObject({ problems: [], removed: [expect.stringContaining('rr-cache')] })
    git(scene, root, 'merge', 'other')
    expect(readFileSync(join(root, 'locked/a'), 'utf8')).toMatch(/^<<<<<<< .*\nmine\n/)
    expect(existsSync(join(root, '.git/rr-cache/own'))).toBe(has === 'some')
  },
)

test('picks of what was there before go on, however short they are named', async () => {
  const scene = sceneOf()
  const script = `mkdir .git/sequencer; git rev-parse HEAD > .git/sequencer/head
    echo "pick $(git rev-parse HEAD | cut -c1-7) added beef" > .git/sequencer/todo; git commit -q --allow-empty -m second`
  const { check } = await attempt(scene, script)
  expect(check()).toMatchObject({ removed: [], problems: [] })
  expect(existsSync(join(scene.root, '.git/sequencer/todo'))).toBe(true)
})

// A run can make commits until one begins as the person's does; here it is the other way round.
test('a commit is not known by what a person is about to pick begins with', async () => {
  const scene = sceneOf()
  const { root } = scene
  writeFileSync(join(root, 'locked/a'), 'EVIL\n')
  git(scene, root, 'commit', '-qam', 'evil')
  const evil = git(scene, root, 'rev-parse', 'HEAD').trim()
  git(scene, root, 'reset', '-q', '--hard', 'HEAD~')
  git(scene, root, 'reflog', 'expire', '--expire=all', '--all')
  rmSync(join(root, '.git/ORIG_HEAD'))
  mkdirSync(join(root, '.git/sequencer'))
  writeFileSync(join(root, '.git/sequencer/todo'), `pick ${evil.slice(0, 7)} mine\n`)
  const { check } = await attempt(scene, `git update-ref refs/heads/next ${evil}`)
  expect(check().refs).toMatchObject([{ name: 'refs/heads/next', refusal: { commit: evil } }])
})

test.each([
  // Where nothing can come to be.
  { ref: 'refs/remotes/origin/main', short: 'remotes/origin/main', held: true },
  { ref: 'refs/heads/lfs/x', short: 'lfs/x' },
  { ref: 'refs/heads/info/x', short: 'info/x', packed: true },
])(
  '$ref cannot be hidden by a file of its short name',
  async ({ ref, short, packed = false, held = false }) => {
    const scene = sceneOf()
    git(scene, scene.root, 'update-ref', ref, 'HEAD')
    if (packed) git(scene, scene.root, 'pack-refs', '--all')
    const { check } = await attempt(scene, `mkdir -p .git/${dirname(short)}; craft > .git/${short}`)
    expect(check().removed).toEqual(held ? [] : [join(scene.root, '.git', short)])
    expect(git(scene, scene.root, 'log', '--format=%s', short)).toBe('first\n')
  },
)

test('no list of commits without parents lies elsewhere', async () => {
  const scene = sceneOf()
  const script = 'git rev-parse HEAD > x; ln -s ../x .git/shallow; git commit -q --allow-empty -m x'
  const { check } = await attempt(scene, script)
  expect(check().removed).toEqual([join(scene.root, '.git/shallow')])
  expect(git(scene, scene.root, 'log', '--format=%s')).toBe('x\nfirst\n')
})

/** Git would write there later, clear it up, or wait for it. */
test.each([
  { at: 'objects', script: 'cp -r .git/objects x; rm -rf .git/objects; ln -s ../x .git/objects' },
  { at: 'objects/pack', script: 'rm -rf .git/objects/pack; ln -s $PWD/x .git/objects/pack' },
  { at: 'objects/info', script: 'rm -rf .git/objects/info; ln -s $PWD/x .git/objects/info' },
  { at: 'objects/00', script: 'rm -rf .git/objects/00; ln -s $PWD/x .git/objects/00' },
  { at: 'objects/info/alternates', script: 'mkfifo .git/objects/info/alternates' },
  { at: 'objects/pack/x.pack', script: 'ln -s $PWD/x .git/objects/pack/x.pack' },
  { at: 'info/attributes', script: 'mkfifo .git/info/attributes' },
  { at: 'lfs', script: 'ln -s $PWD/x .git/lfs' },
  { at: 'lfs/objects', script: 'mkdir .git/lfs; ln -s $PWD/x .git/lfs/objects' },
  { at: 'rr-cache', script: 'ln -s $PWD/x .git/rr-cache' },
  { at: 'rebase-merge', script: 'ln -s $PWD/x .git/rebase-merge' },
])('what a run has put at $at is taken away', async ({ at, script }) => {
  const scene = sceneOf({ 'work/x/precious': 'x' })
  const { out, check } = await attempt(scene, script)
  expect(out).not.toMatch(/denied|exists|[Rr]ead-only/)
  const path = join(scene.root, '.git', at)
  expect(check().removed).toEqual([path])
  expect(lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true).toBe(true)
  expect(existsSync(join(scene.root, 'x/precious'))).toBe(true)
})

test('a link that was there before stays, and costs no word', async () => {
  const scene = sceneOf()
  renameSync(join(scene.root, '.git/objects/pack'), join(scene.base, 'pack'))
  symlinkSync(join(scene.base, 'pack'), join(scene.root, '.git/objects/pack'))
  const { check } = await attempt(scene, 'git commit -q --allow-empty -m second')
  expect(check()).toMatchObject({ removed: [], problems: [] })
  expect(git(scene, scene.root, 'log', '--format=%s')).toBe('second\nfirst\n')
})

/** What the person's git would stumble over or wait for. */
const damages: readonly { readonly of: string; readonly script: string }[] = [
  { of: 'a HEAD that is gone', script: 'rm .git/HEAD' },
  { of: 'a HEAD that lies elsewhere', script: 'craft > head; rm .git/HEAD; ln -s ../head .git/HEAD' },
  { of: 'a HEAD that says nothing', script: 'echo "ref: refs/../../x" > .git/HEAD' },
  { of: 'a pipe for HEAD', script: 'rm .git/HEAD; mkfifo .git/HEAD' },
  { of: 'a pipe among the refs', script: 'mkfifo .git/refs/heads/fifo' },
  { of: 'a pipe for the index', script: 'rm .git/index; mkfifo .git/index' },
  { of: 'a link for the index', script: 'rm .git/index; ln -s ../f .git/index' },
  {
    of: 'a folder for the packed refs',
    script: 'git pack-refs --all; rm .git/packed-refs; mkdir -p .git/packed-refs/x',
  },
  { of: 'a folder for HEAD', script: 'rm .git/HEAD; mkdir -p .git/HEAD/x' },
  { of: 'a pipe for the packed refs', script: 'mkfifo .git/packed-refs' },
  {
    of: 'a pipe for an object',
    // In its place itself, and behind a link.
    script: `mkfifo p; first=$(craft); second=$(craft $first)
      for id in $first $second; do echo $id > .git/refs/tags/x$id; rm .git/objects/$(echo $id | sed 's|..|&/|'); done
      mkfifo .git/objects/$(echo $first | sed 's|..|&/|'); ln -s $PWD/p .git/objects/$(echo $second | sed 's|..|&/|')`,
  },
  { of: 'packed refs that are none', script: 'git pack-refs --all; echo junk >> .git/packed-refs' },
  { of: 'a ref to nothing', script: `echo ${'1'.repeat(40)} > .git/refs/heads/x` },
  { of: 'refs that are gone', script: 'rm -r .git/refs' },
  {
    of: 'folders that nobody may enter',
    script: 'git update-ref HEAD $(craft); chmod 000 .git/refs/heads .git/refs',
  },
]

test.each(damages)('$of does no lasting damage', async ({ script }) => {
  const scene = sceneOf()
  const { check } = await attempt(scene, script)
  check()
  expect(contents(scene)).toEqual(['a\n'])
  expect(git(scene, scene.root, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main\n')
  expect(git(scene, scene.root, 'log', '--format=%s')).toBe('first\n')
  expect(git(scene, scene.root, 'diff', '--cached', '--name-only')).toBe('')
  expect(git(scene, scene.root, 'fsck')).not.toMatch(/error|fatal|broken/)
})

/** To whom a mode says something: root enters every folder. */
const ordinary = people.at(-1)?.id ?? 0

function asOwner<Answer>(act: () => Answer): Answer {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(ordinary)
  try {
    return act()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

test.each([
  'chmod 000 .git/objects',
  'chmod 444 .git/objects',
  'chmod 444 .git/refs',
  'chmod 600 .git/logs .git/objects/pack',
  'chmod 000 .git/refs .git/objects .git/logs .git',
  'chmod 444 .git',
  'git update-ref HEAD $(craft); chmod 444 .git/refs .git/objects',
  'git update-ref HEAD $(craft); chmod 500 .git .git/refs .git/refs/heads .git/logs .git/logs/refs/heads .git/objects/info',
])('nothing is lost of what lies in folders that were shut: %s', async (script) => {
  const scene = sceneOf({}, ordinary)
  const { root } = scene
  git(scene, root, 'gc', '-q')
  const { check } = await attempt(scene, script)
  const { problems, finished } = asOwner(() => check())
  expect({ problems, finished }).toEqual({ problems: [], finished: true })
  expect(git(scene, root, 'fsck')).not.toMatch(/error|fatal|broken|missing/)
  expect(git(scene, root, 'log', '--format=%s')).toBe('first\n')
  expect(contents(scene)).toEqual(['a\n'])
})
