import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { compilePathGlob } from '../../policy/match/path-glob.ts'
import { actBits } from '../../policy/resources.ts'
import { parsePatternWords } from '../../policy/shell/pattern-words.ts'
import type { Capability, Rule } from '../../policy/types.ts'
import { packageRoot } from '../../shared/package.ts'
import type { Written } from '../raw-diff.ts'

/** One command that has to end well before a stage. */
export interface Required {
  readonly rule: Rule
  readonly words: readonly string[]
  /** ms */
  readonly timeout?: number
}

export interface RequiredFor {
  readonly stage: 'commit' | 'push'
  readonly agent: string
  readonly root: string
  readonly home: string
  /** What is committed; undefined where it is not known. */
  readonly change?: { readonly top: string; readonly written: readonly Written[] }
}

/** The commands that the rules require here, each once. Pure. */
export function requiredBefore(rules: readonly Rule[], asked: RequiredFor): readonly Required[] {
  const all = rules
    .filter(({ effect, stage }) => effect === 'require' && stage === asked.stage)
    .filter(({ agents }) => agents.length === 0 || agents.includes(asked.agent))
    .filter(({ in: folder }) => folder === undefined || compilePathGlob(folder, asked).matches(asked.root))
    .filter(({ when }) => when === undefined || concerns(when, asked))
    .flatMap((rule) => rule.capabilities.map((capability) => requiredOf(rule, capability)))
  return [...new Map(all.map((one) => [one.words.join('\0'), one])).values()]
}

/** What is about other things than files cannot be seen in a commit: then it is required. */
function concerns({ resource, pattern, actions }: Capability, asked: RequiredFor): boolean {
  const { change } = asked
  if (resource !== 'file' || change === undefined) return true
  const glob = compilePathGlob(pattern, asked)
  const acts = actBits('file', actions)
  return change.written.some(
    ({ path, action }) => (acts & actBits('file', [action])) !== 0 && glob.matches(join(change.top, path)),
  )
}

/** The spec's own check holds that a Require names one whole command. */
function requiredOf(rule: Rule, { pattern, constraints }: Capability): Required {
  const [words = []] = parsePatternWords(pattern)
  const { timeout } = constraints
  return {
    rule,
    words: words.map((word) => (word.kind === 'word' ? word.text : '*')),
    ...(timeout === undefined ? {} : { timeout }),
  }
}

export interface RequiredEnd {
  readonly ok: boolean
  /** In words: `ended with 1`. */
  readonly how: string
  /** The last lines of what it said. */
  readonly tail: readonly string[]
}

const mostLines = 20

/** Inside a run the command is confined as it is; a person's is confined by a run of its own. */
export function runRequired(
  { words, timeout }: Required,
  { inside, root, env }: { readonly inside: boolean; readonly root: string; readonly env: NodeJS.ProcessEnv },
): RequiredEnd {
  const line = inside ? words : [process.execPath, join(packageRoot, 'bin/oos.js'), 'run', '--', ...words]
  const [program = '', ...args] = line
  const ended = spawnSync(program, args, {
    cwd: root,
    env: Object.fromEntries(
      Object.entries(env).filter(
        ([name]) => !name.startsWith('GIT_') || /^GIT_(AUTHOR|COMMITTER)_/.test(name),
      ),
    ),
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    encoding: 'utf8',
    ...(timeout === undefined ? {} : { timeout }),
    // A run ends in order when it is asked to, and with it whatever does not; nothing else can be counted on.
    killSignal: inside ? 'SIGKILL' : 'SIGTERM',
  })
  const said = `${ended.stdout ?? ''}${ended.stderr ?? ''}`.trimEnd().split('\n')
  return { ok: ended.status === 0, how: howEnded(ended), tail: said.slice(-mostLines) }
}

function howEnded({ status, signal, error }: ReturnType<typeof spawnSync>): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ETIMEDOUT') return 'took too long'
  if (code === 'ENOENT') return 'is not there'
  return status === null ? `was ended by ${signal}` : `ended with ${status}`
}
