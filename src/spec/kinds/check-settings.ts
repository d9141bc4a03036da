import type { Span, SpecText } from '../markdown/text.ts'
import type { Report } from '../report.ts'
import { suggestWord } from '../spelling.ts'
import type { Setting } from '../types.ts'
import { findSettingSchema, settingSchemas } from './setting-schemas.ts'

/** What was found in a file, before anything is checked. */
export interface RawSetting extends Span {
  readonly key: string
  readonly value: string
}

/** Typed settings of one file. A key that is not known and a value that does not fit are reported. */
export function checkSettings(
  raw: readonly RawSetting[],
  text: SpecText,
  report: Report,
): readonly Setting[] {
  return raw.flatMap(({ key, value, ...span }) => {
    const schema = findSettingSchema(key)
    if (!schema) {
      const near = nearby(key)
      const fix = near.length === 1 ? `did you mean \`${near[0]}\`?` : suggestWord(key, near)
      report('settings/unknown', span, `oos has no setting \`${key.slice(0, 80)}\``, { fix })
      return []
    }
    const result = schema.safeParse(value)
    if (result.success) return [{ key, value: result.data, place: text.place(span) }]
    report('settings/value', span, `\`${key}\` cannot be \`${value.slice(0, 80)}\``, {
      fix: `it is ${schema.description ?? 'of another kind'}`,
    })
    return []
  })
}

/** Keys of the same section, or the one that is called so in another, with the names that were written in place of the stars. */
function nearby(key: string): readonly string[] {
  const parts = key.split('.')
  const all = Object.keys(settingSchemas).map((pattern) =>
    pattern
      .split('.')
      .map((name, index) => (name === '*' ? (parts[index] ?? 'NAME') : name))
      .join('.'),
  )
  const same = all.filter((name) => name.split('.')[0] === parts[0])
  const called = all.filter((name) => name.endsWith(`.${key}`))
  return same.length > 0 ? same : called.length > 0 ? called : all
}
