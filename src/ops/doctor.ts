import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readFacts, readStrace } from '../sandbox/facts.ts'
import { probeSandbox } from '../sandbox/probe.ts'
import { requireStrace } from '../sandbox/trace/strace.ts'
import { openCacheFolder } from '../shared/cache-folder.ts'
import { hasErrors } from '../shared/diagnostics.ts'
import { exitCodes, OosError } from '../shared/errors.ts'
import { isExecutable } from '../shared/path-facts.ts'
import { quoteWord } from '../shared/quote-word.ts'
import { isProjectSource } from '../spec/source.ts'
import { openStore } from '../store/store.ts'
import { type FoundOos, findOos, wrapperFolder, wrapperLine } from './find-oos.ts'
import { isActive, readHookStates } from './hooks/install.ts'
import { findIgnored } from './project/ignored-specs.ts'
import { keepRecordOut } from './project/keep-record-out.ts'
import { type Project, readProject } from './project/project.ts'
import { openRecord, tellEmptied } from './project/record.ts'
import { holdsHome } from './project/root.ts'
import { findTrust, isSeen } from './trust/trust.ts'

/** One thing that was tried. */
export interface Finding {
  readonly name: string
  readonly ok: boolean
  /** It is not there, and a run does without: neither well nor wrong. */
  readonly missing?: true
  /** Not the machine is wrong, but what a person wrote. */
  readonly written?: true
  readonly detail: string
  /** What to type. */
  readonly fix?: string
}

export interface DoctorOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** Tries for real what a run needs: a sandbox that cannot be left, a record that opens, specs that hold. */
export async function examine({ cwd, env }: DoctorOptions): Promise<readonly Finding[]> {
  const node = { name: 'node', ok: true, detail: process.version }
  const project = await attempt('specs', () => readProject({ cwd, env }))
  const specs = 'root' in project ? await examineSpecs(project, env) : project
  const record = await attempt('record', () =>
    'root' in project ? tryRecord(withUsualRecord(project, env)) : tryAnyRecord(),
  )
  // At home there is no project, and what lies below is the person's own.
  const bare = holdsHome(cwd, env.HOME ?? '') ? '/' : cwd
  const root = 'root' in project ? project.root : bare
  const sandbox = await attempt('sandbox', () => probeSandbox(readFacts(env, { root })))
  const hooks = 'root' in project ? examineHooks(root) : undefined
  const others = [record, examineCache(env), examineTracer(env, root), specs]
  return [
    node,
    ...examineHome(env),
    ...('name' in sandbox ? [sandbox] : sandbox),
    ...others,
    examineCommand(root, env, hooks?.missing === undefined && hooks !== undefined),
    ...(hooks === undefined ? [] : [hooks]),
  ]
}

/** Only where it is gone: nothing runs then, and the person's own rules are not there. */
function examineHome({ HOME: home = '' }: NodeJS.ProcessEnv): readonly Finding[] {
  if (home === '' || existsSync(home)) return []
  const detail = `HOME is \`${home}\`, and there is no such folder`
  return [{ name: 'home', ok: false, detail, fix: `mkdir ${quoteWord(home)}` }]
}

/** What a shell alias runs, hooks and editors do not see. Where hooks are installed, nothing is committed without it. */
function examineCommand(root: string, env: NodeJS.ProcessEnv, needed: boolean): Finding {
  const name = 'command'
  const found = findOos(root, env)
  if (found !== undefined && found.problem === undefined)
    return { name, ok: true, detail: `${found.path}: git hooks and editors find it` }
  const { detail, fix } = whyNotFound(found, env)
  return needed ? { name, ok: false, detail, fix } : { name, ok: true, missing: true, detail, fix }
}

function whyNotFound(
  found: FoundOos | undefined,
  { HOME }: NodeJS.ProcessEnv,
): Required<Pick<Finding, 'detail' | 'fix'>> {
  if (found !== undefined)
    return { detail: `${found.path} does not start: ${found.problem}`, fix: wrapperLine() }
  if (HOME !== undefined && isExecutable(join(HOME, wrapperFolder, 'oos'))) {
    const detail = `\`~/${wrapperFolder}/oos\` is there, and \`~/${wrapperFolder}\` is not in your PATH`
    return { detail, fix: `export PATH="$HOME/${wrapperFolder}:$PATH"` }
  }
  return { detail: 'no `oos` in your PATH: git hooks and editors do not find it', fix: wrapperLine() }
}

/** Nothing to say outside of a repository. */
function examineHooks(root: string): Finding | undefined {
  const name = 'hooks'
  try {
    const { hooks } = readHookStates(root)
    const there = hooks.filter(isActive).map((hook) => hook.name)
    const idle = hooks.find((hook) => hook.idle)?.idle
    if (idle !== undefined) {
      const rest = there.length === 0 ? 'git runs none of them' : `git runs only ${there.join(', ')}`
      return { name, ok: true, missing: true, detail: `written, but ${rest}: ${idle.why}`, fix: idle.fix }
    }
    if (there.length === hooks.length)
      return { name, ok: true, detail: `git asks oos at ${there.join(', ')}` }
    const detail = there.length === 0 ? 'not installed here' : `only ${there.join(', ')} installed here`
    return { name, ok: true, missing: true, detail, fix: 'oos hooks install' }
  } catch (error) {
    if (!(error instanceof OosError)) throw error
    if (error.code !== 'hooks-refused') return undefined
    const { message: detail, hint: fix } = error
    return { name, ok: true, missing: true, detail, ...(fix && { fix }) }
  }
}

async function examineSpecs(
  { root, diagnostics, rules, sources }: Project,
  env: NodeJS.ProcessEnv,
): Promise<Finding> {
  const name = 'specs'
  if (hasErrors(diagnostics))
    return {
      name,
      ok: false,
      written: true,
      detail: `the specs of ${root} have errors`,
      fix: 'oos spec check',
    }
  const detail = `${rules.length} rules hold in ${root}`
  const own = sources.filter(isProjectSource).map(({ path }) => path)
  const ignored = own.length === 0 ? undefined : await findIgnored(own, { root, env })
  if (ignored === undefined) return { name, ok: true, detail }
  return { name, ok: true, missing: true, detail: `${detail}; ${ignored.text}`, fix: ignored.fix }
}

/** Nothing is made where specs say that nobody has agreed to. */
function withUsualRecord(project: Project, env: NodeJS.ProcessEnv): Project {
  return isSeen(project, findTrust(project, env)) ? project : { ...project, settings: [] }
}

async function tryRecord(project: Project): Promise<Finding> {
  const emptied = tellEmptied(project)
  if (emptied !== undefined)
    return { name: 'record', ok: false, detail: `${emptied}; the next run begins a new one` }
  await keepRecordOut(project)
  const store = openRecord(project)
  store.listRuns({ limit: 1 })
  store.close()
  return { name: 'record', ok: true, detail: store.path }
}

/** Outside a project a record of its own shows whether SQLite works here. */
function tryAnyRecord(): Finding {
  const folder = mkdtempSync(join(tmpdir(), 'oos-doctor-'))
  try {
    openStore(join(folder, 'atlas.db'), { now: Date.now }).close()
    return { name: 'record', ok: true, detail: 'SQLite works; a project has its own' }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Without it everything works, slower: no finding to fix. */
function examineCache(env: NodeJS.ProcessEnv): Finding {
  const folder = openCacheFolder('policy', env)
  return {
    name: 'cache',
    ok: true,
    ...(folder === undefined && { missing: true }),
    detail: folder ?? 'none: HOME is missing, read-only or not yours alone; specs are parsed each time',
  }
}

/** Only a run that learns needs it. */
function examineTracer(env: NodeJS.ProcessEnv, root: string): Finding {
  const found = process.platform === 'linux' ? readStrace(env, root) : undefined
  const only = 'only `oos run --learn` needs it'
  try {
    const { path, version } = requireStrace(found)
    return { name: 'strace', ok: true, detail: `${version} at ${path}; ${only}` }
  } catch (error) {
    const { message, hint } = error as OosError
    return {
      name: 'strace',
      ok: true,
      missing: true,
      detail: `${message}; ${only}`,
      ...(hint === undefined ? {} : { fix: hint }),
    }
  }
}

/** To stand outside a project is nothing to fix. */
async function attempt<Value>(name: string, run: () => Value | Promise<Value>): Promise<Value | Finding> {
  try {
    return await run()
  } catch (error) {
    const { hint, code, exitCode }: Partial<OosError> = error instanceof OosError ? error : {}
    const detail = error instanceof Error ? error.message : String(error)
    const outside = code === 'project-missing'
    const fix = hint?.replace(/^(?:run|look at) `(.*)`$/, '$1')
    if (outside) return { name, ok: true, missing: true, detail, ...(fix && { fix }) }
    const written = exitCode === exitCodes.invalid
    return { name, ok: false, ...(written && { written }), detail, ...(fix && { fix }) }
  }
}
