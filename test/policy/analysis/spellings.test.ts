import { expect, test } from 'vitest'
import { analyze, type Finding } from '../../../src/policy/analysis/analyze.ts'
import { printCapability } from '../../../src/policy/capability/capability.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import { home, makeRule, type RuleParts, root } from '../random-rules.ts'

const everything: RuleParts = { effect: 'allow', capabilities: ['shell:*', 'git:*:*', 'file:**:*'] }
const deny = (...capabilities: string[]): RuleParts => ({ effect: 'deny', capabilities })
const ask = (...capabilities: string[]): RuleParts => ({ effect: 'ask', capabilities })

function policyOf(rules: readonly RuleParts[]) {
  return compilePolicy({
    rules: rules.map((rule, line) => makeRule({ ...rule, line: line + 1 })),
    root,
    home,
    now: 0,
  })
}

function waysRound(...rules: readonly RuleParts[]) {
  return analyze(policyOf(rules)).filter(
    (finding): finding is Extract<Finding, { kind: 'way-round' }> => finding.kind === 'way-round',
  )
}

const rows: readonly { rule: RuleParts; commands: readonly string[]; instead: readonly string[] }[] = [
  {
    rule: deny('shell:git push --force *'),
    commands: ['git push -f origin main', 'git push origin +main', 'git push --mirror origin'],
    instead: ['git:*:force-push'],
  },
  {
    rule: deny('shell:git push --force upstream *'),
    commands: ['git push -f upstream', 'git push upstream +main', 'git push --mirror upstream'],
    instead: [
      'shell:git push {-f,--force} upstream *',
      'shell:git push upstream +* *',
      'shell:git push --mirror upstream *',
    ],
  },
  {
    rule: ask('shell:git push'),
    commands: ['git push origin main', 'git send-pack git@example.com:o/r.git main'],
    instead: ['git:*:push'],
  },
  {
    rule: ask('shell:git branch -D *'),
    commands: ['git branch -d --force main', 'git update-ref -d refs/heads/main'],
    instead: ['git:*:delete'],
  },
  {
    rule: deny('shell:rm -rf *'),
    commands: ['rm -R --force src', 'rm --recursive -f src'],
    instead: ['shell:rm {-r,-R,--recursive} {-f,--force} *'],
  },
  {
    rule: deny('shell:rm -rf /'),
    commands: ['rm -R --force /', 'rm -rf / x', 'rm --recursive -f /'],
    instead: ['shell:rm {-r,-R,--recursive} {-f,--force} / *'],
  },
  {
    rule: ask('shell:npm install *'),
    commands: ['npm i', 'npm add'],
    instead: ['shell:npm {i,in,ins*,isnt*,add} *'],
  },
  {
    rule: ask('shell:npm install left-pad *'),
    commands: ['npm i left-pad', 'npm add left-pad'],
    instead: ['shell:npm install left-pad *', 'shell:npm i left-pad *', 'shell:npm add left-pad *'],
  },
  {
    rule: deny('shell:python *'),
    commands: ['python3 x.py'],
    instead: ['shell:python *', 'shell:python3 *'],
  },
  {
    rule: ask('shell:./scripts/deploy.sh *'),
    commands: ['sh ./scripts/deploy.sh', 'bash ./scripts/deploy.sh'],
    instead: ['shell:./scripts/deploy.sh *', 'shell:{sh,bash} *deploy.sh *'],
  },
  {
    rule: ask('shell:tsx scripts/deploy.ts *'),
    commands: ['tsx ./scripts/deploy.ts'],
    instead: ['shell:tsx {,./}scripts/deploy.ts *'],
  },
  {
    rule: ask('shell:deploy prod'),
    commands: ['deploy prod x'],
    instead: ['shell:deploy prod *'],
  },
]

test.for(rows)(
  '$rule.effect $rule.capabilities.0 is gone round by $commands.0',
  ({ rule, commands, instead }) => {
    const [found, ...others] = waysRound(everything, rule)
    expect(others).toEqual([])
    expect(found?.requests.map(({ target }) => target)).toEqual(commands)
    expect(found?.instead.map((each) => printCapability(each))).toEqual(instead)
    const better = policyOf([everything, { ...rule, capabilities: instead }])
    for (const request of found?.requests ?? []) expect(decide(better, request).effect).toBe(rule.effect)
  },
)

test('one rule is one finding, with three commands at most', () => {
  const found = waysRound(
    everything,
    deny('shell:rm -rf *', 'shell:git push --force *', 'shell:npm install *', 'env:X'),
  )
  expect(found.map(({ requests, capabilities }) => [requests.length, capabilities.length])).toEqual([[3, 2]])
})

test('what a rule excepts itself is no way round it', () => {
  const rule = {
    ...deny('shell:git push --force *'),
    except: ['shell:git push -f *', 'shell:git push --mirror *'],
  }
  const [found] = waysRound(everything, rule)
  expect(found?.requests.map(({ target }) => target)).toEqual(['git push origin +main'])
  const all = { ...deny('shell:rm -rf *'), except: ['shell:rm -R *', 'shell:rm --recursive *'] }
  expect(waysRound(everything, all)).toEqual([])
})

const silent: readonly { name: string; rules: readonly RuleParts[] }[] = [
  {
    name: 'nothing allows the other way',
    rules: [
      { effect: 'allow', capabilities: ['shell:git push *', 'git:*:push'] },
      deny('shell:git push --force *'),
    ],
  },
  {
    name: 'git itself is not allowed',
    rules: [{ effect: 'allow', capabilities: ['shell:*'] }, deny('shell:git push --force *')],
  },
  {
    name: 'another Deny has it',
    rules: [everything, deny('shell:git push --force *'), deny('git:*:force-push')],
  },
  {
    name: 'a person is asked either way',
    rules: [everything, ask('shell:git push --force *'), ask('git:*:push')],
  },
  { name: 'all of the program is denied', rules: [everything, deny('shell:git *')] },
  { name: 'other programs could do it', rules: [everything, deny('shell:curl *')] },
  { name: 'a package manager is not wanted at all', rules: [everything, deny('shell:npm *')] },
  { name: 'another package manager could install it', rules: [everything, deny('shell:yarn add *')] },
  { name: 'a shipped pack has it', rules: [everything, { ...deny('shell:rm -rf *'), pack: 'oos:node' }] },
  { name: 'the program is only known by a pattern', rules: [everything, deny('shell:pyth* *')] },
]

test.for(silent)('nothing is said where $name', ({ rules }) => {
  expect(waysRound(...rules)).toEqual([])
})

test('it is the agent of the rule that is asked for', () => {
  const forCoder = { ...deny('shell:rm -rf *'), agents: ['coder'] }
  expect(waysRound({ ...everything, agents: ['coder'] }, forCoder)).toMatchObject([
    { requests: [{ agent: 'coder' }, {}] },
  ])
  expect(waysRound({ ...everything, agents: ['tester'] }, forCoder)).toEqual([])
})
