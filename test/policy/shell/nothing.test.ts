// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell text
import { describe, expect, it } from 'vitest'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import { home, makeRule, root } from '../random-rules.ts'

function effectOf(text: string, allowed: string): string {
  const rules = [
    makeRule({ effect: 'allow', capabilities: [allowed] }),
    makeRule({ effect: 'deny', capabilities: ['shell:git push *', 'shell:reboot *'] }),
  ]
  const policy = compilePolicy({ rules, root, home, now: 0 })
  return decide(policy, { resource: 'shell', action: 'execute', target: text }).effect
}

describe('a text that only the shell itself does something for', () => {
  it.each([
    'x=1',
    'x=1 y="a b"',
    'a=(1 2); a[0]=2',
    '[[ -f x ]]',
    '! [[ $x == y ]]',
    '((i++))',
    '((n > 5))',
    '# git push',
    'x=1 # git push',
    'case x in esac',
    'for i in 1 2; do x=$i; done',
    '(x=1)',
  ])('is as harmless as `true`: %s', (text) => {
    expect(effectOf(text, 'shell:*')).toBe('allow')
    expect(effectOf(text, 'shell:true')).toBe('allow')
    expect(effectOf(text, 'shell:npm *')).toBe('deny')
  })

  it.each([
    'PATH=.',
    'GIT_SSH=./x',
    'LD_PRELOAD=./x.so',
    'BASH_ENV=x',
    'ENV=x',
    'IFS=x',
    'PROMPT_COMMAND=x',
    'alias ls=git',
    'path=(.)',
    'functions[ls]=x',
    'x=$(git push)',
    '[[ $(git push) ]]',
    '[[ "${x:-\'$(git push)\'}" ]]',
    "x='a[$(git push)]'; ((x))",
    '((reboot))',
    '((reboot > 0))',
    '',
    ' ',
  ])('is not where it does more: %j', (text) => {
    expect(effectOf(text, 'shell:*')).toBe('deny')
  })
})
