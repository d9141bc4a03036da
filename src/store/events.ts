import * as z from 'zod'

const count = z.int().nonnegative()
const effect = z.enum(['allow', 'ask', 'deny'])

const rule = z
  .strictObject({
    file: z.string().describe('the spec, as shown to people'),
    line: count,
    column: count.optional(),
    text: z.string().describe('the rule as written, on one line'),
    reason: z.string().optional(),
  })
  .describe('the rule behind it')

const supervisor = z
  .strictObject({
    pid: count,
    started: z
      .string()
      .describe('start time of that process, so that a later process with its number is not taken for it'),
    boot: z.string().describe('boot id of the machine'),
    namespace: z.string().describe('process namespace in which `pid` counts'),
  })
  .describe('the oos that runs it')

export const endings = [
  'exit',
  'signal',
  'timeout',
  'memory',
  'processes',
  'output',
  'disk',
  'cpu',
  'interrupted',
  'failed',
  'refused',
  'lost',
] as const

/** Every kind of event, once: the types, the checks and docs/events.md are read off these schemas. */
export const eventSchemas = {
  'run.created': z
    .strictObject({
      agent: z.string().describe('the definition it runs under; `command` without one'),
      command: z.array(z.string()).describe('the words of the command'),
      cwd: z.string(),
      policy: z
        .string()
        .describe('content hash of the policy: every later event of the run was decided by it'),
      supervisor,
      learning: z
        .literal(true)
        .optional()
        .describe('it learnt: what no rule allows was let through and recorded'),
    })
    .describe('A run was asked for and its policy read.'),
  'run.started': z
    .strictObject({ pid: count.optional().describe('process on the host that holds the sandbox') })
    .describe('The sandbox is up and the command runs.'),
  'run.ended': z
    .strictObject({
      endedBy: z
        .enum(endings)
        .describe('`refused`: it never began · `lost`: its oos was gone without having written an end'),
      code: z.int().optional().describe('exit code'),
      signal: z.string().optional(),
      duration: z.number().nonnegative().optional().describe('ms from start to end'),
      peakMemory: count.optional().describe('bytes'),
      cpu: z.number().nonnegative().optional().describe('ms of CPU time'),
      output: count.optional().describe('bytes written to stdout and stderr'),
    })
    .describe('The command and everything it left running is gone.'),
  decision: z
    .strictObject({
      resource: z.string(),
      action: z.string(),
      target: z.string(),
      agent: z.string().optional(),
      effect,
      rule: rule.optional(),
      reason: z.string().optional().describe('in words, where no rule says it'),
      answer: z.enum(['yes', 'no']).optional().describe('what a person at the terminal said to an Ask'),
    })
    .describe('The policy was asked, and answered.'),
  'network.request': z
    .strictObject({
      host: z.string(),
      port: count,
      method: z.string().optional(),
      path: z.string().optional(),
      effect,
      rule: rule.optional(),
      reason: z.string().optional(),
      address: z.string().optional().describe('what was dialled'),
      sent: count.optional().describe('bytes'),
      received: count.optional().describe('bytes'),
      duration: count.optional().describe('ms; it was asked that long before it was recorded'),
    })
    .describe('A connection was asked of the proxy; recorded when it is over.'),
  'file.changed': z
    .strictObject({
      path: z.string().describe('relative to the project'),
      change: z.enum(['created', 'changed', 'deleted']),
      bytes: count.optional().describe('size afterwards'),
      effect: effect.optional().describe('what the rules of the run said to that, where it was no'),
      rule: rule.optional(),
    })
    .describe('The run left this file other than it found it.'),
  'learn.access': z
    .strictObject({
      resource: z.enum(['file', 'env']),
      action: z.string(),
      target: z.string().describe('a path, relative to the project if it lies there; or a name'),
      outcome: z
        .enum(['let', 'refused', 'wanted'])
        .describe('let through · refused by a rule · not opened by this run, and there on the machine'),
      folder: z.literal(true).optional().describe('a folder, listed or made or removed'),
      below: z
        .literal(true)
        .optional()
        .describe('not the folder alone: things in it, too many to be told apart'),
      count,
      rule: rule.optional(),
    })
    .describe('A run that learns used this, and the rules alone do not allow it.'),
  'git.commit': z
    .strictObject({
      repository: z.string().optional().describe('its work tree, if it is not the project'),
      commit: z.string().describe('id'),
      effect,
      path: z.string().optional().describe('the first that it may not write'),
      action: z.string().optional().describe('what it does to that: `create`, `change`, `delete`'),
      rule: rule.optional(),
      reason: z.string().optional(),
    })
    .describe('The run added this commit to a repository.'),
  'git.ref': z
    .strictObject({
      repository: z.string().optional().describe('its work tree, if it is not the project'),
      ref: z.string().describe('`refs/heads/main`, or `HEAD`'),
      from: z.string().optional().describe('id before the run'),
      to: z.string().optional().describe('id that the run left'),
      effect,
      act: z.string().optional().describe('as a rule names it: `git:main:commit`'),
      rule: rule.optional(),
      reason: z.string().optional(),
      kept: z.string().optional().describe('the name that `to` is kept under, if it was put back'),
    })
    .describe(
      'The run made, moved or removed this name in a repository. Unless `effect` is `allow`, it was put back.',
    ),
  'git.staged': z
    .strictObject({
      repository: z.string().optional().describe('its work tree, if it is not the project'),
      path: z.string(),
      action: z.string(),
      effect,
      rule: rule.optional(),
      reason: z.string().optional(),
    })
    .describe('The run had staged what it may not write; it was taken out of the index.'),
  'limit.hit': z
    .strictObject({
      limit: z.enum(['timeout', 'memory', 'processes', 'output', 'disk', 'cpu']),
      value: z.number().describe('ms, bytes or a count'),
      heldBy: z.string().optional(),
      rule: rule.optional(),
    })
    .describe('A limit was reached.'),
  note: z
    .strictObject({ level: z.enum(['note', 'warning']), text: z.string() })
    .describe('Something a reader of the record should know.'),
} as const

export type EventType = keyof typeof eventSchemas
type Tagged<Type extends EventType> = { type: Type } & z.infer<(typeof eventSchemas)[Type]>

/** What can happen in a run. */
export type OosEvent = { [Type in EventType]: Tagged<Type> }[EventType]
export type EventOf<Type extends EventType> = Tagged<Type>
export type RuleReference = z.infer<typeof rule>
export type Supervisor = z.infer<typeof supervisor>
export type EndedBy = (typeof endings)[number]

/** An event as it lies in the record. */
export type StoredEvent = OosEvent & { readonly seq: number; readonly at: number }
