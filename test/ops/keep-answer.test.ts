import { expect, test } from 'vitest'
import { planKeptAnswer } from '../../src/ops/keep-answer.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decide } from '../../src/policy/decide.ts'
import type { Request, Rule } from '../../src/policy/types.ts'
import { parseSources } from '../../src/spec/parse.ts'
import { source } from '../spec/sources.ts'

const [root, home] = ['/home/ada/shop', '/home/ada']

/** What would be written so that these words need no more asking. */
function kept(words: readonly string[], text: string): string | undefined {
  const sources = [source('.agent-os/AGENT.md', text)]
  const request: Request = { resource: 'shell', action: 'execute', target: words.join(' '), words }
  const decideBy = (rules: readonly Rule[]) => decide(compilePolicy({ rules, root, home, now: 0 }), request)
  const decision = decideBy(parseSources(sources).rules)
  expect(decision.effect).toBe('ask')
  return planKeptAnswer({ root, home, sources }, { request, decision, decideBy })?.text
}

const allow = '- **Allow** `shell:*`, `git:*:*`\n'

test.each([
  {
    name: 'the words that were asked about, behind the Ask',
    words: ['npm', 'publish', '--tag', 'next'],
    text: `${allow}- **Ask** \`shell:npm publish *\` — out for good\n`,
    expected: '**Ask** `shell:npm publish *` except `shell:npm publish --tag next`',
  },
  {
    name: 'the part of them that the Ask is about',
    words: ['git', 'push', 'origin', 'main'],
    text: `${allow}- **Ask** \`git:*:push\`\n`,
    expected: '**Ask** `git:*:push` except `git:main:push`',
  },
  {
    name: 'words that a pattern would take for more, as they are',
    words: ['echo', '*', '{a,b}', 'x y'],
    text: `${allow}- **Ask** \`shell:echo *\`\n`,
    expected: '**Ask** `shell:echo *` except `shell:echo \\* \\{a,b\\} x\\ y`',
  },
  {
    name: 'nothing where the last word is not known, for a line would cover all that may stand there',
    words: ['sh', '-c', 'touch /tmp/a "$X"'],
    text: `${allow}- **Ask** \`shell:touch *\`\n`,
    expected: undefined,
  },
  {
    name: 'nothing where a word in between is not known',
    words: ['sh', '-c', 'touch "$X" /tmp/a'],
    text: `${allow}- **Ask** \`shell:touch *\`\n`,
    expected: undefined,
  },
  {
    name: 'nothing where the branch is not known, for a line would be the whole Ask',
    words: ['git', 'push'],
    text: `${allow}- **Ask** \`git:*:push\`\n`,
    expected: undefined,
  },
  {
    name: 'nothing where two lines ask',
    words: ['npm', 'publish'],
    text: `${allow}- **Ask** \`shell:npm publish *\`\n- **Ask** \`shell:npm **\`\n`,
    expected: undefined,
  },
  {
    name: 'nothing where no rule allows the rest',
    words: ['npm', 'publish'],
    text: '- **Ask** `shell:npm publish *`\n',
    expected: undefined,
  },
])('a yes for always writes $name', ({ words, text, expected }) => {
  expect(kept(words, text)).toBe(expected)
})
