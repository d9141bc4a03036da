import { describe, expect, it } from 'vitest'
import { sandboxHolds } from '../../src/sandbox/holds.ts'
import { rulesOf } from './rules.ts'

const cgroup = { version: 2, folders: { memory: '/g', pids: '/g', cpu: '/g' } } as const
const bare = { platform: 'linux', uid: 1000, bubblewrap: {}, prlimit: '/usr/bin/prlimit' }
const linux = { ...bare, cgroup }

describe('what the sandbox holds of a rule', () => {
  const rows = [
    { rule: 'Allow file:**:read,write', level: 'full' },
    { rule: 'Deny file:secrets/**:*', level: 'full' },
    { rule: 'Deny file:.git/config:write', level: 'full' },
    { rule: 'Ask file:src/**:write', level: 'full' },
    { rule: 'Allow file:{a,b}/**:write', level: 'full' },
    { rule: 'Deny file:**/.env*:*', level: 'partial' },
    { rule: 'Deny file:secrets/**:* except file:**/*.pub:read', level: 'partial' },
    { rule: 'Allow file:docs/*.md:read', level: 'partial' },
    { rule: 'Allow file:out/**:create', level: 'partial' },
    { rule: 'Allow file:/proc/cpuinfo:read', level: 'full' },
    { rule: 'Allow file:/proc/self/**:read', level: 'full' },
    { rule: 'Allow file:/proc/**:read', level: 'partial' },
    { rule: 'Allow file:{src,/dev}/**:read', level: 'partial' },
    { rule: 'Deny file:/proc/cpuinfo:read', level: 'full' },
    { rule: 'Deny file:/proc/self/environ:read', level: 'partial' },
    { rule: 'Deny file:/dev/{kvm,null}:*', level: 'partial' },
    { rule: 'Deny file:/proc/cpu*:read', level: 'partial' },
    { rule: 'Allow file:/proc/sys/kernel/core_pattern:write', level: 'partial' },
    { rule: 'Allow file:/proc/self/oom_score_adj:write', level: 'full' },
    { rule: 'Deny file:/dev/kvm:*', level: 'full' },
    { rule: 'Allow env:LC_*', level: 'full' },
    { rule: 'Allow http:example.com:request', level: 'full' },
    { rule: 'Allow http:example.com/v1/*:get', level: 'partial' },
    { rule: 'Deny http:example.com/admin/*:request', level: 'partial' },
    { rule: 'Limit run:*{timeout:30m,memory:4GB,processes:512}', level: 'full' },
    { rule: 'Limit run:*{disk:1GB}', level: 'partial' },
    { rule: 'Limit run:*{cpu:5m}', level: 'partial' },
    { rule: 'Limit run:*{usd:5}', level: 'none' },
    { rule: 'Deny shell:git push *', level: 'none' },
    { rule: 'Deny shell:curl *{everywhere}', level: 'partial' },
    { rule: 'Deny shell:git push *{everywhere}', level: 'none' },
    { rule: 'Allow mcp:files/read:call', level: 'none' },
  ]

  it.each(rows)('$rule: $level', ({ rule, level }) => {
    const [first] = rulesOf([rule])
    expect(first && sandboxHolds(first, linux).level).toBe(level)
  })

  it.each([
    ['Allow file:docs/*.md:read', 'only files that exist at the start are opened'],
    ['Allow file:**:read except file:**/*.pem:read', 'belong to their maker and are not closed'],
    ['Allow file:docs/*.md:read except file:docs/*a.md:read', 'belong to their maker and are not closed'],
    ['Deny file:**/.env:*', 'belong to their maker and are not closed'],
    ['Deny file:a/**:* except file:a/*.pub:read', 'only files that exist at the start are opened'],
    ['Allow file:**:read,write except file:gen/**:write', undefined],
  ])('%s misses: %s', (rule, missing) => {
    const [first] = rulesOf([rule])
    const held = first && sandboxHolds(first, linux).missing
    expect(missing === undefined ? held : held?.endsWith(missing)).toBe(
      missing === undefined ? undefined : true,
    )
  })

  it('is nothing without bubblewrap, or on another system', () => {
    const [rule] = rulesOf(['Deny file:secrets/**:*'])
    expect(rule && sandboxHolds(rule, { ...linux, bubblewrap: undefined }).missing).toBe(
      'bubblewrap is not installed',
    )
    expect(rule && sandboxHolds(rule, { ...linux, platform: 'darwin' }).missing).toBe(
      'there is no sandbox for darwin yet',
    )
  })

  it.each([
    { rule: 'Limit run:*{memory:4GB}', without: 'a cgroup', machine: bare, level: 'partial' },
    { rule: 'Limit run:*{processes:64}', without: 'a cgroup', machine: bare, level: 'full' },
    {
      rule: 'Limit run:*{processes:64}',
      without: 'a cgroup and prlimit',
      machine: { platform: 'linux', uid: 1000, bubblewrap: {} },
      level: 'partial',
    },
    {
      rule: 'Limit run:*{processes:64}',
      without: 'a cgroup, for root, whom prlimit never binds',
      machine: { ...bare, uid: 0 },
      level: 'partial',
    },
  ])('$rule is $level without $without', ({ rule, machine, level }) => {
    const [first] = rulesOf([rule])
    expect(first && sandboxHolds(first, machine).level).toBe(level)
  })

  it('of output is nothing where the command has the terminal', () => {
    const [rule] = rulesOf(['Limit run:*{output:1MB}'])
    expect(rule && [sandboxHolds(rule, linux).level, sandboxHolds(rule, linux, true).level]).toEqual([
      'full',
      'none',
    ])
  })
})
