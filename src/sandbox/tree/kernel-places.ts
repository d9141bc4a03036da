import { expandBraces } from '../../policy/match/braces.ts'
import { isBelow, isWithin } from '../../shared/within.ts'
import { kindOf } from '../look.ts'
import type { Access, TreeEntry } from '../types.ts'
import { type FileGlob, reading } from './access.ts'

/**
 * What each run has of its own, and never the machine's: in `/proc` are the memory and the environment of every process of
 * this user, and names that come and go while they are looked at.
 */
export function isKernelPlace(path: string): boolean {
  return wholes.has(path) || ofProcess.test(path) || ofAsking.test(path)
}

const wholes: ReadonlySet<string> = new Set(['/proc', '/dev', '/dev/pts'])
const ofProcess = /^\/proc\/\d+(?:\/|$)/
/** Of whichever process asks, by links. */
const ofAsking = /^\/(?:proc\/(?:self|thread-self|mounts|net)|dev\/(?:fd|stdin|stdout|stderr))(?:\/|$)/
/** What no program does without. */
const ownDevices = /^\/dev\/(?:null|zero|full|u?random|tty|ptmx|pts|shm)(?:\/|$)/

/** Where nothing can come to be that a rule names: no repository, no hooks. A project may lie in `/dev/shm`. */
export function isInKernel(path: string): boolean {
  return isBelow(path, '/proc') || (isBelow(path, '/dev') && !isWithin(path, '/dev/shm'))
}

/** No run turns the machine's own knobs, also as root. */
export function accessInKernel(path: string, access: Access): Access {
  return access === 'write' && isBelow(path, '/proc') ? 'read' : access
}

interface Wanted {
  readonly opens: boolean
  readonly writes: boolean
}

/** What is not held of a rule about files, for what a run has of its own. */
export function missingOfKernel(pattern: string, { opens, writes }: Wanted): string | undefined {
  const places = expandBraces(pattern).map((one) => one.replace(/\/\*\*$/, ''))
  if (!opens) {
    if (places.some((place) => /^\/proc\/.*[*?[]/.test(place)))
      return '`/proc` inside is of the run alone, and only whole names in it are closed'
    const own = places.find((place) => isKernelPlace(place) || ownDevices.test(place))
    return own && `\`${own}\` inside is of the run alone, and stays`
  }
  // Who means the process that asks gets what it means.
  const others = places.filter((place) => !ofAsking.test(place))
  if (writes && others.some((place) => isBelow(place, '/proc'))) return 'in `/proc` nothing is written'
  const wanted = others.find(isKernelPlace)
  return wanted && `\`${wanted}\` inside is of the run alone${instead(wanted)}`
}

function instead(place: string): string {
  return place === '/dev' ? '; name each device that it needs, as in `file:/dev/kvm:read,write`' : ''
}

/** The machine's files in `/proc` that rules deny: those of processes apart, they are in the run's own, too. */
export function deniedKernelEntries(globs: readonly FileGlob[]): TreeEntry[] {
  const denied = globs.flatMap(({ allows, acts, rule, glob: { literal } }): TreeEntry[] => {
    if (allows || (acts & reading) === 0 || literal === undefined || !isBelow(literal, '/proc')) return []
    const kind = isKernelPlace(literal) ? undefined : kindOf(literal)
    return kind === undefined ? [] : [{ path: literal, kind, access: 'none', rule }]
  })
  return denied.length === 0 ? [] : [{ path: '/proc', kind: 'directory', access: 'read' }, ...denied]
}
