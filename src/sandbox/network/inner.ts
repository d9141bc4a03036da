export const innerPrefix = 'OOS_INNER_'

/** The environment that `stageEnv` wrapped; nothing else of the forwarder's own. */
export function innerEnv(env: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
  const inner = Object.entries(env).filter(([name]) => name.startsWith(innerPrefix))
  return Object.fromEntries(inner.map(([name, value]) => [name.slice(innerPrefix.length), value ?? '']))
}

/** The descriptors that a bubblewrap line names, which it must therefore be handed. */
export function namedDescriptors(argv: readonly string[]): readonly number[] {
  const end = argv.indexOf('--')
  const options = end < 0 ? argv : argv.slice(0, end)
  return options.flatMap((word, at) => (descriptorOptions.has(word) ? [Number(options[at + 1])] : []))
}

const descriptorOptions = new Set([
  '--args',
  '--seccomp',
  '--add-seccomp-fd',
  '--json-status-fd',
  '--info-fd',
  '--sync-fd',
  '--block-fd',
  '--userns-block-fd',
  '--userns',
  '--userns2',
  '--pidns',
  '--file',
  '--bind-data',
  '--ro-bind-data',
  '--bind-fd',
  '--ro-bind-fd',
])
