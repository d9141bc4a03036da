import type { Policy } from '../policy/compile.ts'
import type { Rule } from '../policy/types.ts'

/** Everything that `planSandbox` needs to know about the machine; read by `facts.ts`, so that planning stays pure. */
export interface MachineFacts {
  /** As Node names it, as `arch`. */
  readonly platform: string
  readonly arch: string
  readonly uid: number
  readonly gid: number
  readonly user: string
  readonly home: string
  /** Absolute path and version of bubblewrap, if there is one. */
  readonly bubblewrap?: { readonly path: string; readonly version: string }
  readonly prlimit?: string
  /** Writable cgroup controllers, where the run's own group can be made. */
  readonly cgroup?: CgroupFacts
  /** Device nodes to be shown instead of the machine's, where those are the user's own to change. */
  readonly devices?: string
  /** System folders as they are: real directories or links (`/bin` → `usr/bin`), and the kernel's files to hide. */
  readonly system: readonly SystemEntry[]
  readonly hostEnv: Readonly<Record<string, string>>
  /** What of the person's own git settings holds inside, too. */
  readonly gitSettings: readonly HomeFile[]
}

/** A file that a run finds in the home folder it has for itself. */
export interface HomeFile {
  readonly path: string
  readonly content: string
  /** Where on the host this was read. */
  readonly from: readonly string[]
}

export interface CgroupFacts {
  readonly version: 1 | 2
  /** Folder per controller in which a group can be made. */
  readonly folders: Readonly<Partial<Record<'memory' | 'pids' | 'cpu', string>>>
}

export interface SystemEntry {
  readonly path: string
  readonly kind: 'directory' | 'file' | 'link'
  readonly target?: string
}

/** What may be done below a path inside the sandbox; `write` implies `read`. */
export type Access = 'none' | 'read' | 'write'

/** What one sweep of the allowed trees found. */
export interface TreeFacts {
  /** Every place where what the rules allow changes, a folder before what is in it. Paths are absolute and resolved. */
  readonly entries: readonly TreeEntry[]
  /** Repositories found, nested ones too. */
  readonly repositories: readonly Repository[]
  /** Files and folders that were looked at, but for those of which nothing is told afterwards. */
  readonly files: number
  /** Opened trees outside of the project that lie behind a link, and where that led. */
  readonly behind: readonly { readonly path: string; readonly real: string }[]
}

export interface Repository {
  /** Its `.git` folder. */
  readonly path: string
  /** What its `info/exclude` says, if there is one. */
  readonly exclude?: string
  /** Of a work tree that lies elsewhere; else it is the folder that `path` lies in. */
  readonly tree?: string
  /** Of such a work tree, its own list of what is tracked. */
  readonly index?: string
}

export interface TreeEntry {
  readonly path: string
  /**
   * `absent-…`: it does not exist, and only a rule keeps it from being made, or lets it be made. A `git-file` is read by git
   * alone, also outside while a run goes on.
   */
  readonly kind:
    | 'directory'
    | 'file'
    | 'link'
    | 'socket'
    | 'other'
    | 'absent-file'
    | 'absent-git-file'
    | 'absent-folder'
  readonly access: Access
  readonly rule?: Rule
  /** Why, where no rule says it: a socket, hard links, a folder that cannot be read. */
  readonly note?: string
  /** The name for whose sake it is closed: a link that leads to it, another name of it. */
  readonly by?: string
  /** Of a closed file that git tracks: what git looks at to see whether it changed. */
  readonly look?: FileLook
}

export interface FileLook {
  readonly bytes: number
  /** In seconds since 1970. */
  readonly changed: number
  readonly executable: boolean
}

/** The program that a command starts, and every file that must be readable for it to start: links, interpreters. */
export interface ProgramFacts {
  readonly name: string
  /** Empty if there is no such program. */
  readonly files: readonly string[]
  readonly missing?: MissingProgram
}

/** Why a program cannot start, and what to type instead. */
export interface MissingProgram {
  readonly message: string
  readonly hint: string
}

/** The plan of one confined process: data, printed by `--dry-run`, turned into an argv by `bubblewrap.ts`. */
export interface SandboxPlan {
  readonly command: readonly string[]
  readonly cwd: string
  /** In the order in which they are made. */
  readonly mounts: readonly Mount[]
  readonly env: readonly EnvEntry[]
  /** Set where the run was started, and not inside: told in a dry run, since nothing else would say so. */
  readonly unpassed: readonly UnpassedEnv[]
  readonly network: NetworkPlan
  readonly limits: readonly LimitPlan[]
  /** Rules that this run cannot hold as written: shown before the start; `refuse` stops it. */
  readonly unheld: readonly Unheld[]
  /**
   * Paths on the host that the sandbox makes in order to protect, and that must be gone afterwards (if still empty).
   * INVARIANT: only once no other run of the project is alive. Removing one takes its mount away from them, too.
   */
  readonly ghosts: readonly string[]
  /** What to put on the host before bubblewrap starts (never over what is there); gone with the ghosts. */
  readonly placeholders: readonly Placeholder[]
  readonly interactive: boolean
}

export interface Placeholder {
  readonly path: string
  /** Of a file; without it, it is a folder. */
  readonly content?: string
  /** A socket that nobody can open (`stand-ins.ts`). */
  readonly unlisted?: true
}

export type MountKind =
  | 'read' // bound read-only
  | 'write' // bound writable
  | 'pin' // bound onto itself so that it cannot be renamed away
  | 'mask-file' // /dev/null over it, or `source`, which looks to git as what it hides
  | 'mask-folder' // empty read-only folder over it
  | 'stand-in' // `source`, which is empty, where there is nothing
  | 'tmpfs' // private, sized
  | 'link' // symlink, `target`
  | 'proc'
  | 'dev'
  | 'device' // a device node of the runs' own
  | 'file' // a small file with `content`
  | 'copy' // the same, and the run's own to change; INVARIANT: in a `tmpfs`, for it is written where it lies

export interface Mount {
  readonly kind: MountKind
  readonly path: string
  /** On the host, if it is another path. */
  readonly source?: string
  readonly target?: string
  readonly content?: string
  readonly bytes?: number
  /** How `source` has to look, where it is a stand-in for one file. */
  readonly look?: FileLook
  /** Why it is there: a rule, or words for the base. */
  readonly rule?: Rule
  readonly note?: string
}

export interface EnvEntry {
  readonly name: string
  readonly value: string
  readonly rule?: Rule
  readonly note?: string
}

/** The name alone: what no rule lets in nobody has to see. */
export interface UnpassedEnv {
  readonly name: string
  /** The rule that keeps it out; without one, none lets it in. */
  readonly rule?: Rule
}

export type NetworkPlan =
  | { readonly mode: 'none'; readonly note: string }
  | { readonly mode: 'proxy'; readonly rules: readonly Rule[] }

export type LimitName = 'timeout' | 'memory' | 'processes' | 'output' | 'disk' | 'cpu'

export interface LimitPlan {
  readonly name: LimitName
  /** ms or bytes or a count, as the constraint has it. */
  readonly value: number
  readonly rule?: Rule
  /** What holds it here: `timer`, `cgroup`, `prlimit`, `tmpfs`, `watchdog`, `pipe`. */
  readonly heldBy: readonly string[]
  readonly note?: string
}

export interface Unheld {
  readonly rule: Rule
  readonly missing: string
  readonly refuse: boolean
  /** What to write or type instead. */
  readonly hint?: string
}

/** Paths on the host of what is mounted where nothing may come to be. */
export interface StandIns {
  readonly folder: string
  readonly file: string
  /** `{}`, and one that names no MCP servers. */
  readonly json: string
  readonly servers: string
  /** A folder of files that nobody may read and that look to git as those that they stand for. */
  readonly looks: string
}

export interface PlanInput {
  readonly policy: Policy
  readonly agent: string
  readonly command: readonly string[]
  readonly cwd: string
  readonly root: string
  readonly machine: MachineFacts
  readonly tree: TreeFacts
  readonly program: ProgramFacts
  /** What is mounted where nothing may come to be; if left out, an empty folder is made there. */
  readonly standIns?: StandIns
  /** Where package managers' caches of this project persist on the host. */
  readonly cacheHome: string
  /** What no rule names, and git hooks that ask oos need inside. */
  readonly own?: readonly Mount[]
  /** Over the project's `.git`, where that is a file which would lead nowhere inside. */
  readonly gitFile?: Mount | undefined
  readonly interactive: boolean
}
