import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// No test may read or write the developer's own home, caches or trust store.
const home = mkdtempSync(join(tmpdir(), 'oos-test-home-'))
for (const name of Object.keys(process.env))
  if ((name.startsWith('XDG_') || name.startsWith('OOS_')) && name !== 'OOS_CASES') delete process.env[name]
process.env.HOME = home
process.env.GIT_CONFIG_GLOBAL = join(home, '.gitconfig')
process.env.GIT_CONFIG_NOSYSTEM = '1'
