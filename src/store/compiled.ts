// biome-ignore-all format: written by scripts/docs.ts from queries.ts
export const compiled = {
  insertRun: {
    sql: 'insert into "runs" ("id", "reversed", "agent", "command", "cwd", "policy", "supervisor", "state", "created_at", "started_at", "ended_at", "ended_by", "exit_code", "signal", "denied", "connections", "files", "events", "head", "duration") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    parameters: ['id', 'reversed', 'agent', 'command', 'cwd', 'policy', 'supervisor', 'state', 'created_at', 'started_at', 'ended_at', 'ended_by', 'exit_code', 'signal', 'denied', 'connections', 'files', 'events', 'head', 'duration'],
  },
  countEvent: {
    sql: 'update "runs" set "denied" = ?, "connections" = ?, "files" = ?, "events" = ?, "head" = ? where "id" = ? and "head" = ?',
    parameters: ['denied', 'connections', 'files', 'events', 'head', 'id', 'previous'],
  },
  updateRun: {
    sql: 'update "runs" set "state" = ?, "started_at" = ?, "ended_at" = ?, "ended_by" = ?, "exit_code" = ?, "signal" = ?, "duration" = ?, "denied" = ?, "connections" = ?, "files" = ?, "events" = ?, "head" = ? where "id" = ? and "head" = ?',
    parameters: ['state', 'started_at', 'ended_at', 'ended_by', 'exit_code', 'signal', 'duration', 'denied', 'connections', 'files', 'events', 'head', 'id', 'previous'],
  },
  insertEvent: {
    sql: 'insert into "events" ("run", "seq", "body", "hash") values (?, ?, ?, ?)',
    parameters: ['run', 'seq', 'body', 'hash'],
  },
  runById: {
    sql: 'select * from "runs" where "id" = ?',
    parameters: ['id'],
  },
  idsByEnding: {
    sql: 'select "id" from "runs" where "reversed" >= ? and "reversed" < ? order by "reversed" limit ?',
    parameters: ['from', 'to', 'limit'],
  },
  runsBefore: {
    sql: 'select * from "runs" where "id" < ? order by "id" desc limit ?',
    parameters: ['before', 'limit'],
  },
  runsUnfinished: {
    sql: 'select * from "runs" where "ended_at" is null order by "id"',
    parameters: [],
  },
  eventsAfter: {
    sql: 'select "seq", "body", "hash" from "events" where "run" = ? and "seq" > ? order by "seq" limit ?',
    parameters: ['run', 'after', 'limit'],
  },
  bodiesAfter: {
    sql: 'select "seq", "body" from "events" where "run" = ? and "seq" > ? order by "seq" limit ?',
    parameters: ['run', 'after', 'limit'],
  },
  eventsLike: {
    sql: 'select "run", "seq", "body" from "events" where "body" like ? order by "run" desc, "seq" desc limit ?',
    parameters: ['pattern', 'limit'],
  },
  insertMigration: {
    sql: 'insert into "migrations" ("name", "applied_at") values (?, ?)',
    parameters: ['name', 'applied_at'],
  },
} as const
