import { closeSync, openSync, readSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cardFile, cardFolder, cardProgram, renderCard } from '../../ops/hooks/card.ts'
import { usesHooks } from '../../ops/hooks/uses.ts'
import type { Agreed } from '../../policy/agreed.ts'
import type { Policy } from '../../policy/compile.ts'
import { readWorktree } from '../../sandbox/git/worktree.ts'
import { accessAt } from '../../sandbox/tree/access-at.ts'
import type { Mount, TreeFacts } from '../../sandbox/types.ts'
import { packageRoot } from '../../shared/package.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import { nextUlid } from '../../store/ulid.ts'

export interface HooksInside {
  readonly run: string
  readonly mounts: readonly Mount[]
}

interface Intent {
  readonly project: { readonly root: string }
  readonly policy: Policy
  readonly asked: { readonly agent: string }
  readonly agreed?: readonly Agreed[]
}

/** What hooks inside need where they ask oos: the run's card, and the oos and the Node that they are to start. */
export function hooksInside(
  { project, policy, asked, agreed = [] }: Intent,
  tree: TreeFacts,
): HooksInside | undefined {
  const { root } = project
  const linked = readWorktree(root)
  const asksOos = ({ path }: { path: string }) =>
    usesHooks(path === linked?.common ? root : dirname(path), path)
  if (!tree.repositories.some(asksOos)) return undefined
  const run = nextUlid(undefined, Date.now(), randomBytes())
  const note = 'for git hooks that ask oos'
  const programs = [packageRoot, process.execPath].filter((path) => accessAt(tree.entries, path) === 'none')
  const start = `exec ${[process.execPath, join(packageRoot, 'bin/oos.js')].map(quoteWord).join(' ')} "$@"\n`
  return {
    run,
    mounts: [
      { kind: 'mask-folder', path: cardFolder, note },
      {
        kind: 'file',
        path: cardFile,
        content: renderCard(policy, { run, agent: asked.agent, agreed }),
        note,
      },
      { kind: 'file', path: cardProgram, content: start, note },
      ...programs.map((path): Mount => ({ kind: 'read', path, note })),
    ],
  }
}

/** From the kernel, since loading `node:crypto` takes 3 ms. */
function randomBytes(): Uint8Array {
  const bytes = Buffer.alloc(16)
  const file = openSync('/dev/urandom', 'r')
  try {
    readSync(file, bytes)
    return bytes
  } finally {
    closeSync(file)
  }
}
