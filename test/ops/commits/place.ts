import { join } from 'node:path'
import { checkRepository, type RepositoryReport } from '../../../src/ops/commits/check.ts'
import { type RepositoryPlace, type Snapshot, takeSnapshot } from '../../../src/ops/commits/snapshot.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { builtInRules, rulesOf } from '../../sandbox/rules.ts'
import {
  createScene,
  type Files,
  git,
  people,
  type RunOptions,
  runIn,
  type Scene,
} from '../../sandbox/scene.ts'

const openRules = [
  'Allow file:**:read,write',
  'Deny file:locked/**:write',
  'Allow git:*:commit',
  'Allow git:*:tag',
]

const identity = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
}

/** A repository with a file that agents may not write, and one commit by a person. */
export function createRepository(files: Files = {}, id = people[0]?.id ?? 0): Scene {
  const scene = createScene({
    id,
    files: { 'work/f': 'one\n', 'work/locked/a': 'a\n', ...files },
  })
  git(scene, scene.root, 'init', '-qb', 'main')
  git(scene, scene.root, 'add', '-A')
  git(scene, scene.root, 'commit', '-qm', 'first')
  return scene
}

export function placeOf({ root }: Pick<Scene, 'root'>): RepositoryPlace {
  const common = join(root, '.git')
  return { common, trees: [{ top: root, gitDir: common }] }
}

/** `craft [PARENT]` says the id of a commit that changes the locked file; nothing leads to it yet. */
const prelude = `
  evil=$(echo EVIL | git hash-object -w --stdin)
  craft() {
    GIT_INDEX_FILE=/tmp/i git read-tree "\${1:-HEAD}"
    GIT_INDEX_FILE=/tmp/i git update-index --add --cacheinfo 100644,$evil,locked/a
    git commit-tree -m evil -p "\${1:-HEAD}" $(GIT_INDEX_FILE=/tmp/i git write-tree)
  }
`

export interface Attempt {
  readonly out: string
  /** Judges what the run did, as oos does when it has ended. */
  readonly check: (run?: string, known?: { before: Snapshot; earlier: Snapshot }) => RepositoryReport
  readonly before: Snapshot
}

/** Runs a script in the real sandbox. */
export async function attempt(scene: Scene, script: string, options: RunOptions = {}): Promise<Attempt> {
  const { root, home } = scene
  const rules = options.rules ?? openRules
  const place = placeOf(scene)
  const before = takeSnapshot(place)
  const { out } = await runIn(scene, ['sh', '-c', prelude + script], { env: identity, ...options, rules })
  const policy = compilePolicy({ rules: [...builtInRules(), ...rulesOf(rules)], root, home, now: 0 })
  return {
    out,
    before,
    check: (run = 'RUN', known) =>
      checkRepository({ place, root, before, run, policy, agent: 'command', ...known }),
  }
}

/**
 * Every content of the locked file that anything leads to: refs of any kind, HEAD, logs, half-done merges. As the person's
 * own git sees it, with all that it believes; without what was put away.
 */
export function contents(scene: Scene): readonly string[] {
  const ask = (...words: string[]) =>
    git(scene, scene.root, '-c', 'advice.graftFileDeprecated=false', ...words)
  const heads = ['HEAD', 'next', 'MERGE_HEAD', 'FETCH_HEAD', 'ORIG_HEAD', 'CHERRY_PICK_HEAD']
  const known = heads.filter((name) =>
    /^[0-9a-f]{40}$/m.test(ask('rev-parse', '--verify', '--quiet', `${name}^{commit}`)),
  )
  const commits = ask('rev-list', ...known, '--exclude=refs/oos/*', '--all', '--reflog', '--ignore-missing')
  const found = commits
    .split('\n')
    .filter((line) => /^[0-9a-f]{40}$/.test(line))
    .map((commit) => ask('show', `${commit}:locked/a`))
  const refs = ask('for-each-ref', '--format=%(objecttype) %(refname)').split('\n')
  const trees = refs.flatMap((line) => /^tree (refs\/(?!oos\/).*)/.exec(line)?.[1] ?? [])
  return [...new Set([...found, ...trees.map((name) => ask('show', `${name}:locked/a`))])].sort()
}
