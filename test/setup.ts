import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'

// The same cases each time, so that what fails is what was changed. OOS_SEED=random looks for new ones, OOS_SEED=N for those of a seed.
const seed = process.env.OOS_SEED ?? '1'
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) })

// No test may read or write the developer's own home, caches or trust store.
const home = mkdtempSync(join(tmpdir(), 'oos-test-home-'))
const ofTests = ['OOS_CASES', 'OOS_SEED']
for (const name of Object.keys(process.env))
  if (/^(XDG|OOS)_/.test(name) && !ofTests.includes(name)) delete process.env[name]
process.env.HOME = home
process.env.GIT_CONFIG_GLOBAL = join(home, '.gitconfig')
process.env.GIT_CONFIG_NOSYSTEM = '1'
// Each test has a new home folder, and each start in one would compile the program again.
process.env.NODE_COMPILE_CACHE = join(tmpdir(), 'compiled')
// How oos asks depends on it.
process.env.TERM = 'xterm'
