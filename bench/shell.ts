import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { forEachChild, parse, type SyntaxNode } from 'unbash'
import { parseCapability } from '../src/policy/capability/capability.ts'
import { compilePolicy } from '../src/policy/compile.ts'
import { decide } from '../src/policy/decide.ts'
import { parseCommands } from '../src/policy/shell/reading.ts'
import type { Effect, Rule } from '../src/policy/types.ts'
import { median, type Row } from './row.ts'

const lines = 1_000
const rounds = 60
const most = 1.5

/**
 * From the text to its commands, and to the decision, beside the parser. unbash cuts words up when they are asked for,
 * so it has parsed a text once its words are read: that is what the limit is taken of. The other figure stands beside it.
 */
export function bench(): readonly Row[] {
  const texts = makeLines()
  const policy = makePolicy()
  const requests = texts.map((target) => ({ resource: 'shell', action: 'execute', target }) as const)
  const [parsed = [], worded = [], read = [], decided = []] = measure(texts, [
    (text) => parse(text),
    (text) => readWords(parse(text)),
    (text) => parseCommands(text),
    (_, index) => decide(policy, requests[index] as (typeof requests)[number]),
  ])
  const row = (what: string, times: readonly number[]): Row => ({
    what,
    must: `≤ ${most} × the parser alone, its words read`,
    measured: `${ratio(times, worded)} (${median(times).toFixed(2)} µs); ${ratio(times, parsed)} of the parser whose words nobody reads`,
    peer: `unbash ${median(worded).toFixed(2)} µs; ${median(parsed).toFixed(2)} without its words`,
    holds: median(times) <= most * median(worded),
  })
  return [
    row('shell text to commands, warm, median line', read),
    row('shell text to decision, warm, median line', decided),
  ]
}

function ratio(times: readonly number[], peer: readonly number[]): string {
  return `${(median(times) / median(peer)).toFixed(2)} ×`
}

/** What every reader of the tree has to do at least. */
function readWords(node: SyntaxNode): number {
  let length = 0
  forEachChild(node, (child) => {
    length += child.type === 'Word' ? child.value.length : readWords(child)
  })
  return length
}

/** The best of some rounds for each line, in µs: the rounds of the three take turns. */
function measure(
  texts: readonly string[],
  works: readonly ((text: string, index: number) => unknown)[],
): number[][] {
  const best = works.map(() => texts.map(() => Number.POSITIVE_INFINITY))
  for (let round = 0; round < rounds; round++)
    works.forEach((work, kind) => {
      texts.forEach((text, index) => {
        const times = best[kind]
        if (times)
          times[index] = Math.min(
            times[index] ?? 0,
            timeOf(() => work(text, index)),
          )
      })
    })
  return best
}

const repeats = 20

function timeOf(work: () => unknown): number {
  const start = process.hrtime.bigint()
  for (let repeat = 0; repeat < repeats; repeat++) work()
  return Number(process.hrtime.bigint() - start) / repeats / 1_000
}

/** The checked-in lines, their marks filled in by turns. */
function makeLines(): string[] {
  const templates = readFileSync(join(import.meta.dirname, 'shell-lines.txt'), 'utf8')
    .trimEnd()
    .split('\n')
  let turn = 0
  const fill = (mark: string, name: string): string => {
    const values = fillings[name]
    return values?.[(turn++ * 7) % values.length] ?? mark
  }
  return Array.from({ length: lines }, (_, index) =>
    (templates[index % templates.length] ?? '').replaceAll('\\n', '\n').replaceAll(/\{(\w+)\}/g, fill),
  )
}

const files =
  'src/index.ts src/cli/main.ts test/parser.test.ts README.md package.json src/components/Button.tsx lib/core/engine.py'
const fillings: Readonly<Record<string, readonly string[]>> = {
  file: files.split(' '),
  file2: 'src/index.old.ts docs/guide.md /tmp/expected.json'.split(' '),
  dir: 'src test packages/core ./lib app/models'.split(' '),
  name: 'parser user-list config alice server'.split(' '),
  word: 'parseConfig TODO useState FIXME deprecated render'.split(' '),
  title: ['parses an empty file', 'renders the list'],
  message: ['Fix the parser for empty input', 'Add tests for curl and git push', 'Bump dependencies'],
  script: 'build lint dev format test:unit'.split(' '),
  pkg: 'lodash @types/node vitest left-pad'.split(' '),
  ext: 'ts tsx json py'.split(' '),
  n: '1 5 20 40 100'.split(' '),
  m: '120 3000 8080 250'.split(' '),
}

function makePolicy() {
  const allows = [
    'shell:npm *',
    'shell:npx {vitest,tsc,eslint,prettier} *',
    'shell:git {status,diff,log,show,add,commit} *',
    'shell:{ls,cat,head,tail,wc,rg,grep,find,sort,sed,awk,echo,cd,pwd} *',
    'shell:node *',
    'file:**:read,write',
    'git:*:commit',
  ]
  const denies = [
    'shell:curl *',
    'shell:rm -rf *',
    'shell:git push --force *',
    'shell:docker run --privileged *',
  ]
  const asks = ['shell:git push *', 'git:*:push', 'shell:npm publish *']
  const rules = [
    ...allows.map((text) => makeRule('allow', text)),
    ...denies.map((text) => makeRule('deny', text)),
    ...asks.map((text) => makeRule('ask', text)),
  ]
  return compilePolicy({ rules, root: '/home/ada/shop', home: '/home/ada', now: 0 })
}

function makeRule(effect: Effect, text: string): Rule {
  const parsed = parseCapability(text)
  if (!parsed.ok) throw new Error(`\`${text}\` is no capability`)
  const source = { file: 'AGENT.md', line: 1, column: 1, text }
  return {
    effect,
    capabilities: [parsed.value],
    except: [],
    agents: [],
    source,
    layer: 'project',
    examples: [],
  }
}
