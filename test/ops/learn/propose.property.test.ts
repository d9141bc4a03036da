import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { FileUse } from '../../../src/ops/learn/learned.ts'
import type { Proposal, ProposeFacts } from '../../../src/ops/learn/proposal.ts'
import { proposeRules } from '../../../src/ops/learn/propose.ts'
import { compilePolicy, type Policy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import { factsOf, home, learnedOf, packs, policyOf, root, specOf } from './scene.ts'

const cases = Number(process.env.OOS_CASES ?? 40)

/** Names that matter somewhere, and some that no rule can say as they are. */
const name = fc.constantFrom(
  ...[
    'a',
    'b',
    'c',
    'src',
    'test',
    'lib',
    'out',
    'package.json',
    '.git',
    'hooks',
    'config',
    '.env',
    '.env.example',
  ],
  ...[
    'server.key',
    '.ssh',
    '.nvm',
    '.local',
    'bin',
    '.agent-os',
    'node_modules',
    'x y',
    '[id]',
    '{a,b}',
    '*',
    'a\u202eb',
  ],
  ...['private', '~', 'a:read', 'é', '\\', 'line\nbreak'],
)
const below = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
const path = fc.oneof(
  { weight: 8, arbitrary: below.map((text) => `${root}/${text}`) },
  { weight: 1, arbitrary: fc.constant(root) },
  { weight: 2, arbitrary: below.map((text) => `${home}/${text}`) },
)
const use: fc.Arbitrary<FileUse> = fc.record({
  target: path,
  action: fc.constantFrom('read' as const, 'create' as const, 'change' as const, 'delete' as const),
  folder: fc.boolean(),
  below: fc.constant(false),
  count: fc.integer({ min: 1, max: 9 }),
})
const hosts = fc.array(
  fc.record({
    host: fc.constantFrom('a.example.com', 'b.example.com'),
    port: fc.constantFrom(80, 443, 8080),
    count: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 3 },
)
const item = fc.constantFrom(
  ...['**Allow** `file:src/**:read`', '**Allow** `file:**:read`', '**Allow** `file:out/**:read,write`'],
  ...['**Deny** `file:private/**:*`', '**Deny** `file:**/b:write`', '**Deny** `http:b.example.com:*`'],
  ...[
    '**Ask** `file:lib/**:write`',
    '**Allow** `file:**:write` except `file:src/**:write`',
    '**Allow** `shell:*`',
  ],
)
const text = fc.tuple(fc.boolean(), fc.uniqueArray(item, { maxLength: 4 })).map(([secrets, items]) => {
  const head = secrets ? '---\nextends: [oos:secrets]\n---\n' : ''
  return `${head}${items.map((each) => `- ${each} — why\n`).join('')}`
})
const scene = fc.record({
  text,
  files: fc.array(use, { maxLength: 12 }),
  hosts,
  wide: fc.boolean(),
  mayRemove: fc.boolean(),
  lasting: fc.array(path, { maxLength: 3 }),
  top: fc.uniqueArray(name, { maxLength: 6 }),
})
type Scene = typeof scene extends fc.Arbitrary<infer Value> ? Value : never

function proposed({ text, files, hosts, ...shape }: Scene): {
  needed: readonly Proposal[]
  facts: ProposeFacts
} {
  const facts = factsOf(text, {
    wide: shape.wide,
    tree: { root, lasting: new Set(shape.lasting), mayRemove: shape.mayRemove, top: shape.top },
  })
  return { facts, needed: proposeRules(learnedOf(files, { hosts }), facts).needed }
}

/** What held while the run learnt: the rules, and `oos:secrets` in any case. */
function held(text: string): Policy {
  const policy = policyOf(text)
  return compilePolicy({ ...policy, rules: [...policy.rules, ...packs.secrets.rules] })
}

const ask = (policy: Policy, { target, action }: Pick<FileUse, 'target' | 'action'>) =>
  decide(policy, { resource: 'file', action, target })

it('what was let through is allowed by the rules and all that is proposed', () => {
  fc.assert(
    fc.property(scene, (given) => {
      const { needed, facts } = proposed(given)
      const after = policyOf(specOf(given.text, needed))
      // In a home folder only what a pack opens is let through.
      const isTool = ({ target, action }: FileUse) =>
        action === 'read' &&
        facts.packs.languages.some(
          ({ rules }) =>
            ask(compilePolicy({ ...facts.policy, rules }), { target, action }).effect === 'allow',
        )
      for (const each of given.files) {
        const isLet = each.target === root || each.target.startsWith(`${root}/`) || isTool(each)
        if (!isLet || ask(held(given.text), each).rule !== undefined) continue
        expect([each, ask(after, each).effect]).toEqual([each, 'allow'])
      }
      for (const { host, port } of given.hosts) {
        const request = { resource: 'http', action: 'request', target: `${host}:${port}` } as const
        if (decide(facts.policy, request).rule === undefined)
          expect(decide(after, request).effect).toBe('allow')
      }
    }),
    { numRuns: cases },
  )
})

it('nothing that a Deny, an Ask or oos:secrets closes is opened', () => {
  fc.assert(
    fc.property(scene, fc.array(use, { maxLength: 20 }), (given, others) => {
      const { needed } = proposed(given)
      if (needed.length === 0) return
      const after = policyOf(specOf(given.text, needed))
      const before = held(given.text)
      for (const each of [...given.files, ...others]) {
        const { effect, rule } = ask(before, each)
        if (effect !== 'allow' && rule !== undefined)
          expect([each, ask(after, each).effect]).toEqual([each, effect])
      }
    }),
    { numRuns: cases },
  )
})

it('no proposed capability is held by the others', () => {
  fc.assert(
    fc.property(scene, (given) => {
      const { needed, facts } = proposed(given)
      const rules = needed.flatMap(({ rule }) => rule ?? [])
      const all = rules.flatMap((rule) => rule.capabilities.map((capability) => ({ rule, capability })))
      for (const one of all) {
        const others = all.filter((each) => each !== one)
        const without = compilePolicy({
          ...facts.policy,
          rules: [
            ...facts.policy.rules,
            ...others.map(({ rule, capability }) => ({ ...rule, capabilities: [capability] })),
          ],
        })
        const alone = compilePolicy({
          ...facts.policy,
          rules: [{ ...one.rule, capabilities: [one.capability] }],
        })
        const witnesses = [...given.files, { target: root, action: 'read' as const }].filter(
          (each) => ask(alone, each).effect === 'allow',
        )
        const hostWitness = one.capability.resource === 'http'
        const isNeeded = hostWitness || witnesses.some((each) => ask(without, each).effect !== 'allow')
        expect([one.rule.source.text, isNeeded || one.capability.resource === 'shell']).toEqual([
          one.rule.source.text,
          true,
        ])
      }
    }),
    { numRuns: cases },
  )
})

it('the order of what was seen changes nothing', () => {
  fc.assert(
    fc.property(scene, fc.func(fc.integer()), (given, rank) => {
      const shuffled = given.files.toSorted((a, b) => rank(a.target, a.action) - rank(b.target, b.action))
      const said = (scene: Scene) => proposed(scene).needed.map(({ text }) => text)
      expect(said({ ...given, files: shuffled })).toEqual(said(given))
    }),
    { numRuns: cases },
  )
})

it('what was accepted is not proposed again', () => {
  fc.assert(
    fc.property(scene, (given) => {
      const { needed } = proposed(given)
      if (needed.length === 0) return
      const again = proposed({ ...given, text: specOf(given.text, needed) })
      expect(again.needed.map(({ text }) => text)).toEqual([])
    }),
    { numRuns: cases },
  )
})
