import * as z from 'zod'

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)
const days = whole(1, 36_500).describe('days that a copy is kept')
const period = z
  .string()
  .transform((text) =>
    text
      .toLowerCase()
      .replace(/^every\s+/, '')
      .replace(/\s+/g, ''),
  )
  .pipe(z.string().regex(/^(?:hourly|daily|weekly|monthly|\d{1,4}(?:s|sec|m|min|h|hours?|d|days?))$/))
  .describe('how often: hourly, daily, weekly, monthly, or such as 15min')
const lower = (...words: [string, ...string[]]) =>
  z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(words))

/** Every setting that oos knows, `*` standing for a name. The documentation is made from this list. */
export const settingSchemas = {
  'database.path': z.string().min(1).describe('the SQLite file'),
  'database.url': z
    .string()
    .regex(/^postgres(?:ql)?:\/\/\S+$/)
    .describe('a Postgres database in its place'),
  'database.journal_mode': lower('wal', 'delete', 'truncate', 'persist').describe('SQLite’s journal'),
  'database.busy_timeout': whole(0, 3_600_000).describe('ms that SQLite waits for a lock'),
  'database.cache_size': whole(-10_000_000, 10_000_000).describe('pages, or KiB if negative'),
  'database.synchronous': lower('off', 'normal', 'full', 'extra').describe('when SQLite waits for the disk'),
  'database.foreign_keys': lower('on', 'off').describe('whether references are checked'),
  'database.temp_store': lower('default', 'file', 'memory').describe('where SQLite keeps temporary tables'),
  'database.mmap_size': whole(0, 2 ** 40).describe('bytes of the database mapped to memory'),
  'database.wal_autocheckpoint': whole(0, 1_000_000).describe('pages after which the journal is moved over'),
  'services.*.port': whole(1, 65_535).describe('the port it listens on'),
  'services.*.host': z.string().min(1).describe('the address it listens on'),
  'services.*.url': z.url().describe('where it is reached'),
  'services.*.mode': z.string().min(1).describe('how it is started'),
  'services.*.access': z.string().min(1).describe('who may reach it, for people'),
  'timers.*.period': period,
  'timers.*.purpose': z.string().min(1).describe('what it is for'),
  'backup.path': z.string().min(1).describe('the folder of copies'),
  'backup.*.period': period,
  'backup.*.retain_days': days,
  'retention.*': days,
  'mirror.retries': whole(0, 100).describe('times that a failed call is tried again'),
  'mirror.truncate': whole(1, 50_000).describe('characters of a cell, at most'),
  'mirror.conflict': lower('database', 'sheet').describe('who wins when both sides changed'),
  'mirror.export.period': period,
  'mirror.import.period': period,
} as const satisfies Readonly<Record<string, z.ZodType<string | number>>>

/** The schema of a key, `services.datasette.port` by `services.*.port`. */
export function findSettingSchema(key: string): z.ZodType<string | number> | undefined {
  const parts = key.split('.')
  const entry = Object.entries(settingSchemas).find(([pattern]) => {
    const names = pattern.split('.')
    return (
      names.length === parts.length && names.every((name, index) => name === '*' || name === parts[index])
    )
  })
  return entry?.[1]
}
