import { once } from '../../shared/remembered.ts'
import type { Walk } from './types.ts'

type VariableReader = (name: string, value: string | undefined, walk: Walk) => void

/** How to judge an assignment to a variable by which programs or the shell decide what runs; most have none. */
export function variableReader(name: string): VariableReader | undefined {
  return byName().get(name) ?? byPrefix(name)
}

const refuse: VariableReader = (name, _value, walk) =>
  walk.refuse(`setting \`${name}\` can change what other commands run`)

/** The value is a command that some program runs; these run nothing. */
const command: VariableReader = (name, value, walk) => {
  if (value === undefined) refuse(name, value, walk)
  else if (!['', ':', 'true', 'cat', 'less', '/bin/true', '/usr/bin/true'].includes(value)) walk.shell(value)
}

/** The program's own settings are harmless as long as they match. */
const matching =
  (harmless: RegExp): VariableReader =>
  (name, value, walk) => {
    if (value === undefined || !harmless.test(value)) refuse(name, value, walk)
  }

/** Code of the project is the project's own; code from anywhere else is not. */
const projectPaths = matching(/^(?!.*\.\.)[\w.][\w./-]*(?::[\w.][\w./-]*)*$/)

const nodeOptions = matching(
  /^(?:\s*--(?:max-(?:old-space|semi-space|http-header)-size|stack-trace-limit|unhandled-rejections|trace-[\w-]+|no-[\w-]+|enable-source-maps|experimental-[\w-]*(?:vm-modules|strip-types|transform-types|fetch|sqlite|webstorage)|use-env-proxy|use-system-ca)(?:=\w+)?)*\s*$/,
)

const refused = `
  PATH ENV BASH_ENV SHELLOPTS BASHOPTS BASH_ALIASES BASH_CMDS BASH_FUNC BASH_LOADABLES_PATH BASH_COMPAT
  PROMPT_COMMAND PS0 PS1 PS2 PS3 PS4 CDPATH OLDPWD PWD HOME SHELL EXECIGNORE GLOBIGNORE POSIXLY_CORRECT HISTFILE INPUTRC
  ZDOTDIR FPATH XDG_CONFIG_HOME XDG_CONFIG_DIRS XDG_DATA_DIRS LOCPATH GCONV_PATH HOSTALIASES TERMINFO NLSPATH OPENSSL_CONF OPENSSL_MODULES
  LESSOPEN LESSCLOSE LESSKEY MANOPT MANLESS TAR_OPTIONS GREP_OPTIONS RIPGREP_CONFIG_PATH PARALLEL
  FZF_DEFAULT_COMMAND FZF_DEFAULT_OPTS BAT_CONFIG_PATH VIMINIT EXINIT VIM VIMRUNTIME MYVIMRC EMACSLOADPATH
  PYTHONSTARTUP PYTHONHOME PYTHONUSERBASE PYTHONBREAKPOINT PYTHONINSPECT PERL5LIB PERL5OPT PERL5DB PERLLIB RUBYOPT RUBYLIB
  NODE_REPL_EXTERNAL_MODULE LUA_INIT LUA_PATH LUA_CPATH PHPRC PHP_INI_SCAN_DIR AWKPATH AWKLIBPATH R_PROFILE R_ENVIRON
  JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH MAVEN_OPTS GRADLE_OPTS SBT_OPTS
  MAKEFLAGS GNUMAKEFLAGS MFLAGS MAKEFILES MAKESHELL RUSTC RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER RUSTDOC CARGO_HOME
  GOFLAGS GOROOT GOTOOLDIR CC CXX LD AR SSH_ASKPASS SUDO_ASKPASS DOCKER_CONFIG DOCKER_HOST KUBECONFIG
`
const commands = `
  EDITOR VISUAL FCEDIT SUDO_EDITOR PAGER MANPAGER BAT_PAGER DELTA_PAGER SYSTEMD_PAGER PSQL_PAGER PSQL_EDITOR AWS_PAGER GH_PAGER
  BROWSER RSYNC_RSH CVS_RSH GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_PAGER GIT_SSH_COMMAND GH_EDITOR
`

const byName = once(
  () =>
    new Map<string, VariableReader | undefined>([
      ...names(refused).map((name) => [name, refuse] as const),
      ...names(commands).map((name) => [name, command] as const),
      ['PYTHONPATH', projectPaths],
      ['NODE_PATH', projectPaths],
      ['NODE_OPTIONS', nodeOptions],
    ]),
)

const harmlessGit =
  /^GIT_(?:(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)|TERMINAL_PROMPT|OPTIONAL_LOCKS|MERGE_AUTOEDIT|TRACE\w*|CURL_VERBOSE|ADVICE|LITERAL_PATHSPECS|FLUSH|REFLOG_ACTION)$/
const refusedPrefixes =
  /^(?:LD_|DYLD_|GIT_|BASH_FUNC|npm_config_|NPM_CONFIG_|CARGO_TARGET_|CARGO_BUILD_|SYSTEMD_)/

function byPrefix(name: string): VariableReader | undefined {
  return refusedPrefixes.test(name) && !harmlessGit.test(name) ? refuse : undefined
}

function names(text: string): string[] {
  return text.trim().split(/\s+/)
}
