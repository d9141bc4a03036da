import { lstatSync } from 'node:fs'
import { basename, dirname, relative } from 'node:path'
import { deviceOf, findMoved, movedSnapshot, placeAt } from '../../ops/commits/find-moved.ts'
import type { RepositoryPlace } from '../../ops/commits/snapshot.ts'
import { findShut, identityOf, openDown } from '../../sandbox/held.ts'
import { onDisk } from '../../shared/bytes.ts'
import { isBelow } from '../../shared/within.ts'
import type { OosEvent } from '../../store/events.ts'
import type { WatchedRepository } from './unchecked.ts'

/** One that is looked after where it lies now. */
export interface LookedAfter extends WatchedRepository {
  /** The top of its work tree when the run began, where that was another. */
  readonly movedFrom?: string
}

export interface Whereabouts {
  readonly found: readonly LookedAfter[]
  /** Something else stands in their place, or nothing, and they lie nowhere in the project. */
  readonly lost: readonly WatchedRepository[]
  /** Folders on the way to them that were shut. */
  readonly opened: readonly string[]
}

/**
 * A run may put another repository, or a link to one, in the place of one that it can move: that is not the run's to judge.
 * One that was moved is looked after in its new place, but only where nothing has taken the old one: what git finds there
 * would go unjudged.
 */
export function findWatched(repositories: readonly WatchedRepository[], root: string): Whereabouts {
  const found: LookedAfter[] = []
  const lost: WatchedRepository[] = []
  const opened: string[] = []
  for (const each of repositories) {
    const { common } = each.place
    if (isBelow(common, root)) opened.push(...openDown(root, dirname(common), each.shut))
    const now = isThere(each) ? each : moved(each, root)
    if (now === undefined) lost.push(each)
    else found.push(now)
  }
  return { found, lost, opened }
}

export function identify(
  place: RepositoryPlace,
  root: string,
): Pick<WatchedRepository, 'folders' | 'device' | 'shut'> {
  const { common } = place
  const shut = isBelow(common, root) ? findShut(root, dirname(common)) : []
  return { folders: foldersOf(place), device: deviceOf(common), shut }
}

function foldersOf({ common, trees }: RepositoryPlace): readonly string[] {
  return [common, ...trees.map(({ gitDir }) => gitDir)].map((path) => identityOf(path) ?? '')
}

function isThere({ place, folders }: WatchedRepository): boolean {
  return folders === undefined || foldersOf(place).join() === folders.join()
}

function moved(each: WatchedRepository, root: string): LookedAfter | undefined {
  const { place, folders, device, before, earlier } = each
  const [folder] = folders ?? []
  const [tree] = place.trees
  const isWhole = tree?.gitDir === place.common && basename(place.common) === '.git'
  if (!folder || device === undefined || !isWhole || !isFree(place.common)) return undefined
  const common = findMoved(root, { folder, device })
  if (common === undefined) return undefined
  return {
    ...each,
    place: placeAt(common),
    before: movedSnapshot(before, place.common, common),
    earlier: earlier && movedSnapshot(earlier, place.common, common),
    movedFrom: tree.top,
  }
}

/** Not where that cannot be seen. */
function isFree(path: string): boolean {
  try {
    return lstatSync(onDisk(path), { throwIfNoEntry: false }) === undefined
  } catch {
    return false
  }
}

export function tellWhereabouts({ found, lost, opened }: Whereabouts, root: string): readonly OosEvent[] {
  const named = (top: string) => `\`${relative(root, top) || '.'}\``
  return [
    ...opened.map((folder) => tellOpened(named(folder))),
    ...lost.map(({ place }): OosEvent => {
      const text = `the repository in ${named(topOf(place))} is not the one that was there when the run began: nothing in it was judged or put back`
      return { type: 'note', level: 'warning', text }
    }),
    ...found.flatMap(({ place, movedFrom }): OosEvent[] => {
      if (movedFrom === undefined) return []
      const text = `the repository in ${named(movedFrom)} lies in ${named(topOf(place))} now, and is looked after there`
      return [{ type: 'note', level: 'note', text }]
    }),
  ]
}

export function tellOpened(folder: string): OosEvent {
  return {
    type: 'note',
    level: 'warning',
    text: `${folder} was shut while this ran, and is open to you again`,
  }
}

export const topOf = ({ trees, common }: RepositoryPlace) => trees[0]?.top ?? common
