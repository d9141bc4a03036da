import { existsSync, readFileSync } from 'node:fs'

interface Cause {
  readonly file: string
  readonly value: string
  readonly fix: string
}

const apparmor = String.raw`printf 'abi <abi/4.0>,\nprofile bwrap /usr/bin/bwrap flags=(unconfined) {\n  userns,\n}\n'`

/** The settings by which distributions close user namespaces, and how each is opened for bubblewrap. */
const causes: readonly Cause[] = [
  {
    file: '/proc/sys/user/max_user_namespaces',
    value: '0',
    fix: 'sudo sysctl -w user.max_user_namespaces=15000',
  },
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    value: '0',
    fix: 'sudo sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    value: '1',
    fix: `${apparmor} | sudo tee /etc/apparmor.d/bwrap && sudo apparmor_parser -r /etc/apparmor.d/bwrap`,
  },
]

/** What to type where bubblewrap may not make a user namespace, as far as the machine tells why. */
export function namespaceFix(root = '/'): string | undefined {
  const cause = causes.find(({ file, value }) => readSetting(`${root}${file.slice(1)}`) === value)
  if (cause !== undefined) return cause.fix
  const container = ['.dockerenv', 'run/.containerenv'].some((mark) => existsSync(`${root}${mark}`))
  return container
    ? 'start the container with --security-opt seccomp=unconfined --security-opt systempaths=unconfined'
    : undefined
}

function readSetting(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
