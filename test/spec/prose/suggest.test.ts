import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ListHead, suggestRule } from '../../../src/spec/prose/suggest.ts'
import { parseSuggestion } from '../../../src/spec/same-meaning.ts'

describe('the rule that a sentence plainly means', () => {
  const rows: readonly { text: string; rule: string; head?: ListHead }[] = [
    { text: 'Never modify `data/atlas.db` directly', rule: '**Deny** `file:data/atlas.db:write`' },
    { text: '**NEVER** edit files in `vendor`', rule: '**Deny** `file:vendor/**:write`' },
    { text: '`vendor/` must never be edited by hand.', rule: '**Deny** `file:vendor/**:write`' },
    { text: 'Treat `migrations/` as read-only', rule: '**Deny** `file:migrations/**:write`' },
    { text: 'You may not delete `data/`', rule: '**Deny** `file:data/**:delete`' },
    { text: 'Agents must not read `.env` files', rule: '**Deny** `file:**/.env:read`' },
    { text: 'Never read `*.pem`', rule: '**Deny** `file:**/*.pem:read`' },
    { text: 'The folder `secrets/` is off limits', rule: '**Deny** `file:secrets/**:*`' },
    { text: 'Never read or modify `a/b.txt`', rule: '**Deny** `file:a/b.txt:write`, `file:a/b.txt:read`' },
    { text: '**Secrets**: never print `API_TOKEN`', rule: '**Deny** `env:API_TOKEN`' },
    { text: 'Don’t use `sudo`', rule: '**Deny** `shell:sudo *`' },
    { text: 'Running `./wipe.sh` is forbidden', rule: '**Deny** `shell:./wipe.sh *`' },
    { text: 'Never connect to `db.example.com`', rule: '**Deny** `http:db.example.com:request`' },
    { text: 'Never push to main', rule: '**Deny** `git:main:push`' },
    {
      text: 'Do not force-push to `main` or `release/*`',
      rule: '**Deny** `git:main:force-push`, `git:release/*:force-push`',
    },
    { text: 'Never edit `gen/` — a script writes it', rule: '**Deny** `file:gen/**:write`' },
    { text: 'ALWAYS ask before pushing', rule: '**Ask** `git:*:push`' },
    {
      text: 'Get written approval before running `terraform apply`',
      rule: '**Ask** `shell:terraform apply *`',
    },
    { text: 'You must not push without asking a person first', rule: '**Ask** `git:*:push`' },
    { text: 'Pushing to `main` needs approval', rule: '**Ask** `git:main:push`' },
    { text: 'Always run `npm test` before committing', rule: '**Require** `shell:npm test` before commit' },
    { text: 'Run `npm test` before committing', rule: '**Require** `shell:npm test` before commit' },
    { text: 'Never commit to `main` directly', rule: '**Deny** `git:main:commit`' },
    { text: 'Do not push to main directly', rule: '**Deny** `git:main:push`' },
    { text: 'Never commit `.env`', rule: '**Deny** `file:.env:write`' },
    { text: 'Never commit .env files', rule: '**Deny** `file:**/.env:write`' },
    { text: 'NEVER modify `package-lock.json`', rule: '**Deny** `file:package-lock.json:write`' },
    { text: 'NEVER modify package-lock.json.', rule: '**Deny** `file:package-lock.json:write`' },
    { text: 'Never edit docs/API.md by hand', rule: '**Deny** `file:docs/API.md:write`' },
    { text: 'Never edit `gen/` — build.sh writes it', rule: '**Deny** `file:gen/**:write`' },
    { text: 'Do not touch files in `vendor/`', rule: '**Deny** `file:vendor/**:write`' },
    { head: 'never', text: 'modify `data/atlas.db`', rule: '**Deny** `file:data/atlas.db:write`' },
    { head: 'never', text: 'Never modify `data/atlas.db`', rule: '**Deny** `file:data/atlas.db:write`' },
    { head: 'never', text: '`rm -rf`', rule: '**Deny** `shell:rm -rf *`' },
    { head: 'ask', text: 'Deleting `data/`', rule: '**Ask** `file:data/**:delete`' },
    { head: 'always', text: 'Ask before committing to `main`', rule: '**Ask** `git:main:commit`' },
    {
      head: 'always',
      text: 'Run `npm test` before every push',
      rule: '**Require** `shell:npm test` before push',
    },
  ]
  it.each(rows)('$head $text', ({ text, rule, head }) => {
    expect(suggestRule(text, head)).toBe(rule)
    expect(parseSuggestion(rule)).toBeDefined()
  })
})

describe('there is none where the sentence', () => {
  const rows: readonly { because: string; text: string; head?: ListHead }[] = [
    { because: 'has a condition', text: 'Never edit `schema.sql` without a backup' },
    { because: 'has a condition behind its reason', text: 'Never edit `a/b` — unless it is broken' },
    { because: 'stands under a condition', text: '**On Fridays**: never run `rm`' },
    { because: 'says two things', text: 'Never edit `a/b`; edit `c/d`' },
    { because: 'says two things in one breath', text: 'Never run `rm` and always run `ls`' },
    { because: 'negates twice', text: 'Never avoid editing `a/b`' },
    { because: 'excludes what it names', text: 'Never edit any file other than `a/b`' },
    { because: 'names a place for the act', text: 'Never write to `src/` on production' },
    { because: 'copies from one to the other', text: 'Never copy `a/b` to `c/d`' },
    { because: 'allows', text: 'Only write to `src/`' },
    { because: 'is about code', text: 'Never use `any`' },
    { because: 'is about a function', text: '`console.log` is forbidden' },
    { because: 'names a runtime', text: 'Never modify node.js' },
    { because: 'has no command to run', text: 'Run the tests before committing' },
    { because: 'is no step of ours', text: 'Run `npm install` before starting' },
    { because: 'is unsure what installs', text: 'Ask before installing new dependencies' },
    { because: 'is refused', text: 'run `npm test` before committing', head: 'ask' },
    { because: 'names what is no path', text: 'Never edit `foo()`' },
    { because: 'leaves the project', text: 'Never edit `../other/x`' },
    { because: 'names nothing', text: 'Never be rude', head: 'never' },
    { because: 'is about somebody', text: 'The painter must not edit `a/b`' },
    { because: 'has a code span with a backtick', text: 'Never edit ``a`b/c``' },
    { because: 'is as long as a page', text: `Never edit \`a/b\`${' and `a/b`'.repeat(60)}` },
  ]
  it.each(rows)('$because: $text', ({ text, head }) => {
    expect(suggestRule(text, head)).toBeUndefined()
  })
})

it('is never an Allow, an Only or a Limit, and always a rule, whatever the words', () => {
  const word = fc.constantFrom(
    ...['never', 'always', 'must', 'not', 'ask', 'before', 'without', 'approval', 'only', 'may', 'is', 'be'],
    ...['read', 'edit', 'delete', 'run', 'push', 'pushing', 'to', 'main', 'files', 'in', 'or', ',', '—'],
    ...['`a/b`', '`rm -rf`', '`API_KEY`', '`**`', '`x y|z`', '``', '`npm test`', 'needs', 'read-only'],
  )
  const head = fc.constantFrom<ListHead | undefined>('never', 'always', 'ask', undefined)
  fc.assert(
    fc.property(fc.array(word, { maxLength: 9 }), head, (words, under) => {
      const suggestion = suggestRule(words.join(' '), under)
      if (suggestion === undefined) return
      expect(parseSuggestion(suggestion)?.effect).toMatch(/^(?:deny|ask|require)$/)
    }),
    { numRuns: 3000 },
  )
})
