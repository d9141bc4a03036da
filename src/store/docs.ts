import * as z from 'zod'
import { eventSchemas } from './events.ts'
import { migrations } from './migrations.ts'
import { tables } from './tables.ts'

interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

/** `docs/events.md`. */
export function renderEventsDoc(): string {
  const sections = Object.entries(eventSchemas).map(([type, schema]) => renderSection(`\`${type}\``, schema))
  return [
    '# Events',
    '',
    'Everything that happens in a run, in order, append-only. `oos runs show ID --json` prints them; each also has',
    '`type`, `seq` (counts from 1, without a gap) and `at` (ms since 1970). Each is chained to the one before by SHA-256:',
    '`oos runs verify ID` finds one that was changed, removed, moved, or cut off the end. Secrets are redacted before',
    'anything is stored.',
    '',
    ...sections,
  ].join('\n')
}

/** `docs/schema.md`. */
export function renderSchemaDoc(): string {
  const sections = Object.entries(tables).map(([name, schema]) => renderSection(`Table \`${name}\``, schema))
  return [
    '# The database',
    '',
    'SQLite, in `.oos/data/atlas.db`, in WAL mode. Any SQLite tool can read it: `sqlite3 -readonly .oos/data/atlas.db`.',
    '',
    `Schema version ${migrations.length} (\`PRAGMA user_version\`). An oos that is older than the database refuses it; a newer one`,
    'migrates it in one transaction.',
    '',
    'What oos acknowledged survives the death of every process, `kill -9` included. A power cut may cost the last',
    'transactions (the disk is synced at checkpoints, not at every event); it costs neither the ones before nor the file, and',
    'what is left still verifies. The hash chain shows changes by whoever cannot rewrite the whole record; it is no signature.',
    '',
    ...sections,
  ].join('\n')
}

function renderSection(title: string, schema: z.ZodType): string {
  const json = z.toJSONSchema(schema) as JsonSchema
  const rows = Object.entries(json.properties ?? {}).map(([name, field]) => {
    const optional = json.required?.includes(name) ? '' : ', optional'
    return `| \`${name}\` | ${typeText(field)}${optional} | ${field.description ?? ''} |`
  })
  return [
    `## ${title}`,
    '',
    json.description ?? '',
    '',
    '| field | type | |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function typeText(field: JsonSchema): string {
  if (field.anyOf) return field.anyOf.map(typeText).join(' or ')
  if (field.enum) return field.enum.map((value) => `\`${value}\``).join(', ')
  if (field.type === 'array' && field.items) return `list of ${typeText(field.items)}`
  if (field.properties) return `{ ${Object.keys(field.properties).join(', ')} }`
  return field.type ?? 'any'
}
