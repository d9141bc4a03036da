// Written by scripts/queries.ts from queries.ts: do not edit.
export const compiled = {
  insertRun:
    'insert into "runs" ("id", "reversed", "agent", "command", "cwd", "policy", "supervisor", "state", "created_at", "started_at", "ended_at", "ended_by", "exit_code", "signal", "denied", "connections", "files", "events", "head") values (@id, @reversed, @agent, @command, @cwd, @policy, @supervisor, @state, @created_at, @started_at, @ended_at, @ended_by, @exit_code, @signal, @denied, @connections, @files, @events, @head)',
  updateRun:
    'update "runs" set "state" = @state, "started_at" = @started_at, "ended_at" = @ended_at, "ended_by" = @ended_by, "exit_code" = @exit_code, "signal" = @signal, "denied" = @denied, "connections" = @connections, "files" = @files, "events" = @events, "head" = @head where "id" = @id and "head" = @previous',
  insertEvent: 'insert into "events" ("run", "seq", "body", "hash") values (@run, @seq, @body, @hash)',
  runById: 'select * from "runs" where "id" = @id',
  runsByEnding:
    'select * from "runs" where "reversed" >= @from and "reversed" < @to order by "reversed" limit @limit',
  runsBefore: 'select * from "runs" where "id" < @before order by "id" desc limit @limit',
  runsUnfinished: 'select * from "runs" where "ended_at" is null order by "id"',
  eventsAfter:
    'select "seq", "body", "hash" from "events" where "run" = @run and "seq" > @after order by "seq" limit @limit',
  insertMigration: 'insert into "migrations" ("name", "applied_at") values (@name, @applied_at)',
} as const
