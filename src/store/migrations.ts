export interface Migration {
  readonly name: string
  readonly sql: string
}

/**
 * Append-only: a migration that was released is never edited, or two databases of one version differ.
 * `user_version` is the number of those applied.
 */
export const migrations: readonly Migration[] = [
  {
    name: '001-runs-and-events',
    sql: `
      create table migrations (
        name text not null primary key,
        applied_at integer not null
      ) strict, without rowid;

      create table runs (
        id text not null primary key,
        reversed text not null unique,
        agent text not null,
        command text not null,
        cwd text not null,
        policy text not null,
        supervisor text not null,
        state text not null check (state in ('pending', 'running', 'paused', 'completed', 'failed')),
        created_at integer not null,
        started_at integer,
        ended_at integer,
        ended_by text,
        exit_code integer,
        signal text,
        denied integer not null,
        connections integer not null,
        files integer not null,
        events integer not null,
        head text not null
      ) strict, without rowid;

      create index runs_unfinished on runs (id) where ended_at is null;

      create table events (
        run text not null references runs (id),
        seq integer not null,
        body text not null,
        hash text not null,
        primary key (run, seq)
      ) strict, without rowid;
    `,
  },
  {
    name: '002-duration-of-a-run',
    sql: `
      alter table runs add column duration integer;

      update runs set duration = (
        select cast(round(json_extract(body, '$.duration')) as integer)
        from events
        where run = runs.id and json_extract(body, '$.type') = 'run.ended'
        order by seq desc
        limit 1
      );
    `,
  },
]
