import { describe, expect, it } from 'vitest'
import { compilePolicy } from '../../src/policy/compile.ts'
import { createRuleFinder } from '../../src/spec/same-meaning.ts'
import { setOf } from './sources.ts'

/** The rules that stand behind the only sentence of the file. */
function behind(file: string, text: string): readonly string[] | undefined {
  const set = setOf({ [file]: text })
  const spec = set.specs.find(({ path }) => path === file)
  const policy = compilePolicy({ rules: set.rules, root: '/work/shop', home: '/home/ada', now: 0 })
  const [line] = spec?.advisory ?? []
  return spec && line && createRuleFinder(policy)(line, spec).map(({ source }) => source.text)
}

const agent = '.agent-os/AGENT.md'

describe('a sentence holds by', () => {
  it.each([
    ['the rule that it means', 'Never edit `a/b`.', '**Deny** `file:a/b:write`'],
    ['a rule that says more', 'Never edit `a/b`.', '**Deny** `file:a/b:*`, `env:A`'],
    [
      'a rule whose pattern holds its file',
      'Never read `.env`.',
      '**Deny** `file:**/.env{,.*}:*` except `file:**/.env.example:*`',
    ],
    ['an Only that leaves its file out', 'Never edit `vendor/x.js`.', '**Only** `file:src/**:write`'],
    ['a rule for its variable', 'Never print `AWS_KEY`.', '**Deny** `env:AWS_*`'],
    ['a rule for its branch', 'Never push to `release/1`.', '**Deny** `git:release/*:push`'],
    ['the same command', 'Never run `rm -rf`.', '**Deny** `shell:rm -rf *`'],
    ['a Deny where it wants an Ask', 'Ask before pushing.', '**Deny** `git:*:*`'],
    [
      'a Require of the same command',
      'Always run `npm test` before pushing.',
      '**Require** `shell:npm test` before push',
    ],
  ])('%s', (_, sentence, rule) => {
    expect(behind(agent, `${sentence}\n\n- ${rule}\n`)).toEqual([rule])
  })

  it('one rule for each of the things that it names', () => {
    const rules = ['**Deny** `file:a/*:write`', '**Deny** `file:c/d:write`']
    expect(behind(agent, `Never edit \`a/b\` or \`c/d\`.\n\n- ${rules.join('\n- ')}\n`)).toEqual(rules)
  })
})

describe('a sentence does not hold by', () => {
  it.each([
    [
      'a rule with its file excepted',
      'Never read `.env`.',
      '**Deny** `file:**/.env:*` except `file:.env:read`',
    ],
    ['a rule about less', 'Never edit `a/b`.', '**Deny** `file:a/b:delete`'],
    ['a rule about one of its two files', 'Never edit `a/b` or `c/d`.', '**Deny** `file:a/b:write`'],
    ['a rule for some other remote', 'Never push to `main`.', '**Deny** `git:main:push{remote:fork}`'],
    ['an Ask where it wants a Deny', 'Never edit `a/b`.', '**Ask** `file:a/b:write`'],
    ['an Allow', 'Never edit `a/b`.', '**Allow** `file:a/b:write`'],
    [
      'a Require at another stage',
      'Always run `npm test` before pushing.',
      '**Require** `shell:npm test` before commit',
    ],
    [
      'a Require with a condition',
      'Always run `npm test` before pushing.',
      '**Require** `shell:npm test` before push when `file:src/**:write`',
    ],
  ])('%s', (_, sentence, rule) => {
    expect(behind(agent, `${sentence}\n\n- ${rule}\n`)).toEqual([])
  })

  it('a rule for one agent, unless it stands in the definition of that agent', () => {
    const text =
      '---\nname: painter\ndescription: paints\n---\nNever edit `a/b`.\n\n- **Deny** `file:a/b:write`\n'
    expect(behind('.agent-os/agents/painter.md', text)).toHaveLength(1)
    const other = setOf({ '.agent-os/agents/painter.md': text, [agent]: 'Never edit `a/b`.\n' })
    const policy = compilePolicy({ rules: other.rules, root: '/work/shop', home: '/home/ada', now: 0 })
    const spec = other.specs.find(({ path }) => path === agent)
    const [line] = spec?.advisory ?? []
    expect(spec && line && createRuleFinder(policy)(line, spec)).toEqual([])
  })
})
