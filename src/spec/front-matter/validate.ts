import type * as z from 'zod'
import type { Report } from '../report.ts'
import { suggestWord } from '../spelling.ts'
import type { FrontMatter } from './read.ts'
import { frontMatterSchemas, type StrictKind } from './schemas.ts'

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
  const path = deepest(issue)
  const missing = path.length > 1 && valueAt(matter.data, path) === undefined
  const key = path.join('.')
  const about = schema.shape[String(issue.path[0])]?.description
  const message =
    key === ''
      ? 'the front matter is no list of keys'
      : `\`${key.slice(0, 60)}\` ${missing ? 'is missing' : 'has a value of the wrong kind'}`
  const span = matter.spanOf(missing ? path.slice(0, -1) : path)
  report(
    'front-matter/value',
    span,
    message,
    about ? { fix: `\`${issue.path[0]?.toString()}\` is ${about}` } : {},
  )
}

/** Of the shapes that a value may have, where it departs from the one that it comes nearest to. */
function deepest(issue: z.core.$ZodIssue, above: readonly PropertyKey[] = []): readonly PropertyKey[] {
  const path = [...above, ...issue.path]
  const inner = issue.code === 'invalid_union' ? issue.errors.flat().map((one) => deepest(one, path)) : []
  return inner.reduce((best, one) => (one.length > best.length ? one : best), path)
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    data,
  )
}

function nestedShape(schema: z.ZodObject, path: readonly PropertyKey[]): Readonly<Record<string, unknown>> {
  const field = schema.shape[String(path[0])]
  const inner = field?.def && 'innerType' in field.def ? (field.def.innerType as z.ZodType) : field
  return inner?.def && 'shape' in inner.def ? (inner.def.shape as Record<string, unknown>) : {}
}
