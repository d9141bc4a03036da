export const innerPrefix = 'OOS_INNER_'

/** The environment that `stageEnv` wrapped; nothing else of the forwarder's own. */
export function innerEnv(env: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
  const inner = Object.entries(env).filter(([name]) => name.startsWith(innerPrefix))
  return Object.fromEntries(inner.map(([name, value]) => [name.slice(innerPrefix.length), value ?? '']))
}
