import * as z from 'zod'

/** `oos:node`, `./rules/team.md`, or the same with a hole. */
const extension = z.union([
  z.string().min(1),
  z.strictObject({
    pack: z.string().min(1).describe('the pack to take in: `oos:NAME` or `./rules/FILE.md`'),
    except: z.array(z.string().min(1)).describe('capabilities that the pack’s rules do not speak of here'),
  }),
])

const shared = {
  title: z.string().optional().describe('a name for people'),
  description: z.string().optional().describe('what the file is for, in a sentence'),
  version: z
    .union([z.string(), z.number()])
    .optional()
    .describe('a version for people; oos does not compare it'),
  extends: z
    .union([extension, z.array(extension)])
    .default([])
    .describe(
      'packs whose rules hold as if they stood in this file: `oos:node`, `./rules/team.md`, or with holes `{pack: oos:secrets, except: ["file:test/**:read"]}`',
    ),
}

const words = z.union([z.string().min(1), z.array(z.string().min(1))])
const quantity = z.union([z.string().min(1), z.number()])

const limits = z
  .strictObject({
    timeout: quantity.optional().describe('wall-clock time of a run: `30m`'),
    memory: quantity.optional().describe('memory of the whole process tree: `4GB`'),
    processes: quantity.optional().describe('processes and threads at one time'),
    disk: quantity.optional().describe('what a run may write in all: `2GB`'),
    output: quantity.optional().describe('what a run may print: `10MB`'),
    cpu: quantity.optional().describe('processor time: `10m`'),
    tokens: quantity.optional().describe('tokens of language models: `2M/day`'),
    usd: quantity.optional().describe('money for language models: `5/day`'),
  })
  .describe('the same as a rule **Limit** `run:NAME{…}`')

const rulesSchema = z.strictObject(shared)

/** What the front matter of each strict kind may have. */
export const frontMatterSchemas = {
  agent: rulesSchema,
  stack: rulesSchema,
  contract: rulesSchema,
  runbook: rulesSchema,
  rules: rulesSchema,
  lessons: rulesSchema,
  definition: z.strictObject({
    ...shared,
    name: z.string().min(1).optional().describe('what the agent is called by; the file’s name if left out'),
    command: words
      .default([])
      .describe('the program it runs, with its arguments; empty: given on the command line'),
    model: z.string().min(1).optional().describe('the language model it uses, as `provider/model`'),
    tools: words.default([]).describe('tools that it is offered; rules decide what they may do'),
    limits: limits.default({}),
  }),
} as const

export type StrictKind = keyof typeof frontMatterSchemas
export type RulesFrontMatter = z.output<typeof rulesSchema>
export type DefinitionFrontMatter = z.output<(typeof frontMatterSchemas)['definition']>
