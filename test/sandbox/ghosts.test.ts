import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { traceName } from '../../src/sandbox/abandoned.ts'
import { openGhosts } from '../../src/sandbox/ghosts.ts'
import { runSandbox } from '../../src/sandbox/run.ts'
import { isStandIn } from '../../src/sandbox/stand-ins.ts'
import { bareLaunch } from './process/bare.ts'

let project: string
let records: string
let standIns: string
beforeEach(() => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'oos-ghosts-')))
  project = join(base, 'project')
  records = join(base, 'records')
  standIns = join(base, 'stand-ins')
  mkdirSync(join(project, 'src'), { recursive: true })
  writeFileSync(join(project, 'src/a.ts'), '')
})

const tree = (): string[] => readdirSync(project, { recursive: true, encoding: 'utf8' }).sort()
const untouched = ['src', 'src/a.ts']

/** What a real bubblewrap makes on the host when it masks names that are not there. */
async function runOver(names: {
  readonly files?: readonly string[]
  readonly folders?: readonly string[]
}): Promise<void> {
  const bare = bareLaunch(['true'], { folder: project })
  const masks = [
    ...(names.files ?? []).flatMap((name) => ['--ro-bind', '/dev/null', join(project, name)]),
    ...(names.folders ?? []).flatMap((name) => ['--perms', '0555', '--tmpfs', join(project, name)]),
  ]
  const files = bare.files.map((file) =>
    file.fd === 7
      ? { fd: 7, bytes: Buffer.concat([file.bytes, Buffer.from(masks.map((word) => `${word}\0`).join(''))]) }
      : file,
  )
  const end = await runSandbox({ ...bare, files }, { machine: {}, stdin: 'ignore' }).ended
  expect(end.exitCode).toBe(0)
}

const plan = (...names: readonly string[]) => ({
  ghosts: names.map((name) => join(project, name)),
  placeholders: [],
})

describe('what a run puts on the host in order to protect', () => {
  it('is gone when the run has ended, with the folders above it', async () => {
    const ghosts = openGhosts(records, standIns)
    ghosts.remember(plan('.envrc', '.claude', '.cursor/rules/deep'))
    await runOver({ files: ['.envrc', '.cursor/rules/deep'], folders: ['.claude'] })
    expect(tree()).toEqual([
      '.claude',
      '.cursor',
      '.cursor/rules',
      '.cursor/rules/deep',
      '.envrc',
      ...untouched,
    ])
    ghosts.leave()
    expect(tree()).toEqual(untouched)
    expect(readdirSync(records)).toEqual([])
  })

  it('is gone at the next start when oos was killed', async () => {
    const script = `
      import { openGhosts } from ${JSON.stringify(join(import.meta.dirname, '../../src/sandbox/ghosts.ts'))}
      openGhosts(${JSON.stringify(records)}, ${JSON.stringify(standIns)}).remember(${JSON.stringify(plan('.envrc'))})`
    execFileSync(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '-e',
      script,
    ])
    await runOver({ files: ['.envrc'] })
    openGhosts(records, standIns)
    expect(tree()).toEqual(untouched)
  })

  it('is gone at the next start where another process has the number of one that was killed', async () => {
    openGhosts(records, standIns).remember(plan('.envrc'))
    await runOver({ files: ['.envrc'] })
    for (const name of readdirSync(records)) {
      const entry = JSON.parse(readFileSync(join(records, name), 'utf8'))
      writeFileSync(join(records, name), JSON.stringify({ ...entry, started: entry.started - 1 }))
    }
    openGhosts(records, standIns)
    expect(tree()).toEqual(untouched)
  })

  it('is gone at the end although the records were taken away meanwhile', async () => {
    const ghosts = openGhosts(records, standIns)
    ghosts.remember(plan('.envrc', '.claude'))
    await runOver({ files: ['.envrc'], folders: ['.claude'] })
    rmSync(records, { recursive: true })
    ghosts.leave()
    expect(tree()).toEqual(untouched)
    expect(readdirSync(records)).toEqual([])
  })

  it('is gone at the next start when the project that was moved away is back', async () => {
    const ghosts = openGhosts(records, standIns)
    ghosts.remember(plan('.envrc', '.cursor/rules'))
    await runOver({ files: ['.envrc'], folders: ['.cursor/rules'] })
    renameSync(project, `${project}-moved`)
    ghosts.leave()
    renameSync(`${project}-moved`, project)
    openGhosts(records, standIns).leave()
    expect(tree()).toEqual(untouched)
    expect(readdirSync(records)).toEqual([])
  })

  it.each([
    { does: 'waits to open its pipe', script: 'echo up; exec > "$2"' },
    { does: 'stands stopped', script: 'echo up; kill -STOP $$' },
  ])('of a trace ends at the next start, with a strace that $does', async ({ script }) => {
    openGhosts(records, standIns).leave()
    const pipe = join(records, traceName(spawnSync('true').pid))
    spawnSync('mkfifo', [pipe])
    const waiting = spawn('sh', ['-c', script, 'sh', '-o', pipe, '--'])
    const exited = once(waiting, 'exit')
    await once(waiting.stdout, 'data')
    openGhosts(records, standIns).leave()
    expect(await exited).toEqual([null, 'SIGKILL'])
  })

  it.each(['trace', 'json.new'])('of an oos that was killed is gone at the next start: its .%s', (ending) => {
    openGhosts(records, standIns).leave()
    writeFileSync(join(records, `${spawnSync('true').pid}.${ending}`), '')
    openGhosts(records, standIns).leave()
    expect(readdirSync(records)).toEqual([])
  })

  it('stays as long as another run of the project may have mounted over it', async () => {
    const [one, other] = [openGhosts(records, standIns), openGhosts(records, standIns)]
    one.remember(plan('.envrc'))
    await runOver({ files: ['.envrc'] })
    one.leave()
    expect(existsSync(join(project, '.envrc'))).toBe(true)
    other.leave()
    expect(tree()).toEqual(untouched)
  })

  it('stays as long as the process lives whose entry cannot be read', async () => {
    const unread = join(records, `${process.pid}-9.json`)
    mkdirSync(unread, { recursive: true })
    const ghosts = openGhosts(records, standIns)
    ghosts.remember(plan('.envrc'))
    await runOver({ files: ['.envrc'] })
    ghosts.leave()
    expect(existsSync(join(project, '.envrc'))).toBe(true)
    rmdirSync(unread)
    openGhosts(records, standIns).leave()
    expect(tree()).toEqual(untouched)
  })

  it('is kept when somebody has made it his own', async () => {
    const ghosts = openGhosts(records, standIns)
    ghosts.remember(plan('.envrc', '.claude', '.mcp.json', '.vscode'))
    await runOver({ folders: ['.claude'] })
    writeFileSync(join(project, '.claude/settings.json'), '{}')
    writeFileSync(join(project, '.envrc'), 'export A=1')
    writeFileSync(join(project, '.mcp.json'), '')
    writeFileSync(join(project, '.vscode'), 'mine', { mode: 0o444 })
    ghosts.leave()
    const kept = ['.claude', '.claude/settings.json', '.envrc', '.mcp.json', '.vscode']
    expect(tree()).toEqual([...kept, ...untouched])
  })

  it('is a socket that nobody can open, where programs look for a file', () => {
    const ghosts = openGhosts(records, standIns)
    const placeholders = ['.envrc', '.mcp.json', 'opencode.json'].map((name) => ({
      path: join(project, name),
      unlisted: true as const,
    }))
    ghosts.remember({ ghosts: [], placeholders })
    for (const { path } of placeholders) expect(isStandIn(path)).toBe(true)
    // Somebody saves the file meanwhile.
    writeFileSync(join(project, 'draft'), '{}')
    renameSync(join(project, 'draft'), join(project, '.mcp.json'))
    rmSync(join(project, 'opencode.json'))
    execFileSync('python3', [
      '-c',
      'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])',
      join(project, 'opencode.json'),
    ])
    ghosts.leave()
    expect(tree()).toEqual(['.mcp.json', 'opencode.json', ...untouched])
  })

  it('goes where the disk was full, so that nothing could be written into it', () => {
    const ghosts = openGhosts(records, standIns)
    const path = join(project, 'commondir')
    ghosts.remember({ ghosts: [], placeholders: [{ path, content: '.\n' }] })
    truncateSync(path)
    ghosts.leave()
    expect(tree()).toEqual(untouched)
  })

  it('goes although somebody has changed the mode of all that is in the project', () => {
    const ghosts = openGhosts(records, standIns)
    const placeholders = ['.envrc', '.mcp.json'].map((name) => ({
      path: join(project, name),
      unlisted: true as const,
    }))
    ghosts.remember({ ghosts: [], placeholders })
    execFileSync('chmod', ['-R', 'u+rwX', project])
    ghosts.leave()
    expect(tree()).toEqual(untouched)
  })

  it.each(['file', 'json', 'servers', 'folder/.gitignore'])(
    'is mounted from what is made again if it is lost: %s',
    (name) => {
      openGhosts(records, standIns).leave()
      const read = () => readFileSync(join(standIns, name), 'utf8')
      const before = read()
      chmodSync(join(standIns, 'folder'), 0o700)
      rmSync(join(standIns, name))
      openGhosts(records, standIns).leave()
      expect(read()).toBe(before)
    },
  )

  it.each([
    ['on another file system', (folder: string) => rmSync(folder, { recursive: true })],
    ['of which there is none yet', () => undefined],
    ['that is something else', (folder: string) => writeFileSync(join(folder, 'socket'), '')],
  ])('is made anew where the one to share is one %s', (_, damage) => {
    const ghosts = openGhosts(records, standIns)
    damage(standIns)
    ghosts.remember({ ghosts: [], placeholders: [{ path: join(project, '.envrc'), unlisted: true }] })
    expect(isStandIn(join(project, '.envrc'))).toBe(true)
    ghosts.leave()
    expect(tree()).toEqual(untouched)
  })

  it('is never what was there before', () => {
    mkdirSync(join(project, '.claude'))
    writeFileSync(join(project, '.envrc'), '', { mode: 0o444 })
    const ghosts = openGhosts(records, standIns)
    ghosts.remember(plan('.claude', '.envrc'))
    ghosts.leave()
    expect(tree()).toEqual(['.claude', '.envrc', ...untouched])
  })

  it('is not looked for behind a link that was put in its way', async () => {
    const ghosts = openGhosts(records, standIns)
    ghosts.remember(plan('.cursor/rules'))
    await runOver({ folders: ['.cursor/rules'] })
    const elsewhere = join(project, '../elsewhere')
    renameSync(join(project, '.cursor'), elsewhere)
    symlinkSync(elsewhere, join(project, '.cursor'))
    ghosts.leave()
    expect(existsSync(join(elsewhere, 'rules'))).toBe(true)
  })

  it('includes placeholders, which never replace a file', () => {
    const placeholders = ['commondir', 'src/a.ts'].map((name) => ({
      path: join(project, name),
      content: '.\n',
    }))
    const ghosts = openGhosts(records, standIns)
    ghosts.remember({ ghosts: [], placeholders })
    expect(readFileSync(join(project, 'commondir'), 'utf8')).toBe('.\n')
    expect(readFileSync(join(project, 'src/a.ts'), 'utf8')).toBe('')
    ghosts.leave()
    expect(tree()).toEqual(untouched)
  })
})
