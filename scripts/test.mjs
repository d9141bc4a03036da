// `npm test`: everything from a fresh clone to a last line `N passed, N failed`. What follows `--` goes to vitest.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBubblewrap, ensureStrace } from './bubblewrap.mjs'
import { ensureBuilt, ensureInstalled, node, root, say } from './install.mjs'

ensureInstalled()
ensureBubblewrap()
ensureStrace()
ensureBuilt()

const folder = mkdtempSync(join(tmpdir(), 'oos-test-report-'))
const report = join(folder, 'report.json')
const { status } = spawnSync(
  node,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
)
const { passed, failed } = count(report)
rmSync(folder, { recursive: true, force: true })
if (status !== 0 && failed === 0)
  say(`vitest ended with ${status ?? 'a signal'}, though no test failed: see above`)
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exitCode = status === 0 && failed === 0 ? 0 : 1

/** A file that could not even be loaded counts as one failed test: silence must not look like success. */
function count(file) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'))
    const unloaded = testResults.filter(
      (result) => result.status === 'failed' && result.assertionResults.length === 0,
    )
    return { passed: numPassedTests, failed: numFailedTests + unloaded.length }
  } catch {
    return { passed: 0, failed: 1 }
  }
}
