import { join } from 'node:path'
import { removePacked, removeRef, replaceFile, writeRef } from './ref-files.ts'
import { isRefName } from './refs.ts'
import type { Steps } from './steps.ts'
import type { JudgedRef } from './verdict.ts'

export interface PutBackPlan {
  readonly common: string
  readonly run: string
  /** All of them refused. */
  readonly refs: readonly JudgedRef[]
  /** Commits that nothing but a log or a half-done merge led to. */
  readonly lost: readonly string[]
  /** What `packed-refs` says now. */
  readonly packed: string
  readonly steps: Steps
}

/**
 * Moves what a run may not keep to names of its own, then gives every name back what it had. Nothing is lost. Says where
 * each name's commit is kept.
 */
export function putBack({
  common,
  run,
  refs,
  lost,
  packed,
  steps,
}: PutBackPlan): ReadonlyMap<string, string> {
  const attempt = (name: string, act: () => void) => steps.attempt(`\`${name}\` could not be put back`, act)
  const kept = new Map<string, string>()
  const put = (name: string, place: string, id: string) =>
    attempt(name, () => {
      writeRef(common, place, id)
      kept.set(name, place)
    })
  const [heads, names] = [refs.filter(isHead), refs.filter((ref) => !isHead(ref))]
  for (const { name, keep: id } of names) if (id !== undefined) put(name, quarantineName(run, name, id), id)
  for (const { name, keep: id } of heads) {
    if (id !== undefined && !names.some((other) => other.keep === id))
      put(name, quarantineName(run, 'refs/HEAD', id), id)
  }
  for (const id of lost) put(id, quarantineName(run, `refs/lost/${id.slice(0, 12)}`, id), id)
  const gone = names.filter(({ value }) => value === undefined).map(({ name }) => name)
  for (const name of gone) attempt(name, () => removeRef(common, name))
  if (gone.length > 0 && packed !== '')
    attempt('packed-refs', () => removePacked(common, packed, new Set(gone)))
  for (const { name, value } of names)
    if (value !== undefined) attempt(name, () => writeRef(common, name, value))
  for (const { gitDir, value } of heads) {
    if (gitDir !== undefined && value !== undefined)
      attempt('HEAD', () => replaceFile(join(gitDir, 'HEAD'), `${value}\n`))
  }
  return kept
}

const isHead = ({ gitDir }: JudgedRef) => gitDir !== undefined

function quarantineName(run: string, name: string, id: string): string {
  const place = `refs/oos/quarantine/${run}/${name.replace(/^refs\//, '')}`
  return isRefName(place) ? place : `refs/oos/quarantine/${run}/other/${id.slice(0, 12)}`
}
