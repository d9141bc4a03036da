import { Minimatch } from 'minimatch'
import { parseCapability } from '../src/policy/capability/capability.ts'
import { compilePolicy, type Policy } from '../src/policy/compile.ts'
import { decide } from '../src/policy/decide.ts'
import type { Capability, Effect, Request, Rule } from '../src/policy/types.ts'
import { decideNaively } from '../test/policy/oracle.ts'
import { median, type Row } from './row.ts'

const root = '/home/ada/shop'
const home = '/home/ada'
const rounds = 15

/** 400 file, 350 command, 150 host and 100 tool requests, as an agent makes them, over and over. */
export function bench(): readonly Row[] {
  const requests = makeRequests()
  const [small, large] = [makePolicy(200), makePolicy(2_000)]
  const peers = compileMinimatch(small.rules)
  const fast: number[] = []
  const many: number[] = []
  const peer: number[] = []
  // In turns, so that a busy machine slows all of them.
  for (let round = 0; round < rounds; round++) {
    fast.push(perSecond(requests, (request) => decide(small, request)))
    many.push(perSecond(requests, (request) => decide(large, request)))
    peer.push(perSecond(requests, (request) => decideByMinimatch(peers, request)))
  }
  const [ours, more, theirs] = [median(fast) / 1e6, median(many) / 1e6, median(peer) / 1e6]
  const p99 = percentile99(small, requests)
  const unseen = unseenPerSecond(small) / 1e6
  const differences = requests.flatMap((request) =>
    [small, large].filter(
      (policy) => decide(policy, request).effect !== decideNaively(inputOf(policy), request),
    ),
  ).length
  const cold = median(Array.from({ length: rounds }, coldMs))
  return [
    row('decisions, 200 rules, 1,000 mixed requests', '≥ 1.5 M/s', `${ours.toFixed(2)} M/s`, ours >= 1.5),
    row(
      'the same beside precompiled minimatch',
      '≥ 3 ×',
      `${(ours / theirs).toFixed(1)} ×`,
      ours / theirs >= 3,
      `${theirs.toFixed(2)} M/s`,
    ),
    row('one decision, p99', '≤ 5 µs', `${p99.toFixed(2)} µs`, p99 <= 5),
    row('2,000 rules beside 200', '≤ 2 × slower', `${(ours / more).toFixed(2)} ×`, ours / more <= 2),
    row('paths not seen before, 200 rules', '', `${unseen.toFixed(2)} M/s`, true),
    row('decisions that differ from a naive reading', '0', `${differences}`, differences === 0),
    row('200 cached rules, as JSON, to the first decision', '≤ 1.5 ms', `${cold.toFixed(2)} ms`, cold <= 1.5),
  ]
}

function row(what: string, must: string, measured: string, holds: boolean, peer = ''): Row {
  return { what, must, measured, holds, peer }
}

function perSecond(requests: readonly Request[], decideOne: (request: Request) => unknown): number {
  const start = performance.now()
  for (let turn = 0; turn < 20; turn++) for (const request of requests) decideOne(request)
  return (requests.length * 20_000) / (performance.now() - start)
}

function percentile99(policy: Policy, requests: readonly Request[]): number {
  const times = Array.from({ length: 20 }, () => requests.map((request) => timed(policy, request))).flat()
  return Number(times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)])
}

/** In µs. */
function timed(policy: Policy, request: Request): number {
  const start = performance.now()
  decide(policy, request)
  return (performance.now() - start) * 1_000
}

function unseenPerSecond(policy: Policy): number {
  const requests = Array.from({ length: 20_000 }, (_, index): Request => {
    const target = `${root}/packages/pkg-${index % 50}/src/new-${index}/file-${index}.ts`
    return { resource: 'file', action: 'write', target }
  })
  const start = performance.now()
  for (const request of requests) decide(policy, request)
  return (requests.length * 1_000) / (performance.now() - start)
}

/** From the text of the cache; the modules are loaded, nothing else is. */
function coldMs(): number {
  const text = JSON.stringify(makeRules(200))
  const [request] = makeRequests()
  const start = performance.now()
  const policy = compilePolicy({ rules: JSON.parse(text) as Rule[], root, home, now: 0 })
  if (request) decide(policy, request)
  return performance.now() - start
}

function inputOf({ rules }: Policy) {
  return { rules, root, home, now: 0 }
}

function makePolicy(count: number): Policy {
  return compilePolicy(inputOf({ rules: makeRules(count) } as Policy))
}

/** The shares of the requests: of 20 rules 8 about files, 7 about commands, 3 about hosts, 2 about tools. */
export function makeRules(count: number): readonly Rule[] {
  return Array.from({ length: count }, (_, index) => {
    const [effect, text] = templates[index % templates.length]?.(Math.floor(index / templates.length)) ?? [
      'deny',
      'env:X',
    ]
    return rule(effect, text, index)
  })
}

type Template = (index: number) => readonly [Effect, string]

const templates: readonly Template[] = [
  (index) => ['allow', `file:packages/pkg-${index}/**:read,write`],
  (index) => ['deny', `file:**/.env.${index}*:*`],
  (index) => ['deny', `file:**/*.key${index}:*`],
  (index) => ['allow', `file:docs/part-${index}/*.md:write`],
  (index) => ['ask', `file:packages/pkg-${index}/package.json:write`],
  (index) => ['deny', `file:**/generated-${index}/**:write`],
  (index) => ['allow', `file:~/.cache/tool-${index}/**:read`],
  (index) => ['allow', `file:/usr/lib/lib-${index}/**:read`],
  (index) => ['allow', `shell:npm run task-${index} *`],
  (index) => ['allow', `shell:tool-${index} *`],
  (index) => ['ask', `shell:git push remote-${index} *`],
  (index) => ['deny', `shell:tool-${index} --force **`],
  (index) => ['allow', `shell:make target-${index}`],
  (index) => ['allow', `shell:node scripts/script-${index}.js *`],
  (index) => ['deny', `shell:curl https://host-${index}.example.com/*`],
  (index) => ['allow', `http:api-${index}.example.com/v1/*:get,post`],
  (index) => ['allow', `http:*.cdn-${index}.example.com:request`],
  (index) => ['deny', `http:bad-${index}.example.net:request`],
  (index) => ['allow', `mcp:server-${index}/*:call`],
  (index) => ['allow', `env:TOOL_${index}_*`],
]

function rule(effect: Effect, text: string, line: number): Rule {
  const source = { file: '.agent-os/AGENT.md', line, column: 1, text: `**${effect}** \`${text}\`` }
  return {
    effect,
    capabilities: [capability(text)],
    except: [],
    agents: [],
    layer: 'project',
    source,
    examples: [],
  }
}

function capability(text: string): Capability {
  const parsed = parseCapability(text)
  if (parsed.ok) return parsed.value
  throw new Error(`${text}: ${parsed.problems[0]?.message}`)
}

export function makeRequests(): readonly Request[] {
  return Array.from({ length: 1_000 }, (_, index) => {
    const kind = (index * 7) % 20
    const number = index % 13
    return kind < 8
      ? file(index, number)
      : kind < 15
        ? command(index, number)
        : kind < 18
          ? host(index, number)
          : tool(index, number)
  })
}

function file(index: number, number: number): Request {
  const targets = [
    `${root}/packages/pkg-${number}/src/part-${index % 37}/index.ts`,
    `${root}/packages/pkg-${number}/.env.${number}.local`,
    `${root}/docs/part-${number}/page-${index % 29}.md`,
    `${root}/packages/pkg-${number}/package.json`,
    `${home}/.cache/tool-${number}/entry-${index % 31}`,
    `${root}/elsewhere/file-${index % 41}.txt`,
  ]
  return {
    resource: 'file',
    action: index % 3 === 0 ? 'write' : 'read',
    target: targets[index % targets.length] ?? root,
  }
}

function command(index: number, number: number): Request {
  const lines = [
    `npm run task-${number} --silent`,
    `tool-${number} build src`,
    `make target-${number}`,
    `node scripts/script-${number}.js --all`,
    `ls -la src/part-${index % 17}`,
    `grep -rn word-${index % 19} src`,
  ]
  const words = (lines[index % lines.length] ?? 'ls').split(' ')
  return { resource: 'shell', action: 'execute', target: words.join(' '), words }
}

function host(index: number, number: number): Request {
  const targets = [
    `api-${number}.example.com:443/v1/items/${index % 23}`,
    `a.cdn-${number}.example.com:443`,
    `other-${number}.example.org:443`,
  ]
  return {
    resource: 'http',
    action: index % 2 === 0 ? 'get' : 'request',
    target: targets[index % targets.length] ?? '',
  }
}

function tool(index: number, number: number): Request {
  if (index % 2 === 0)
    return { resource: 'mcp', action: 'call', target: `server-${number}/read-${index % 11}` }
  return { resource: 'env', action: 'read', target: `TOOL_${number}_NAME` }
}

interface MinimatchRule {
  readonly resource: string
  readonly effect: Effect
  readonly glob: Minimatch
}

/** What a gate built on globs does: the rules of the resource, Denies first, until one matches. */
function compileMinimatch(rules: readonly Rule[]): ReadonlyMap<string, readonly MinimatchRule[]> {
  const order: readonly Effect[] = ['deny', 'ask', 'allow']
  const compiled = rules.flatMap(({ effect, capabilities }) =>
    capabilities.map(({ resource, pattern }) => ({
      resource,
      effect,
      glob: new Minimatch(asGlob(resource, pattern), { dot: true }),
    })),
  )
  return Map.groupBy(
    compiled.sort((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect)),
    ({ resource }) => resource,
  )
}

function asGlob(resource: string, pattern: string): string {
  if (resource !== 'file') return pattern.replace(/\*+$/, '**')
  return pattern.startsWith('/')
    ? pattern
    : pattern.startsWith('~/')
      ? home + pattern.slice(1)
      : `${root}/${pattern}`
}

function decideByMinimatch(
  rules: ReadonlyMap<string, readonly MinimatchRule[]>,
  { resource, target }: Request,
): string {
  return rules.get(resource)?.find(({ glob }) => glob.match(target))?.effect ?? 'deny'
}
