import { dirname, join } from 'node:path'
import { OosError } from '../../shared/errors.ts'
import type { HookFacts, HookFile } from './facts.ts'
import { hasJob, withJobs, withoutJobs } from './lefthook.ts'
import { type HookName, hookNames } from './names.ts'
import { keptEnding, marker, renderBlock, renderHook, withoutBlock } from './script.ts'

/** One file, as it is and as it is to be; undefined where there is none. */
export interface HookEdit {
  readonly path: string
  readonly before: HookFile | undefined
  readonly after: HookFile | undefined
}

/** What is to be written so that oos checks commits and pushes here. Nothing where it does already. Pure. */
export function planInstall(facts: HookFacts): readonly HookEdit[] {
  const { settings } = facts
  if (facts.keeper === 'lefthook' && settings !== undefined)
    return changed([editText(facts, settings, (text) => withJobs(text, facts))])
  if (facts.keeper === 'husky') return changed(hookNames.map((name) => editHusky(facts, name)))
  return changed(hookNames.flatMap((name) => editPlain(facts, name)))
}

/** The way back: what was remembered, where nobody has written since; else our own lines are taken out. Pure. */
export function planUninstall(facts: HookFacts, remembered: readonly HookEdit[]): readonly HookEdit[] {
  const known = remembered.flatMap(({ path, before, after }): HookEdit[] =>
    isSameFile(facts.files.get(path), after) ? [{ path, before: after, after: before }] : [],
  )
  const done = new Set(known.map(({ path }) => path))
  return changed([...known, ...removals(facts).filter(({ path }) => !done.has(path))])
}

/**
 * What is to be remembered once these are made. What we wrote ourselves is nothing to go back to: there the first time
 * counts. Where somebody has written into it since, nothing is remembered, so that our lines alone are taken out. Pure.
 */
export function planMemory(edits: readonly HookEdit[], known: readonly HookEdit[]): readonly HookEdit[] {
  const others = known.filter(({ path }) => !edits.some((edit) => edit.path === path))
  const own = edits.flatMap((edit): readonly HookEdit[] => {
    if (!textOf(edit.before).includes(marker)) return [edit]
    const earlier = known.find(({ path, after }) => path === edit.path && isSameFile(after, edit.before))
    return earlier === undefined ? [] : [{ ...edit, before: earlier.before }]
  })
  return [...others, ...own]
}

/** Which hooks are ours. Pure. */
export function installedHooks(facts: HookFacts): ReadonlyMap<HookName, string> {
  const { settings, folder, files } = facts
  const own = hookNames.filter((name) => {
    if (settings !== undefined) return hasJob(textOf(files.get(settings)), name)
    return textOf(files.get(join(folder, name))).includes(marker)
  })
  return new Map(own.map((name) => [name, settings ?? join(folder, name)]))
}

function editPlain({ folder, files, project, memory }: HookFacts, name: HookName): readonly HookEdit[] {
  const path = join(folder, name)
  const stamped = dirname(dirname(memory)) === folder
  const before = files.get(path)
  const edit: HookEdit = {
    path,
    before,
    after: { bytes: Buffer.from(renderHook(name, { project, stamped })), mode: 0o755 },
  }
  if (before === undefined || textOf(before).includes(marker)) return [edit]
  const kept = path + keptEnding
  if (!files.has(kept)) return [{ path: kept, before: undefined, after: before }, edit]
  throw new OosError('hooks-refused', `both \`${path}\` and \`${kept}\` are there, and neither is from oos`, {
    hint: `look which of the two counts, and remove the other: rm '${kept}'`,
  })
}

function editHusky(facts: HookFacts, name: HookName): HookEdit {
  const path = join(facts.folder, name)
  return editText(facts, path, (text) => {
    const own = withoutBlock(text)
    const [head = ''] = /^(?:#!.*\n)?(?:\. .*husky\.sh.*\n)?/.exec(own) ?? []
    return `${head === '' && own === '' ? '#!/bin/sh\n' : head}${renderBlock(name, facts)}${own.slice(head.length)}`
  })
}

function editText({ files }: HookFacts, path: string, edit: (text: string) => string): HookEdit {
  const before = files.get(path)
  if (before !== undefined && 'link' in before) {
    throw new OosError('hooks-refused', `\`${path}\` is a symbolic link`, {
      hint: 'write into the file that it leads to',
    })
  }
  return { path, before, after: { bytes: Buffer.from(edit(textOf(before))), mode: before?.mode ?? 0o755 } }
}

/** Without a memory: in a clone, where somebody else has installed the hooks. */
function removals(facts: HookFacts): readonly HookEdit[] {
  const { settings, keeper, folder, files } = facts
  if (settings !== undefined) return [editText(facts, settings, withoutJobs)]
  return hookNames.flatMap((name): readonly HookEdit[] => {
    const path = join(folder, name)
    const before = files.get(path)
    if (!textOf(before).includes(marker)) return []
    if (keeper === 'husky') return [removeBlock(facts, path)]
    const kept = path + keptEnding
    return [
      { path, before, after: files.get(kept) },
      { path: kept, before: files.get(kept), after: undefined },
    ]
  })
}

/** A file with nothing else in it was ours. */
function removeBlock(facts: HookFacts, path: string): HookEdit {
  const edit = editText(facts, path, withoutBlock)
  return textOf(edit.after).replace(/^#!\/bin\/sh\n$/, '') === '' ? { ...edit, after: undefined } : edit
}

function changed(edits: readonly HookEdit[]): readonly HookEdit[] {
  return edits.filter(({ before, after }) => !isSameFile(before, after))
}

function isSameFile(one: HookFile | undefined, other: HookFile | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  if ('link' in one || 'link' in other) return 'link' in one && 'link' in other && one.link === other.link
  return one.mode === other.mode && one.bytes.equals(other.bytes)
}

function textOf(file: HookFile | undefined): string {
  return file === undefined || 'link' in file ? '' : file.bytes.toString('utf8')
}
