import {
  type Compilable,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { type Tables, tables } from './tables.ts'

type Run = Tables['runs']
type RunCounts = Pick<Run, 'id' | 'denied' | 'connections' | 'files' | 'events' | 'head'>
type RunProgress = Omit<
  Run,
  'reversed' | 'agent' | 'command' | 'cwd' | 'policy' | 'supervisor' | 'created_at'
>

/**
 * Every query of the store, typed by Kysely. It compiles them when the project is built (`compileQueries`), not when oos
 * runs: what runs is `compiled.ts`, so a run neither loads the builder nor pays for it.
 */
export interface Query<Parameters, Row> {
  readonly sql: string
  /** Names of the parameters, in the order of the question marks. */
  readonly parameters: readonly string[]
  /** Only in the type: what goes in and what comes out. */
  readonly types?: { parameters: Parameters; row: Row }
}

const heading = '// biome-ignore-all format: written by scripts/docs.ts from queries.ts\n'

class Parameter {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

export const queries = {
  insertRun: query((p: Run) => db.insertInto('runs').values(row('runs', p))),
  /** As `updateRun`, for the events that only count: this runs for each of them. */
  countEvent: query((p: RunCounts & { previous: string }) =>
    db
      .updateTable('runs')
      .set({ denied: p.denied, connections: p.connections, files: p.files, events: p.events, head: p.head })
      .where('id', '=', p.id)
      .where('head', '=', p.previous),
  ),
  /** Touches the row only if nobody else appended since it was read: the optimistic lock of a run. */
  updateRun: query((p: RunProgress & { previous: string }) =>
    db
      .updateTable('runs')
      .set({
        state: p.state,
        started_at: p.started_at,
        ended_at: p.ended_at,
        ended_by: p.ended_by,
        exit_code: p.exit_code,
        signal: p.signal,
        duration: p.duration,
        denied: p.denied,
        connections: p.connections,
        files: p.files,
        events: p.events,
        head: p.head,
      })
      .where('id', '=', p.id)
      .where('head', '=', p.previous),
  ),
  insertEvent: query((p: Tables['events']) => db.insertInto('events').values(row('events', p))),
  runById: query((p: { id: string }) => db.selectFrom('runs').selectAll().where('id', '=', p.id)),
  /** Ids only, which the index holds: a run is then read by its id, in half the time that one query takes. */
  idsByEnding: query((p: { from: string; to: string; limit: number }) =>
    db
      .selectFrom('runs')
      .select('id')
      .where('reversed', '>=', p.from)
      .where('reversed', '<', p.to)
      .orderBy('reversed')
      .limit(p.limit),
  ),
  runsBefore: query((p: { before: string; limit: number }) =>
    db.selectFrom('runs').selectAll().where('id', '<', p.before).orderBy('id', 'desc').limit(p.limit),
  ),
  runsUnfinished: query((_: Record<string, never>) =>
    db.selectFrom('runs').selectAll().where('ended_at', 'is', null).orderBy('id'),
  ),
  eventsAfter: query((p: { run: string; after: number; limit: number }) =>
    db
      .selectFrom('events')
      .select(['seq', 'body', 'hash'])
      .where('run', '=', p.run)
      .where('seq', '>', p.after)
      .orderBy('seq')
      .limit(p.limit),
  ),
  /** As `eventsAfter`, for who reads many and checks none. */
  bodiesAfter: query((p: { run: string; after: number; limit: number }) =>
    db
      .selectFrom('events')
      .select(['seq', 'body'])
      .where('run', '=', p.run)
      .where('seq', '>', p.after)
      .orderBy('seq')
      .limit(p.limit),
  ),
  /** The newest first. No index helps: it is for a person who asks about one commit or file. */
  eventsLike: query((p: { pattern: string; limit: number }) =>
    db
      .selectFrom('events')
      .select(['run', 'seq', 'body'])
      .where('body', 'like', p.pattern)
      .orderBy('run', 'desc')
      .orderBy('seq', 'desc')
      .limit(p.limit),
  ),
  insertMigration: query((p: Tables['migrations']) =>
    db.insertInto('migrations').values(row('migrations', p)),
  ),
}

export type Queries = typeof queries
export type QueryName = keyof Queries
export type ParametersOf<Name extends QueryName> =
  Queries[Name] extends Query<infer Parameters, unknown> ? Parameters : never
export type RowOf<Name extends QueryName> = Queries[Name] extends Query<never, infer Row> ? Row : never

/** The text of `compiled.ts`. */
export function renderCompiledQueries(): string {
  const entries = Object.entries(queries).map(([name, { sql, parameters }]) => {
    const list = parameters.map((parameter) => `'${parameter}'`).join(', ')
    return `  ${name}: {\n    sql: '${sql}',\n    parameters: [${list}],\n  },\n`
  })
  return `${heading}export const compiled = {\n${entries.join('')}} as const\n`
}

function query<Parameters, Row>(build: (parameters: Parameters) => Compilable<Row>): Query<Parameters, Row> {
  const parameters = new Proxy({}, { get: (_, name) => new Parameter(String(name)) })
  // The builder needs a value of the column's type where the compiled query has a named parameter.
  const { sql, parameters: values } = build(parameters as Parameters).compile()
  return { sql, parameters: values.map(nameOf) }
}

function row<Name extends keyof Tables>(table: Name, parameters: Tables[Name]): Tables[Name] {
  const columns = Object.keys(tables[table].shape) as (keyof Tables[Name])[]
  return Object.fromEntries(columns.map((column) => [column, parameters[column]])) as Tables[Name]
}

function nameOf(value: unknown): string {
  if (value instanceof Parameter) return value.name
  throw new TypeError('a query of the store takes named parameters only')
}
