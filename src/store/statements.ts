import type Database from 'better-sqlite3'
import { compiled } from './compiled.ts'
import type { ParametersOf, QueryName, RowOf } from './queries.ts'

/** A query, ready to run with its named parameters. */
export interface Statement<Parameters, Row> {
  /** Says how many rows it changed. */
  run(parameters: Parameters): number
  all(parameters: Parameters): Row[]
}

export type Statements = <Name extends QueryName>(name: Name) => Statement<ParametersOf<Name>, RowOf<Name>>

/** Statements are prepared when first needed: a run that only appends pays for three of them. */
export function createStatements(db: Database.Database): Statements {
  const prepared = new Map<QueryName, Statement<never, unknown>>()
  return <Name extends QueryName>(name: Name) => {
    const statement = prepared.get(name) ?? prepare(db, name)
    prepared.set(name, statement)
    return statement as Statement<ParametersOf<Name>, RowOf<Name>>
  }
}

/** Bound by position: the driver looks named parameters up one by one, a sixth of an append's time. */
function prepare(db: Database.Database, name: QueryName): Statement<never, unknown> {
  const { sql, parameters } = compiled[name]
  const statement = db.prepare(sql)
  const bind = (values: Record<string, unknown>) => parameters.map((parameter) => values[parameter])
  return {
    run: (values) => statement.run(bind(values)).changes,
    all: (values) => statement.all(bind(values)),
  }
}
