import { compilePolicy } from '../../policy/compile.ts'
import { decide } from '../../policy/decide.ts'
import type { Rule } from '../../policy/types.ts'

/** Files that git tracks and these rules deny to every agent. */
export function hiddenFiles(
  rules: readonly Rule[],
  tracked: readonly string[],
  { root, home }: { readonly root: string; readonly home: string },
): string[] {
  const policy = compilePolicy({ rules, root, home, now: 0 })
  return tracked.filter((path) => {
    const decision = decide(policy, { resource: 'file', action: 'read', target: `${root}/${path}` })
    return decision.rule?.effect === 'deny'
  })
}

export interface Holes {
  /** What the secrets pack leaves to this project's tests, as capabilities. */
  readonly except: readonly string[]
  /** Tracked files that stay hidden: a person should look at them. */
  readonly suspicious: readonly string[]
}

/** Test data gets a hole, a folder at a time where there is much; what may be a real secret does not. */
export function planHoles(hidden: readonly string[]): Holes {
  const fixtures = hidden.filter((path) => isTestData(path) && isPlain(path))
  const folders = new Map<string, string[]>()
  for (const path of fixtures) folders.set(folderOf(path), [...(folders.get(folderOf(path)) ?? []), path])
  const except = [...folders].flatMap(([folder, paths]) =>
    paths.length > 2 && folder !== ''
      ? [`file:${folder}/*:read,write`]
      : paths.map((path) => `file:${path}:read,write`),
  )
  return { except: except.sort(), suspicious: hidden.filter((path) => !fixtures.includes(path)) }
}

function isTestData(path: string): boolean {
  return (
    /(?:^|[/._-])(?:tests?|specs?|fixtures?|testdata|testing|e2e|mocks?|examples?|demo|samples?|docs|benchmarks?)(?:[/._-]|$)/i.test(
      path,
    ) || /(?:^|\/)__\w+__\//.test(path)
  )
}

/** Its name goes into a rule as it is: nothing that the rule language or YAML reads as its own. */
function isPlain(path: string): boolean {
  return /^[\w./@+-]+$/.test(path)
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}
