import { dirname, join, resolve } from 'node:path'
import type { Project } from '../ops/project/project.ts'
import { recordPath } from '../ops/project/record.ts'
import { stateHomeOf } from '../ops/trust/record.ts'
import { escapePattern } from '../policy/match/wildcard.ts'
import type { Rule } from '../policy/types.ts'
import { realpathOf } from '../sandbox/look.ts'
import { cacheBase } from '../shared/cache-folder.ts'
import { OosError } from '../shared/errors.ts'
import { isWithin } from '../shared/within.ts'

type Place = Pick<Project, 'root' | 'home' | 'settings'>

/**
 * What the protected pack says of the usual places of oos's own files, said of where they really are: settings and
 * `XDG_…` can lead into what the rules open, and a run could then write what a later one believes.
 *
 * @throws OosError `store-refused` where the record has no folder of its own
 */
export function ownRules(project: Place, env: NodeJS.ProcessEnv): readonly Rule[] {
  const { home } = project
  const usual = [join(home, '.cache'), join(home, '.local/state')]
  const bases = [cacheBase(env), stateHomeOf(env, home)].filter((base) => base !== undefined)
  const moved = bases.filter((base) => !usual.includes(base)).map((base) => join(base, 'oos'))
  return [
    ...[...moved, ...recordFolder(project)].map((folder) =>
      closed(folder, '*', 'what oos itself remembers is not for those it is about'),
    ),
    ...closableCompiled(project, env).map((folder) =>
      closed(folder, 'write', 'what is compiled there runs outside of any sandbox'),
    ),
  ]
}

/** Where a person has Node and oos keep what they compiled: nobody checks it before it runs. */
export function compiledFolder(env: NodeJS.ProcessEnv): string | undefined {
  const { NODE_COMPILE_CACHE: named, NODE_DISABLE_COMPILE_CACHE: none } = env
  return !named || none ? undefined : (realpathOf(named) ?? resolve(named))
}

/** Not a folder that the project lies in: nothing there could be written any more. */
function closableCompiled({ root }: Place, env: NodeJS.ProcessEnv): readonly string[] {
  const folder = compiledFolder(env)
  return folder === undefined || isWithin(root, folder) ? [] : [folder]
}

function recordFolder(project: Place): readonly string[] {
  const { root } = project
  const path = recordPath(project)
  const folder = dirname(path)
  if (folder === join(root, '.oos/data')) return []
  if (!isWithin(root, folder)) return [folder]
  throw new OosError(
    'store-refused',
    `the record \`${path}\` needs a folder of its own, which no run can see`,
    {
      hint: 'set `database.path` to `.oos/data/atlas.db` in PREFERRED_STACK.md',
    },
  )
}

const writing = ['change', 'create', 'delete']

function closed(folder: string, acts: '*' | 'write', reason: string): Rule {
  const pattern = `${escapePattern(folder)}/**`
  const actions = acts === '*' ? [...writing, 'read'] : writing
  return {
    effect: 'deny',
    capabilities: [{ resource: 'file', pattern, actions, constraints: {} }],
    except: [],
    agents: [],
    reason,
    source: { file: 'oos:protected', line: 1, column: 1, text: `**Deny** \`file:${folder}/**:${acts}\`` },
    layer: 'built-in',
    examples: [],
  }
}
