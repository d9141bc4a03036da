import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { makeTree, oos } from '../cli/oos.ts'

const rules = `
- **Allow** \`file:**:read,write\`, \`shell:*\`
- **Deny** \`file:**/.env:*\` — secrets
- **Deny** \`shell:git push *\`
- **Ask** \`shell:npm publish *\`
- **Limit** \`run:*{timeout:20s}\`
`

const project = {
  cwd: makeTree({ '.agent-os/AGENT.md': rules, '.env': 'SECRET=s3cret' }),
  env: {
    HOME: mkdtempSync(join(realpathSync(tmpdir()), 'oos-home-')),
    XDG_STATE_HOME: '',
    XDG_CACHE_HOME: '',
  },
}

beforeAll(() => {
  oos(['run', '--trust-specs', '--', 'true'], project)
})

/** Without what differs from one run to the next. */
function outcomeOf(words: readonly string[]) {
  const { code, stdout, stderr } = oos(words, { ...project, input: 'from outside' })
  return { code, stdout, stderr: stderr.replace(/after .*$/gm, 'after …') }
}

// `--no-color` changes nothing where nothing is coloured, and takes the way through the parser of options.
describe.each([
  { command: ['run'], words: ['--', 'true'] },
  { command: ['run'], words: ['--', 'sh', '-c', 'cat; echo bad >&2; exit 7'] },
  { command: ['run'], words: ['--', 'sh', '-c', 'kill -TERM $$'] },
  { command: ['run'], words: ['--', 'printf', '%s|', '--json', '--help', '--strict', '', '--', '*'] },
  { command: ['run'], words: ['--', '--help'] },
  { command: ['run'], words: ['--', '--json'] },
  { command: ['run'], words: ['--', 'cat', '.env'] },
  { command: ['run'], words: ['--', 'git', 'push', 'origin'] },
  { command: ['run'], words: ['--', 'npm', 'publish', '.'] },
  { command: ['run'], words: ['--', 'no-such-program'] },
  { command: ['run'], words: ['--', ''] },
  { command: ['run'], words: ['--'] },
  { command: ['explain'], words: ['file:.env:read'] },
  { command: ['explain'], words: ['shell:git push origin'] },
  { command: ['explain'], words: ['nothing'] },
  { command: ['explain'], words: [''] },
])('oos $command $words', ({ command, words }) => {
  test('is the same with and without the parser of options', () => {
    expect(outcomeOf([...command, ...words])).toEqual(outcomeOf([...command, '--no-color', ...words]))
  })
})
