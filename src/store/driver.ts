import { createRequire } from 'node:module'
import type Database from 'better-sqlite3'

/** Loaded when a database is opened and not before: a run does that while bubblewrap is at work. CommonJS, so without a wait. */
export function loadDriver(): typeof Database {
  return createRequire(import.meta.url)('better-sqlite3')
}
