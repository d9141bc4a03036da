import * as z from 'zod'
import { endings } from './events.ts'

const count = z.int().nonnegative()
const time = z.int().describe('ms since 1970')

const runStates = ['pending', 'running', 'paused', 'completed', 'failed'] as const
export type RunState = (typeof runStates)[number]

/** The tables as the newest migration leaves them; their types and docs/schema.md are read off these schemas. */
export const tables = {
  runs: z
    .strictObject({
      id: z.string().describe('ULID'),
      reversed: z.string().describe('`id` backwards: any ending of an id is a prefix of this'),
      agent: z.string(),
      command: z.string().describe('JSON array of words'),
      cwd: z.string(),
      policy: z.string().describe('content hash of the policy that every event of the run was decided by'),
      supervisor: z.string().describe('JSON: process that runs it, and how to tell whether it still lives'),
      state: z.enum(runStates),
      created_at: time,
      started_at: time.nullable(),
      ended_at: time.nullable(),
      ended_by: z.enum(endings).nullable(),
      exit_code: z.int().nullable(),
      signal: z.string().nullable(),
      denied: count.describe('decisions and connections that were not allowed'),
      connections: count.describe('`network.request` events'),
      files: count.describe('`file.changed` events'),
      events: count.describe('events so far, which is also the last `seq`'),
      head: z.string().describe('hash of the last event: a cut tail shows'),
      duration: count.nullable().describe('ms that the run took, as its last event says'),
    })
    .describe('One row a run: the fold of its events, kept so that a list need not read them.'),
  events: z
    .strictObject({
      run: z.string().describe('id of the run'),
      seq: z.int().positive().describe('counts from 1, without a gap'),
      body: z.string().describe('JSON: `seq`, `at`, `type` and the fields of that type'),
      hash: z.string().describe('SHA-256 over the previous hash and `body`'),
    })
    .describe('What happened, append-only, hash-chained per run.'),
  migrations: z
    .strictObject({ name: z.string(), applied_at: time })
    .describe('Which migrations were applied, and when. `PRAGMA user_version` is their number.'),
} as const

export type Tables = { [Name in keyof typeof tables]: z.infer<(typeof tables)[Name]> }
