import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OosEvent } from '../../src/store/events.ts'
import { openStore, type Store, type StoreOptions } from '../../src/store/store.ts'

/** A path for a record in a folder of its own; nothing lies there yet. */
export function scratchPath(): string {
  return join(realpathSync(mkdtempSync(join(tmpdir(), 'oos-store-'))), '.oos', 'data', 'atlas.db')
}

export function scratchStore(options: Partial<StoreOptions> = {}): Store {
  return openStore(scratchPath(), { now: () => 1_800_000_000_000, env: {}, ...options })
}

export const newRun = { agent: 'command', command: ['npm', 'test'], cwd: '/work/shop', policy: 'c0ffee' }

export const denial: OosEvent = {
  type: 'decision',
  resource: 'file',
  action: 'read',
  target: '/work/shop/.env',
  effect: 'deny',
  rule: { file: '.agent-os/AGENT.md', line: 3, text: '**Deny** `file:**/.env*:*`' },
}
