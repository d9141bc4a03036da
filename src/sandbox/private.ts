import { dirname } from 'node:path'
import { isBelow } from '../shared/within.ts'
import { deviceMounts } from './devices.ts'
import { cacheMounts } from './home.ts'
import type { MachineFacts, Mount } from './types.ts'

const mebibyte = 1024 * 1024

/** What every run has for itself, and what of the kernel it must not see. */
export function privateMounts(machine: MachineFacts, cacheHome: string): Mount[] {
  return [
    { kind: 'proc', path: '/proc', note: "the run's own processes" },
    // Whoever writes into its memory can have it outlive oos.
    { kind: 'mask-folder', path: '/proc/1', note: 'bubblewrap itself, with which the run ends' },
    ...ownMounts(machine.home, cacheHome),
    ...deviceMounts(machine.devices),
    ...kernelMounts(machine),
  ]
}

/** The one of a run's own places, where nothing of the host's is, that a path lies in. */
export function privatePlace(path: string, home: string): string | undefined {
  return ownMounts(home, '')
    .map((mount) => mount.path)
    .filter((place) => isBelow(path, place))
    .sort((a, b) => b.length - a.length)[0]
}

function ownMounts(userHome: string, cacheHome: string): Mount[] {
  const tmpfs = (path: string, size: number): Mount => ({
    kind: 'tmpfs',
    path,
    bytes: size * mebibyte,
    note: 'private, gone at the end',
  })
  const home = userHome === '/' ? [] : [tmpfs(userHome, 256), ...cacheMounts(userHome, cacheHome)]
  return [
    { kind: 'dev', path: '/dev', note: 'null, zero, random, terminals of its own' },
    tmpfs('/dev/shm', 64),
    tmpfs('/tmp', 512),
    tmpfs('/run', 16),
    tmpfs('/var', 64),
    tmpfs('/var/tmp', 256),
    ...home,
  ]
}

/** What stands in the place of a system folder that is a link here (`/bin` → `usr/bin`). */
export function asSystemLink(mount: Mount, { system }: MachineFacts): Mount {
  const entry = system.find(({ path }) => path === mount.path)
  return entry?.kind === 'link' && entry.target !== undefined
    ? { ...mount, kind: 'link', target: entry.target }
    : mount
}

/** Root's own files under `/proc` stay root's inside: no capability is needed to write `core_pattern`. */
function kernelMounts({ system }: MachineFacts): Mount[] {
  const note = 'the kernel of the machine'
  return system
    .filter(({ path }) => path.startsWith('/proc/'))
    .map(({ path, kind }) =>
      kind === 'directory'
        ? { kind: 'read' as const, path, note }
        : { kind: 'mask-file' as const, path, note },
    )
}

/**
 * Rules say more than the base: their mounts take the place of its own, and nothing of it is made inside of them. A link
 * gives way to what is mounted below its name: bubblewrap would follow it there.
 */
export function besideRules(base: readonly Mount[], byRules: readonly Mount[]): Mount[] {
  const taken = new Set(byRules.map(({ path }) => path))
  const own = new Set(base.map(({ path }) => path))
  const free = base.filter(({ path }) => !taken.has(path))
  return free.filter((mount) => {
    if (mount.kind === 'link' && byRules.some(({ path }) => isBelow(path, mount.path))) return false
    const isPlaced = mount.kind === 'link' || mount.kind === 'copy' || mount.source !== undefined
    if (!isPlaced) return true
    for (let at = dirname(mount.path); at !== '/'; at = dirname(at)) {
      if (taken.has(at)) return false
      if (own.has(at)) return true
    }
    return true
  })
}
