/** How a database is held; PREFERRED_STACK.md can set each under `database.NAME`. */
export const defaultPragmas = {
  journal_mode: 'wal',
  /** ms to wait for another oos before `store-locked`. */
  busy_timeout: 30_000,
  cache_size: 10_000,
  /** `normal` survives the death of every process; `full` also that of the machine, for a sync of the disk per event. */
  synchronous: 'normal',
  foreign_keys: 'on',
  temp_store: 'default',
  mmap_size: 0,
  wal_autocheckpoint: 1000,
} as const

export type PragmaName = keyof typeof defaultPragmas
export type Pragmas = Readonly<Partial<Record<PragmaName, string | number>>>

/** Takes the pragmas out of a project's settings. */
export function pragmasOf(
  settings: readonly { readonly key: string; readonly value: string | number | boolean }[],
): Pragmas {
  const named = settings.map(({ key, value }) => [key.replace(/^database\./, ''), String(value)] as const)
  return Object.fromEntries(
    named.filter(([name, value]) => Object.hasOwn(defaultPragmas, name) && /^-?\w+$/.test(value)),
  )
}
