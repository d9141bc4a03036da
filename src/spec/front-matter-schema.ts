import type { z } from 'zod'
import type { FrontMatter } from './front-matter.ts'
import type { Report } from './report.ts'
import { frontMatterSchemas, type StrictKind } from './schema.ts'
import { suggestWord } from './spelling.ts'

type Output<Kind extends StrictKind> = z.output<(typeof frontMatterSchemas)[Kind]>

/** The front matter as its kind's schema has it, defaults filled in; undefined once something was reported. */
export function validateFrontMatter<Kind extends StrictKind>(
  kind: Kind,
  matter: FrontMatter,
  report: Report,
): Output<Kind> | undefined {
  const schema = frontMatterSchemas[kind]
  const result = schema.safeParse(matter.data ?? {})
  if (result.success) return result.data as Output<Kind>
  for (const issue of result.error.issues) reportIssue(issue, schema, matter, report)
  return undefined
}

function reportIssue(
  issue: z.core.$ZodIssue,
  schema: z.ZodObject,
  matter: FrontMatter,
  report: Report,
): void {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(issue.path.length === 0 ? schema.shape : nestedShape(schema, issue.path))
    for (const key of issue.keys) {
      const fix = suggestWord(key, known)
      report(
        'front-matter/unknown-key',
        matter.spanOf([...issue.path, key], 'key'),
        `\`${key.slice(0, 60)}\` is no key of this front matter`,
        { fix },
      )
    }
    return
  }
  const key = issue.path.join('.')
  const about = schema.shape[String(issue.path[0])]?.description
  const message =
    key === ''
      ? 'the front matter is no list of keys'
      : `\`${key.slice(0, 60)}\` has a value of the wrong kind`
  report('front-matter/value', matter.spanOf(issue.path), message, about ? { fix: `it is ${about}` } : {})
}

function nestedShape(schema: z.ZodObject, path: readonly PropertyKey[]): Readonly<Record<string, unknown>> {
  const field = schema.shape[String(path[0])]
  const inner = field?.def && 'innerType' in field.def ? (field.def.innerType as z.ZodType) : field
  return inner?.def && 'shape' in inner.def ? (inner.def.shape as Record<string, unknown>) : {}
}
