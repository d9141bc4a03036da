import type { PathPlace } from '../match/path-glob.ts'
import type { Request } from '../types.ts'

export type FamiliarTarget = Pick<Request, 'resource' | 'target' | 'words'>

/** Targets that a reader knows at once, shown before any made up one. `files`: what there is in the project, from its root. */
export function familiarTargets(place: PathPlace, files: readonly string[] = []): readonly FamiliarTarget[] {
  const below = (folder: string) => (path: string) => `${folder === '/' ? '' : folder}/${path}`
  const paths = [
    ...['package.json', '.env', 'src/index.ts'].map(below(place.root)),
    ...files.map(below(place.root)),
    ...['.ssh/id_ed25519', '.aws/credentials', '.bashrc'].map(below(place.home)),
    '/etc/passwd',
  ]
  return [
    ...paths.map((target) => ({ resource: 'file' as const, target })),
    ...commands.map((words) => ({ resource: 'shell' as const, target: words.join(' '), words })),
    ...hosts.map((target) => ({ resource: 'http' as const, target })),
    ...variables.map((target) => ({ resource: 'env' as const, target })),
    { resource: 'git', target: 'main' },
  ]
}

const commands = [
  ['npm', 'test'],
  ['npm', 'publish'],
  ['git', 'push', 'origin', 'main'],
  ['git', 'push', '--force', 'origin', 'main'],
  ['git', 'commit', '-m', 'x'],
  ['rm', '-rf', '.'],
  ['curl', 'example.com'],
  ['sudo', 'sh'],
]
const hosts = ['example.com:443', 'api.github.com:443', '169.254.169.254:80']
const variables = ['GITHUB_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'DATABASE_URL', 'NODE_ENV']
