import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { run, say } from './install.mjs'

const installers = {
  'apt-get': 'apt-get install -y',
  dnf: 'dnf install -y',
  pacman: 'pacman -S --noconfirm',
  zypper: 'zypper install -y',
  apk: 'apk add',
}

/** Finds bubblewrap, installs it with apt where that needs no password, or says exactly what to type and ends. */
export function ensureBubblewrap() {
  if (process.platform !== 'linux')
    stop('the sandbox needs Linux with bubblewrap; on this system only the rules themselves can be tried')
  if (!has('bwrap')) install('bubblewrap', 'the sandbox')
  const probe = tryRun('bwrap', ['--unshare-user', '--ro-bind', '/', '/', 'true'])
  if (probe.status === 0) return
  stop(
    `bubblewrap is here, but this machine lets it make no sandbox (${probe.stderr.trim()}); on Ubuntu 24.04 and newer type: ` +
      'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0',
  )
}

/** The same for strace, which a run that learns is seen through. */
export function ensureStrace() {
  if (!has('strace')) install('strace', 'a run that learns')
}

function install(name, what) {
  const [tool, line] = Object.entries(installers).find(([name]) => has(name)) ?? []
  const before = process.getuid() === 0 ? [] : ['sudo', '-n']
  const allowed = before.length === 0 || tryRun('sudo', ['-n', 'true']).status === 0
  if (tool !== 'apt-get' || !allowed) {
    stop(
      `${what} needs ${name}; type: ${line === undefined ? `your package manager’s line for \`${name}\`` : `sudo ${line} ${name}`}`,
    )
  }
  say(`installing ${name} (${[...before, line, name].join(' ')})`)
  const apt = [...before, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get']
  const words = (...args) => [...apt, ...args]
  const quick = words('install', '-y', '--no-install-recommends', name)
  if (tryRun(quick[0], quick.slice(1)).status === 0) return
  for (const [command, ...args] of [words('update'), quick]) run(command, args)
}

function has(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/${program}`))
}

function tryRun(command, args) {
  return spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function stop(message) {
  say(message)
  process.exit(4)
}
