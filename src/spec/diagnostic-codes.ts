// Longer than 300 lines: one list, whose entries belong side by side.
import type { Severity } from '../shared/diagnostics.ts'

export interface CodeEntry {
  readonly severity: Severity
  /** The fault, in a few words. */
  readonly what: string
  readonly why: string
  /** What to do when the case at hand has no better advice. */
  readonly fix: string
}

/**
 * Every code that reading specs can report; the documentation is made from this list. Codes are stable.
 * Problems inside a capability have codes of their own (`capability/…`), which the policy gives them.
 */
export const diagnosticCodes = {
  'source/too-large': error(
    'a spec file is larger than 1 MB',
    'a spec is read whole at the start of every run that finds it changed, by people too',
    'split the file, or move what is no rule and no guidance elsewhere',
  ),
  'source/encoding': error(
    'a spec is not valid UTF-8 text',
    'a file that cannot be read whole could hide a rule that then would not hold',
    'save the file as UTF-8',
  ),
  'source/link': error(
    'a spec is a symlink that leads out of its folder',
    'what lies elsewhere can be changed by whoever may write there, unseen by those who review the specs',
    'put the file itself in the folder, or `extends` a pack',
  ),
  'source/unreadable': error(
    'a spec is no regular file, or cannot be read',
    'a rule that cannot be read cannot hold, so nothing starts',
    'make it a file (a folder, where it holds specs) that can be read, or move it away',
  ),
  'source/too-many': error(
    'a spec folder has more than 1,000 markdown files',
    'reading them would cost every run',
    'move what is not meant for agents into a subfolder; other subfolders are not read',
  ),
  'source/unread': warning(
    'a file beside the specs that looks like one and has another ending',
    'nothing that it says holds, and no agent is given it',
    'end its name in `.md`, or move it out of the folder',
  ),
  'source/bidirectional': warning(
    'a character changes the direction of the text around it',
    'what a reviewer sees can differ from what oos reads',
    'remove the character',
  ),
  'front-matter/unclosed': error(
    'the front matter is not closed',
    'everything below the first `---` is taken for front matter, rules included',
    'put `---` on a line of its own below the last key',
  ),
  'front-matter/misplaced': error(
    'what looks like front matter does not begin on the first line',
    'it is prose then: the packs that it names do not hold, and nobody would notice',
    'put `---` on the first line, the keys below it, and `---` below them',
  ),
  'front-matter/language': error(
    'the front matter is not YAML',
    'other languages of front matter can run code',
    'start the file with `---` alone and write YAML',
  ),
  'front-matter/yaml': error(
    'the front matter is not valid YAML 1.2',
    'a half understood front matter could leave out a limit or a pack',
    'write `key: value` lines; put text with `: ` or `#` in quotes',
  ),
  'front-matter/alias': error(
    'the front matter has an anchor, an alias or a merge key',
    'aliases can expand to any size, and hide what a key is set to',
    'write the value out',
  ),
  'front-matter/tag': error(
    'the front matter has a YAML tag',
    'tags turn text into other types than the eye reads',
    'leave the `!tag` out',
  ),
  'front-matter/too-deep': error(
    'the front matter is larger than 64 KB, or nested too deeply',
    'no key of a spec needs it, and reading it costs memory',
    'shorten it, and flatten it to at most 8 levels',
  ),
  'front-matter/unknown-key': error(
    'the front matter has a key that this kind of spec does not',
    'a key that is misspelt would silently do nothing',
    'remove the key',
  ),
  'front-matter/value': error(
    'a key of the front matter has a value it cannot have',
    'the key would not do what it says',
    'give it a value of the kind that is expected',
  ),
  'front-matter/missing': error(
    'an agent definition lacks a key that it needs',
    'an agent is called and chosen by its front matter',
    'add the key between two `---` lines at the top of the file',
  ),
  'front-matter/ignored': note(
    'front matter of a guidance file',
    'another tool may own it; oos reads only the rules and the text below',
    'nothing, or move the file into `rules/` if its front matter is meant for oos',
  ),
  'markdown/too-complex': error(
    'the markdown is nested or marked up beyond any use',
    'such text makes markdown parsers slow, so it is refused before it is parsed',
    'split the line, the paragraph or the list',
  ),
  'markdown/unclosed-fence': error(
    'a code fence is not closed',
    'everything below it is code, in which no rule holds',
    'close it with a line of the same characters',
  ),
  'markdown/unclosed-comment': error(
    'an HTML comment is not closed',
    'everything below it is hidden, and no rule in it holds',
    'close it with `-->`',
  ),
  'rule/near-miss': error(
    'text that was surely meant as a rule and is none',
    'what a person wrote as a rule must never silently not hold',
    'write it as one list item: - **Deny** `file:**/.env*:*` — why',
  ),
  'rule/plain-near-miss': warning(
    'plain text that looks like a rule and is none',
    'nothing holds it',
    'if it is meant as a rule, write it as one list item: - **Deny** `file:**/.env*:*` — why',
  ),
  'rule/stray-capability': warning(
    'a capability that stands in no rule',
    'nothing holds it',
    'if it is meant as a rule, write: - **Deny** `file:**/.env*:*` — why',
  ),
  'rule/unexpected': error(
    'a rule has a word that its grammar does not know',
    'a rule that is understood in part could hold less than was meant',
    'a rule is: - **Allow** `capability`, `capability` except `capability` for `agent` — why',
  ),
  'rule/in-reason': error(
    'a rule, a clause or a constraint stands behind the dash, in the reason',
    'a reason is read by people, and nothing in it holds',
    'write a clause before the dash, a constraint inside of the backticks, and a rule as a list item of its own',
  ),
  'rule/expected-code': error(
    'a clause has no code span after it',
    'agents and capabilities stand in backticks, so that prose is never taken for them',
    'put what follows in backticks',
  ),
  'rule/repeated-clause': error(
    'a clause stands twice in one rule',
    'it is unclear which of the two is meant',
    'join them with a comma',
  ),
  'rule/misplaced-clause': error(
    'a clause that this rule cannot have',
    'it would mean nothing here',
    '`before` and `when` go with Require, `via` with Allow, `in` with rules of your own `~/.agent-os`',
  ),
  'rule/folder': error(
    'an `in` that names no folder',
    'the rule would hold in no project',
    'write the folder from home or from the top: in `~/work/shop`',
  ),
  'rule/stage': error(
    'a Require without a stage',
    'oos must know when to run it',
    'add `before start`, `before commit`, `before push` or `before done`',
  ),
  'rule/require': error(
    'a Require that names no plain command',
    'oos runs the command itself, so it must be whole: no wildcard, no other resource',
    'write the command: - **Require** `shell:npm test` before done',
  ),
  'rule/empty': warning(
    'an effect with no capability',
    'nothing is enforced by it',
    'name a capability, or nest a list of capabilities below it',
  ),
  'rule/unlikely': warning(
    'a pattern that is right, and most likely not what was meant',
    'the rule holds for what it says, and so hardly for anything that is asked for',
    'write what is meant; a backslash before a character says that it is meant as it stands',
  ),
  'rule/nested-capability': error(
    'a capability below a rule that has one already',
    'only a rule without a capability of its own is a group, so the nested one would not hold',
    'move the first capability into the list below, or this one up behind a comma',
  ),
  'rule/group-item': error(
    'an item of a group that is not a capability',
    'each item of a group is one rule; this one would not hold',
    'begin the item with the capability in backticks',
  ),
  'rule/agent-name': error(
    'an agent name that no agent can have',
    'the rule would hold for nobody',
    'use letters, digits, `.`, `_` and `-`',
  ),
  'rule/hidden-character': error(
    'a rule has a character that is not seen, or turns text around',
    'what a reviewer sees can differ from what oos reads',
    'type the line again',
  ),
  'rule/limit': error(
    'a Limit that limits nothing',
    'without a constraint it has no effect',
    'name one: - **Limit** `run:*{timeout:30m}`',
  ),
  'rule/constraint': error(
    'a constraint that this kind of rule cannot have',
    'it would mean nothing here',
    '`expires` goes with Allow, `everywhere` with Deny, how much and how often with Allow and Limit; exceptions have none',
  ),
  'rule/run': error(
    '`run` outside a Limit',
    'a run as a whole can be limited, not allowed or denied',
    'write: - **Limit** `run:*{timeout:30m,memory:4GB}`',
  ),
  'rule/secret': error(
    'a secret that may go anywhere',
    'a secret is used on the agent’s behalf: oos must know where it may be sent',
    'name the host, `secret:NAME{to:api.example.com}`, or the command with `via`',
  ),
  'rule/except': error(
    'an exception that can never matter',
    'it takes away requests of a resource that the rule does not name',
    'name the rule’s own resource in the exception',
  ),
  'rule/too-many': error(
    'more than 10,000 rules',
    'checking them would cost every run',
    'say the same with patterns: `{a,b}`, `*`, `**`',
  ),
  'let/syntax': error(
    'a Let that is not understood',
    'the name would stand for nothing',
    'write: - **Let** `@code` = `{app,lib,tests}/**`',
  ),
  'let/repeated': error(
    'one name is given twice',
    'it is unclear which of the two is meant',
    'use another name',
  ),
  'let/unknown': error(
    'a name that no Let of this file gives',
    'a name stands for a pattern of its own file only',
    'write: - **Let** `@code` = `{app,lib,tests}/**`, or `\\@` for a plain @',
  ),
  'let/unused': warning(
    'a Let that no rule uses',
    'it has no effect',
    'use it as `file:@name:read`, or remove it',
  ),
  'example/syntax': error(
    'an example without a request in backticks',
    'an example that is not run proves nothing',
    'write: ✓ `file:src/index.ts:write`',
  ),
  'example/request': error(
    'an example that is not a request',
    'an example asks about one thing: no wildcard, one action, no constraint',
    'write: ✗ `file:.env:read`',
  ),
  'example/near-miss': warning(
    'an item that looks like an example and is none',
    'it is not run',
    'begin it with ✓, ✗ or ?',
  ),
  'extends/unknown': error(
    '`extends` names a pack that is not there',
    'its rules would not hold',
    'name a pack that is there',
  ),
  'extends/cycle': error(
    'packs that extend each other',
    'it is unclear which holes hold',
    'take one of the `extends` away',
  ),
  'extends/built-in': error(
    'a hole in the protected pack or the base',
    'they hold for every run and cannot be loosened',
    'take the `except` away',
  ),
  'extends/twice': warning(
    'a pack is taken in twice, with different holes',
    'its rules hold as often as they are taken in: what one leaves out, the other still says',
    'take the pack in once, with the holes that you mean',
  ),
  'extends/hole': error(
    'a hole that no rule of the pack has anything to do with',
    'it takes away nothing: probably a misspelling',
    'name what a rule of the pack covers',
  ),
  'agent/unknown': error(
    'a rule for an agent that no definition has',
    'the rule would hold for nobody',
    'define it in `.agent-os/agents/`, or correct the name',
  ),
  'agent/repeated': error(
    'two definitions of one agent',
    'a definition cannot stand in for another one’s name; rules for it would become unclear',
    'give this one another `name`, or extend the shipped one: `extends: oos:NAME`',
  ),
  'agent/foreign': error(
    'a definition with a rule for another agent',
    'the rules of a definition are its own agent’s',
    'leave `for` out, or move the rule to AGENT.md',
  ),
  'settings/unknown': error(
    'a setting that oos does not have',
    'a setting that is misspelt would silently do nothing',
    'correct its name, or move it out of the `| Setting | Value |` table',
  ),
  'settings/value': error(
    'a setting has a value it cannot have',
    'oos would run with something else than was written',
    'correct the value',
  ),
  'settings/contradiction': error(
    'two places set one thing differently',
    'it is unclear which of the two is meant',
    'set it in one place',
  ),
  'contract/column': error(
    'a column of the mirror contract that is not understood',
    'the mirror writes and reads columns exactly as the contract says',
    'write: E: Status (Text, Enum: pending|approved|rejected)',
  ),
  'contract/repeated': error(
    'a tab or column is described twice',
    'it is unclear which of the two is meant',
    'describe it once',
  ),
  'contract/key': warning(
    'a tab without a key column',
    'rows of a sheet are matched by their key, because people sort and insert rows',
    'mark one column: A: ID (Text, Primary Key)',
  ),
  'contract/flow': error(
    'a column that may flow back and that no tab has',
    'what a person enters there would be lost',
    'name a column of the tab',
  ),
  'runbook/repeated': error(
    'two procedures of one name',
    'a procedure is called by its name',
    'give this one another heading',
  ),
  'lesson/field': warning(
    'a lesson with a field that is not known',
    'nothing reads it',
    'use Context, Problem, Solution, Outcome, Triggers …',
  ),
  'analysis/under-deny': warning(
    'an Allow or Ask all of whose requests are denied',
    'a Deny wins over every Allow and Ask, however narrow: the rule never matters',
    'remove it, or write what it is about after `except` of the Deny',
  ),
  'analysis/under-ask': warning(
    'an Allow all of whose requests a person is asked about',
    'an Ask wins over every Allow, however narrow: the rule never matters',
    'remove it, or write what it is about after `except` of the Ask',
  ),
  'analysis/covered': warning(
    'a rule all of which other rules say already',
    'no decision ever depends on it; who reads it, or takes it away, believes that something changes',
    'remove it, or narrow what covers it',
  ),
  'analysis/all-excepted': warning(
    'a rule whose `except` takes away all that it is about',
    'the rule says nothing at all: a Deny that is written so denies nothing',
    'name less after `except`',
  ),
  'analysis/loosens-user': warning(
    'a project allows or excepts what your own rules deny or ask about',
    'your own rules win: what the project counts on will be denied or asked about',
    'tell the project, or write an `except` into your own rule',
  ),
  'analysis/contradiction': warning(
    'two layers contradict each other',
    'one allows what the other denies, so the one that allows never matters',
    'agree on one of the two',
  ),
  'analysis/empty-except': warning(
    'an `except` that excepts nothing',
    'the rule is not about what it names, so a hole that was meant is not there',
    'name a part of what the rule is about',
  ),
  'analysis/secret-way-out': warning(
    'an agent that can read a secret, reads what others wrote, and reaches a host',
    'text in a page, a package or an issue can tell it to send the secret away, and no rule stands in between',
    'take one of the three away: `extends: [oos:secrets]` closes what usually is a secret',
  ),
  'analysis/way-round': warning(
    'a Deny or Ask on `shell` that the same command goes round in another spelling',
    'a rule about commands holds for the spellings that it names',
    'name the other spellings, too',
  ),
} as const satisfies Record<string, CodeEntry>

export type DiagnosticCode = keyof typeof diagnosticCodes

function error(what: string, why: string, fix: string): CodeEntry {
  return { severity: 'error', what, why, fix }
}

function warning(what: string, why: string, fix: string): CodeEntry {
  return { severity: 'warning', what, why, fix }
}

function note(what: string, why: string, fix: string): CodeEntry {
  return { severity: 'note', what, why, fix }
}
