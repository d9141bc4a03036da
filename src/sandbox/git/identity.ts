import { join } from 'node:path'
import { readText } from '../../shared/read-text.ts'

/**
 * Who commits, as the variables that git reads. The user's own files are read as text: git itself is not started, which
 * would cost a process and could run what a repository's configuration names. Included files are not followed.
 */
export function readGitIdentity(env: NodeJS.ProcessEnv, home: string): Record<string, string> {
  const files = [
    '/etc/gitconfig',
    env.GIT_CONFIG_GLOBAL ?? join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'git/config'),
    ...(env.GIT_CONFIG_GLOBAL === undefined ? [join(home, '.gitconfig')] : []),
  ]
  const user = Object.assign({}, ...files.map((file) => parseUserSection(readText(file)))) as GitUser
  const { name, email } = user
  return {
    ...(name === undefined ? {} : { GIT_AUTHOR_NAME: name, GIT_COMMITTER_NAME: name }),
    ...(email === undefined ? {} : { GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_EMAIL: email }),
    ...pick(env, ['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL']),
  }
}

export interface GitUser {
  readonly name?: string
  readonly email?: string
}

/** `name` and `email` of `[user]` in git's configuration format; the last one written counts. */
export function parseUserSection(text: string): GitUser {
  const found: Record<string, string> = {}
  let section = ''
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[\s*([^\]"\s]+)\s*("[^"]*")?\s*\]/.exec(line)
    if (header) section = header[2] === undefined ? (header[1] ?? '').toLowerCase() : ''
    const setting = /^\s*(?:\[[^\]]*\]\s*)?(name|email)\s*=\s*(.*)$/i.exec(line)
    if (section === 'user' && setting?.[1] && setting[2])
      found[setting[1].toLowerCase()] = parseGitValue(setting[2])
  }
  return found
}

/** Quotes group, a backslash escapes, `#` and `;` outside quotes begin a comment. */
export function parseGitValue(text: string): string {
  let value = ''
  let quoted = false
  for (const [part] of text.matchAll(/\\.|./gsu)) {
    if (part === '"') quoted = !quoted
    else if (!quoted && (part === '#' || part === ';')) break
    else value += part.length === 2 && part.startsWith('\\') ? part.slice(1) : part
  }
  return value.trim()
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
}
