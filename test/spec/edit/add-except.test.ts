import { expect, test } from 'vitest'
import { parseCapability } from '../../../src/policy/capability/capability.ts'
import type { Capability } from '../../../src/policy/types.ts'
import { addExcept } from '../../../src/spec/edit/add-except.ts'
import { parseSpec } from '../../../src/spec/parse.ts'
import { printRule } from '../../../src/spec/print.ts'
import { rule as arbitraryRule, fc } from '../arbitrary.ts'
import { source } from '../sources.ts'

function capability(text: string): Capability {
  const parsed = parseCapability(text)
  if (!parsed.ok) throw new Error(text)
  return parsed.value
}

/** The file after the rule on this line was given one more exception. */
function edited(text: string, line: number, except: string): string | undefined {
  const file = source('.agent-os/AGENT.md', text)
  const rule = parseSpec(file).rules.find((each) => each.source.line === line)
  if (rule === undefined) throw new Error('no such rule')
  const edit = addExcept(file, rule, capability(except))
  return edit && Buffer.from(edit.bytes).toString('utf8')
}

test.each([
  {
    name: 'before the reason',
    text: '# A\n\n- **Ask** `git:*:push` — a person looks\n  - ? `git:main:push`\n',
    line: 3,
    except: 'git:main:push',
    after: '# A\n\n- **Ask** `git:*:push` except `git:main:push` — a person looks\n  - ? `git:main:push`\n',
  },
  {
    name: 'behind the exceptions that are there',
    text: '- **Ask** `shell:npm *` except `shell:npm test` for `coder`, `command`\r\n',
    line: 1,
    except: 'shell:npm ci',
    after: '- **Ask** `shell:npm *` except `shell:npm test`, `shell:npm ci` for `coder`, `command`\r\n',
  },
  {
    name: 'on the item of a group',
    text: '\uFEFF* **Ask** — think first\n  * `shell:git clean *`\n  * `shell:git stash drop`, `shell:git gc`\n',
    line: 3,
    except: 'shell:git gc',
    after:
      '\uFEFF* **Ask** — think first\n  * `shell:git clean *`\n  * `shell:git stash drop`, `shell:git gc` except `shell:git gc`\n',
  },
  {
    name: 'behind a line break in the rule',
    text: '- **Ask** `shell:git push`,\n  `shell:git tag`\n',
    line: 1,
    except: 'shell:git tag',
    after: '- **Ask** `shell:git push`,\n  `shell:git tag` except `shell:git tag`\n',
  },
  {
    name: 'and not where the group has exceptions of its own',
    text: '- **Ask** except `shell:git gc`\n  - `shell:git *`\n',
    line: 2,
    except: 'shell:git tag',
    after: undefined,
  },
])('an exception is written $name', ({ text, line, except, after }) => {
  expect(edited(text, line, except)).toBe(after)
})

test('whatever the rule, the edited file says that one exception more', () => {
  fc.assert(
    fc.property(fc.array(arbitraryRule, { minLength: 1, maxLength: 4 }), fc.nat(3), (rules, index) => {
      const file = source('.agent-os/AGENT.md', rules.map(printRule).join('\n'))
      const before = parseSpec(file).rules
      const rule = before[index % before.length]
      const hole = rule?.capabilities[0]
      const edit = rule && hole && addExcept(file, rule, { ...hole, constraints: {} })
      if (edit === undefined) return
      const after = parseSpec({ ...file, bytes: edit.bytes }).rules
      expect(after.map(({ except }) => except.length)).toEqual(
        before.map((each) => each.except.length + (each === rule ? 1 : 0)),
      )
    }),
  )
})
