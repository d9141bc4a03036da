import { storeFailure } from './failure.ts'
import { SqliteStore } from './sqlite-store.ts'
import type { Store, StoreOptions } from './types.ts'

export type { Store, StoreOptions } from './types.ts'

/** Opens the record at `path`, made first if need be. Several processes may have it open at once. */
export function openStore(path: string, options: StoreOptions): Store {
  try {
    return new SqliteStore(path, options)
  } catch (error) {
    throw storeFailure(error, path)
  }
}
