import type { Rule } from '../policy/types.ts'
import type { EnvEntry, MachineFacts, UnpassedEnv } from './types.ts'

/** A rule about names of the environment. */
export interface EnvRule {
  readonly effect: string
  readonly rule: Rule
  readonly matches: (name: string) => boolean
}

/** What a run finds in its environment: what the rules let through, and what is true only inside. */
export function planEnvironment(rules: readonly EnvRule[], machine: MachineFacts): EnvEntry[] {
  const offered = { ...machine.hostEnv, ...insideEnvironment(machine) }
  return Object.entries(offered)
    .flatMap(([name, value]) => {
      const rule = allowingRule(rules, name)
      return rule === undefined ? [] : [{ name, value, rule }]
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What is set here and will not be inside, but for what shells and sessions set: it may have been meant for the command. */
export function unpassedEnvironment(
  rules: readonly EnvRule[],
  passed: readonly EnvEntry[],
  { hostEnv }: MachineFacts,
): UnpassedEnv[] {
  const inside = new Set(passed.map(({ name }) => name))
  return Object.keys(hostEnv)
    .filter((name) => !inside.has(name) && !setByItself.test(name))
    .sort()
    .map((name) => {
      const rule = closingRule(rules, name)
      return rule === undefined ? { name } : { name, rule }
    })
}

const setByItself = new RegExp(
  `^(?:${[
    '_|PWD|OLDPWD|SHLVL|HOSTNAME|HOSTTYPE|MACHTYPE|OSTYPE|MAIL|PS[0-4]|PROMPT_COMMAND|COLUMNS|LINES',
    '(?:BASH|ZSH|HIST|FISH).*|LS_COLORS|LESSOPEN|LESSCLOSE|TERM_.*|TERMINFO.*|VTE_VERSION|WINDOWID',
    'TMUX.*|STY|DISPLAY|WAYLAND_.*|XAUTHORITY|XDG_.*|DBUS_.*|DESKTOP_.*|GNOME_.*|GTK_.*|QT_.*|KDE_.*',
    'SESSION_MANAGER|SSH_.*|GPG_.*|SYSTEMD_.*|INVOCATION_ID|JOURNAL_STREAM|MEMORY_PRESSURE_.*|WSL.*',
    'VSCODE_.*|SUDO_.*|npm_.*|INIT_CWD|NODE|COLOR|(?:https?|all|no)_proxy|(?:HTTPS?|ALL|NO)_PROXY',
  ].join('|')})$`,
)

/** An Ask counts as a Deny: nobody can be asked about a variable. */
function closingRule(rules: readonly EnvRule[], name: string): Rule | undefined {
  return rules.find((rule) => (rule.effect === 'deny' || rule.effect === 'ask') && rule.matches(name))?.rule
}

export function allowingRule(rules: readonly EnvRule[], name: string): Rule | undefined {
  if (closingRule(rules, name) !== undefined) return undefined
  const matching = rules.filter((rule) => rule.matches(name))
  return matching.find(({ effect }) => effect === 'allow')?.rule
}

function insideEnvironment({ home, user, hostEnv }: MachineFacts): Record<string, string> {
  return {
    HOME: home,
    USER: user,
    LOGNAME: user,
    TMPDIR: '/tmp',
    PATH: hostEnv.PATH ?? '/usr/local/bin:/usr/bin:/bin',
  }
}
