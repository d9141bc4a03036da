import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { renderElapsed } from '../../src/cli/output/amount.ts'
import { executable, makeTree, oos } from '../cli/oos.ts'

const rules = `
# A project

- **Allow** \`file:**:read,write\` — the project is worked on here
- **Allow** \`shell:*\` — the sandbox is the boundary
- **Deny** \`file:**/.env:*\` — secrets
- **Deny** \`shell:git push *\` — a person pushes
- **Ask** \`shell:npm publish *\` — a person publishes
- **Limit** \`run:*{timeout:20s,processes:200}\`
`

function makeProject(files: Readonly<Record<string, string>> = {}): {
  readonly cwd: string
  readonly env: Record<string, string>
} {
  const cwd = makeTree(
    { '.agent-os/AGENT.md': rules, '.env': 'SECRET=s3cret', 'src/a.txt': 'a', ...files },
    'my app',
  )
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'oos-home-'))
  const env = { HOME: home, XDG_STATE_HOME: '', XDG_CACHE_HOME: '' }
  spawnSync('git', ['init', '-q'], { cwd, env: { ...process.env, ...env } })
  return { cwd, env }
}

const trusted = (words: readonly string[]) => ['run', '--trust-specs', '--', ...words]

let project: ReturnType<typeof makeProject>
beforeEach(() => {
  project = makeProject()
})

describe('the command', () => {
  test.each([
    { does: 'ends well', script: 'exit 0', code: 0 },
    { does: 'fails', script: 'exit 7', code: 7 },
    { does: 'is ended by a signal', script: 'kill -TERM $$', code: 143 },
  ])('that $does gives oos its exit code', ({ script, code }) => {
    expect(oos(trusted(['sh', '-c', script]), project).code).toBe(code)
  })

  test('took as long as oos says when it ends, in the list of runs, and in what is shown of it', () => {
    const { stderr } = oos(trusted(['sh', '-c', 'sleep 0.1; exit 3']), project)
    const took = /after (.*?); oos runs show/.exec(stderr)?.[1]
    const [{ id, duration }] = JSON.parse(oos(['runs', '--json'], project).stdout).data
    expect(took).toBe(renderElapsed(duration))
    expect(oos(['runs'], project).stdout).toContain(`  ${took}  exit 3`)
    expect(oos(['runs', 'show', id], project).stdout).toMatch(new RegExp(`ended +took ${took}, `))
  })

  test('gets its words as they are, its input, and stdout to itself', () => {
    const words = ['sh', '-c', 'printf "%s|" "$@"; cat', 'sh', 'a b', '--json', '', '*']
    const { stdout, code } = oos(trusted(words), { ...project, input: 'from outside' })
    expect({ stdout, code }).toEqual({ stdout: 'a b|--json||*|from outside', code: 0 })
  })

  test('does not begin where its way out cannot be watched, and nothing is left behind', () => {
    writeFileSync(
      join(project.cwd, '.agent-os/AGENT.md'),
      `${rules}- **Allow** \`http:example.com:request\` — docs\n`,
    )
    oos(trusted(['true']), project)
    const left = () => [
      readdirSync(project.cwd),
      readdirSync(runtime),
      oos(['runs', '--json'], project).stdout,
    ]
    const runtime = makeTree({})
    const before = left()
    const broken = `import net from 'node:net'
      const { listen } = net.Server.prototype
      net.Server.prototype.listen = function (where, ...words) {
        if (!where.path?.includes('oos-net-')) return listen.call(this, where, ...words)
        process.nextTick(() => this.emit('error', Object.assign(new Error('no'), { code: 'ENOSPC' })))
      }`
    const env = {
      ...project.env,
      XDG_RUNTIME_DIR: runtime,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(broken)}`,
    }
    const { code, stdout } = oos(['run', '--', 'sh', '-c', 'echo begun; touch begun'], { ...project, env })
    expect([code, stdout]).toEqual([1, ''])
    expect(left()).toEqual(before)
  })

  test('what logs into a file of its own in this process does not write into the record', () => {
    const log = join(makeTree({}), 'v8.log')
    // V8's own file, opened before anything of oos runs, without close-on-exec.
    const words = ['--log-function-events', '--no-logfile-per-isolate', `--logfile=${log}`, executable]
    const env = { ...process.env, ...project.env }
    const { status } = spawnSync(process.execPath, [...words, ...trusted(['true'])], { ...project, env })
    expect(status).toBe(0)
    expect(oos(['runs', 'show'], project).code).toBe(0)
  })

  test('reads and writes what the rules allow, and nothing else', () => {
    const script =
      'cat src/a.txt; echo b > src/b.txt; cat .env; echo evil >> .agent-os/AGENT.md; ls -a "$HOME"'
    writeFileSync(join(project.cwd, 'do.sh'), script)
    writeFileSync(join(project.env.HOME ?? '', 'private.txt'), 'private')
    const { stdout } = oos(trusted(['sh', 'do.sh']), project)
    expect(stdout).toContain('a')
    expect(stdout).not.toMatch(/s3cret|private\.txt/)
    expect(readFileSync(join(project.cwd, 'src/b.txt'), 'utf8')).toBe('b\n')
    expect(readFileSync(join(project.cwd, '.agent-os/AGENT.md'), 'utf8')).toBe(rules)
  })

  test('leaves nothing of the sandbox behind', () => {
    const status = () =>
      spawnSync('git', ['status', '--porcelain', '--ignored'], { cwd: project.cwd, encoding: 'utf8' }).stdout
    oos(trusted(['true']), project)
    const before = status()
    oos(trusted(['true']), project)
    expect(status()).toBe(before)
    expect(existsSync(join(project.cwd, '.claude'))).toBe(false)
  })
})

/** `oos WORDS` in the script is a run of them. */
function inShell(script: string) {
  const [node, program] = [process.execPath, executable]
  const { stdout } = spawnSync(
    'bash',
    ['-c', `oos() { "$NODE" "$OOS" run --trust-specs -- "$@"; }; ${script}`],
    {
      cwd: project.cwd,
      env: { ...process.env, ...project.env, NODE: node, OOS: program },
      encoding: 'utf8',
    },
  )
  return { stdout }
}

/** All three streams of it are a terminal. */
function atTerminal(
  words: readonly string[],
  place = project,
): { readonly seen: string; readonly status: number } {
  const driver = join(import.meta.dirname, '../sandbox/process/terminal-driver.py')
  const argv = [process.execPath, executable, ...trusted(words)]
  const { stdout } = spawnSync('python3', [driver, JSON.stringify({ argv, steps: [] })], {
    cwd: place.cwd,
    env: { ...process.env, ...place.env, NO_COLOR: '1' },
    encoding: 'utf8',
  })
  return JSON.parse(stdout)
}

describe('what a command prints', () => {
  test.each([
    { to: 'a pipe', script: 'oos sh -c "echo said > /dev/stderr; echo said > /dev/stdout" 2>&1 | cat' },
    {
      to: 'a file',
      script: 'oos sh -c "echo said >> /dev/stderr; echo said >> /dev/stdout" >> x 2>> x; cat x',
    },
  ])('goes to $to that it can open by name', ({ script }) => {
    expect(inShell(script).stdout).toContain('said\nsaid\n')
  })

  test.each(['', 'output:1MB'])(
    'may find no reader any more: the run is recorded all the same (%s)',
    (limit) => {
      if (limit !== '')
        writeFileSync(join(project.cwd, '.agent-os/AGENT.md'), `${rules}- **Limit** \`run:*{${limit}}\`\n`)
      expect(inShell('oos yes | head -1').stdout).toBe('y\n')
      const [run] = JSON.parse(oos(['runs', '--json'], project).stdout).data
      expect(run).toMatchObject({ state: 'failed', endedBy: expect.stringMatching(/^(exit|signal)$/) })
    },
  )

  test('may wait for its reader: the time limit holds all the same', () => {
    const limits = '- **Limit** `run:*{timeout:1s,output:1MB}`\n'
    writeFileSync(join(project.cwd, '.agent-os/AGENT.md'), `${rules}${limits}`)
    const command = 'trap "touch ended; exit" TERM; head -c 900K /dev/zero & wait; sleep 60 & wait'
    const { stdout } = inShell(
      `oos sh -c '${command}' | { until [ -e ended ]; do sleep 0.05; done; echo ended; }`,
    )
    expect(stdout).toBe('ended\n')
  })
})

describe('a command that fails', () => {
  test('is told which rule a mount may have held against it', () => {
    writeFileSync(join(project.cwd, 'do.sh'), 'echo evil >> .agent-os/AGENT.md')
    const { stderr } = oos(trusted(['sh', 'do.sh']), project)
    expect(stderr).toMatch(/perhaps file:\.agent-os\/AGENT\.md:write: .*\*\*Deny\*\*/)
    expect(stderr).toContain('no rule opens what oos itself protects: do that outside of a run')
  })

  test('is told so as it is typed in the folder where it ran', () => {
    const inside = { ...project, cwd: join(project.cwd, '.agent-os') }
    writeFileSync(join(project.cwd, 'do.sh'), 'echo evil >> ./AGENT.md')
    const { stderr } = oos(trusted(['sh', '../do.sh']), inside)
    expect(stderr).toMatch(/perhaps file:AGENT\.md:write: .*\*\*Deny\*\*/)
  })

  test('is told so of a name that it says in the folder where it went', () => {
    const { stderr } = oos(trusted(['sh', '-c', 'cd .agent-os && touch AGENT.md']), project)
    expect(stderr).toMatch(/perhaps file:\.agent-os\/AGENT\.md:write: .*\*\*Deny\*\*/)
  })

  test('is told so, too, where its words go to a file', () => {
    writeFileSync(join(project.cwd, 'do.sh'), 'echo evil >> .agent-os/AGENT.md')
    const { stdout } = inShell('oos sh do.sh 2> said.txt; cat said.txt')
    expect(stdout).toMatch(/perhaps file:\.agent-os\/AGENT\.md:write: .*\*\*Deny\*\*/)
  })

  test('cannot talk a person into a pattern: what it names is one path', () => {
    const { stderr } = oos(
      trusted(['sh', '-c', 'echo "cat: \'/srv/*\': Permission denied" >&2; exit 1']),
      project,
    )
    expect(stderr).toContain('perhaps file:/srv/\\*:write: no rule allows it\n')
    expect(stderr).not.toContain('to allow it')
  })

  test('cannot talk a person into opening what is not the project', () => {
    const secret = join(project.env.HOME ?? '', 'important')
    writeFileSync(secret, '')
    const { stderr } = oos(
      trusted(['sh', '-c', `echo "cat: ${secret}: Permission denied" >&2; exit 1`]),
      project,
    )
    expect(stderr).toContain('perhaps file:~/important:read: no rule allows it\n')
    expect(stderr).not.toContain('to allow it')
  })

  test('hears that a repository is made outside of a run', () => {
    const bare = makeProject()
    rmSync(join(bare.cwd, '.git'), { recursive: true })
    for (const said of [oos(trusted(['git', 'init']), bare).stderr, atTerminal(['git', 'init'], bare).seen]) {
      expect(said).toMatch(/perhaps file:\.git:write: a repository is made outside of a run: git init\r?\n/)
      expect(said).not.toContain('to allow it')
    }
  })

  test('is told how a repository that lies elsewhere is opened', () => {
    const apart = makeProject()
    const store = join(apart.env.HOME ?? '', 'store')
    spawnSync('git', ['init', '-q', `--separate-git-dir=${store}`], apart)
    const { stderr } = oos(trusted(['git', 'status']), apart)
    expect(stderr).toContain('perhaps file:~/store:read: no rule allows it\n')
    const [, line = ''] = /to allow it: (.+)/.exec(stderr) ?? []
    expect(line).toBe('- **Allow** `file:~/store/**:read,write`')
    appendFileSync(join(apart.cwd, '.agent-os/AGENT.md'), `${line}\n`)
    expect(oos(trusted(['git', 'status', '--porcelain']), apart).stdout).toContain('?? .agent-os/')
  })

  test('is told which folder a rule would open, where Node names the package alone', () => {
    const node = realpathSync(process.execPath)
    const files = { 'app.js': "require('side-channel')", 'node_modules/side-channel/index.js': '' }
    const opening = (paths: string) =>
      makeProject({
        '.agent-os/AGENT.md': `- **Allow** \`file:${paths}:read\`, \`file:${node}:read\`\n- **Allow** \`shell:*\`\n`,
        ...files,
      })
    const { stderr } = oos(trusted([node, 'app.js']), opening('{app.js,package.json}'))
    expect(stderr).toContain('perhaps file:node_modules/side-channel:read: no rule allows it\n')
    expect(stderr).toContain('to allow it: - **Allow** `file:node_modules/**:read`\n')
    const opened = oos(trusted([node, 'app.js']), opening('{app.js,node_modules/**}'))
    expect(opened).toMatchObject({ code: 0, stderr: expect.not.stringContaining('perhaps') })
  })

  test('is told what holds a folder in its place', () => {
    const project = makeProject({ 'packages/api/index.js': '', 'packages/api/.env': '' })
    const { code, stderr } = oos(trusted(['mv', 'packages/api', 'packages/backend']), project)
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /perhaps file:packages\/api:write: it can be neither moved nor removed, for `packages\/api\/\.env` in it is closed by \S+:\d+\n/,
      ),
    })
  })

  test('is told how packages that are linked to their store come to be writable', () => {
    const project = makeProject({ 'store.js': '', 'node_modules/.pnpm/a/b.js': '' })
    const store = join(dirname(project.cwd), 'store.js')
    renameSync(join(project.cwd, 'store.js'), store)
    linkSync(store, join(project.cwd, 'node_modules/.pnpm/a/index.js'))
    const command = ['sh', '-c', 'echo x > node_modules/.vite-temp && echo x > node_modules/.pnpm/x']
    const { stderr } = oos(trusted(command), project)
    expect(stderr).toContain(
      "perhaps file:node_modules/.pnpm/x:write: has names outside of the project (hard links to a package manager's store): for a copy that runs may write, remove `node_modules` and install it in a run\n",
    )
  })

  test.each([
    {
      name: 'a file that a rule closes',
      words: ['cat', '.env'],
      says: /perhaps file:\.env:read: .*\*\*Deny\*\*/,
    },
    {
      name: 'a file of a shell line',
      words: ['sh', '-c', 'cat .env | sort; exit 1'],
      says: /perhaps file:\.env:read: /,
    },
    { name: 'a value of an option', words: ['grep', 'x', '--file=.env'], says: /perhaps file:\.env:read: / },
    {
      name: 'what was to be written',
      words: ['touch', '.agent-os/x'],
      says: /perhaps file:\.agent-os\/x:write: /,
    },
    {
      name: 'what a shell line was to write',
      words: ['sh', '-c', 'touch .agent-os/x'],
      says: /perhaps file:\.agent-os\/x:write: /,
    },
    { name: 'a repository to be made', words: ['git', 'init', '-q', '--bare', '.env'], says: undefined },
    { name: 'only words that are no files', words: ['sh', '-c', 'exit 1', 'secret'], says: undefined },
    { name: 'what each run has of its own', words: ['grep', 'x', '/dev/null'], says: undefined },
    { name: 'a file that it may read', words: ['grep', 'x', 'src/a.txt'], says: undefined },
  ])('at a terminal is known by its own words alone: $name', ({ words, says }) => {
    const { seen, status } = atTerminal(words)
    expect(status).not.toBe(0)
    if (says === undefined) expect(seen).not.toContain('perhaps')
    else expect(seen).toMatch(says)
    expect(seen).toContain('oos runs show')
  })

  test('at a terminal is told nothing where it ended well', () => {
    expect(atTerminal(['sh', '-c', 'cat .env; exit 0'])).toMatchObject({
      status: 0,
      seen: expect.not.stringContaining('perhaps'),
    })
  })

  test.each([
    { place: 'socket', script: 'oos sh do.sh 2>&1' },
    { place: 'pipe', script: 'oos sh do.sh 2>&1 | cat' },
    { place: 'file', script: 'oos sh do.sh > said.txt 2>&1; cat said.txt' },
  ])('keeps the order of what it says where both streams lead to one $place', ({ script }) => {
    const loop = 'i=0; while [ $i -lt 200 ]; do echo out $i; echo error $i >&2; i=$((i + 1)); done'
    writeFileSync(join(project.cwd, 'do.sh'), loop)
    const expected = Array.from({ length: 200 }, (_, index) => `out ${index}\nerror ${index}\n`).join('')
    // Before it stands what oos shows of rules that nobody has seen.
    expect(inShell(script).stdout.slice(-expected.length)).toBe(expected)
  })
})

test('of a host that is allowed, a person is told that it was not reached, and why', () => {
  const allowed = makeProject({
    '.agent-os/AGENT.md': `${rules}- **Allow** \`http:nowhere.invalid:request\`\n`,
  })
  const { stderr } = oos(trusted(['curl', '-sS', 'https://nowhere.invalid/']), allowed)
  expect(stderr).toMatch(/oos: allowed, and not reached: nowhere\.invalid:443 \(.+\)/)
  const { data } = JSON.parse(oos(['runs', '--json'], allowed).stdout)
  expect(oos(['runs', 'show', data[0].id], allowed).stdout).toMatch(
    /nowhere\.invalid:443 +allow +not reached: /,
  )
})

test.each(['nowhere.invalid:get', 'nowhere.invalid/x:request', 'nowhere.invalid:80:request'])(
  'of an https host that `http:%s` opens in plain http only, a person is told that rule',
  (pattern) => {
    const allowed = makeProject({
      '.agent-os/AGENT.md': `${rules}- **Allow** \`http:${pattern}\`\n- **Allow** \`http:other.invalid:get\`\n`,
    })
    const { stderr } = oos(trusted(['curl', '-sS', 'https://nowhere.invalid/x']), allowed)
    const by = `.agent-os/AGENT.md:10 **Allow** \`http:${pattern}\` allows it in plain http only\n`
    expect(stderr).toContain(`denied http:nowhere.invalid:request: ${by}`)
    expect(stderr).toContain('to allow it: - **Allow** `http:nowhere.invalid:request`\n')
  },
)

test('of an address that no rule names a person is told what kind it is, also behind a name', () => {
  const open = makeProject({ '.agent-os/AGENT.md': `${rules}- **Allow** \`http:*:request\`\n` })
  const told = (host: string) =>
    oos(trusted(['curl', '-sS', '--noproxy', '', `https://${host}/`]), open).stderr
  expect(told('169.254.169.254')).toContain(
    "denied http:169.254.169.254:request: no rule allows this address, which is a cloud's metadata (wildcards match none)\n" +
      '       to allow it: - **Allow** `http:169.254.169.254:request`\n',
  )
  expect(told('localhost')).toMatch(
    /denied http:localhost:request: localhost is at \S+, which is loopback and which no rule names\n +to allow it: - \*\*Allow\*\* `http:localhost:request`\n/,
  )
})

test('of a port that no rule names a person is told which one does, inside and at the end', () => {
  const open = makeProject({
    '.agent-os/AGENT.md': `${rules}- **Allow** \`http:127.0.0.1:{8080,8081}:request\`, \`http:localhost:request\`\n`,
  })
  const words = ['curl', '-sS', '--noproxy', '', '-o', '/dev/stderr', 'http://127.0.0.1:9/', 'localhost:9']
  const { stderr } = oos(trusted(words), open)
  const rule =
    '.agent-os/AGENT.md:10 **Allow** `http:127.0.0.1:{8080,8081}:request`, `http:localhost:request`'
  const why = `no rule allows port 9 of 127.0.0.1: ${rule} is for 8080 and 8081\n`
  expect(stderr).toContain(`oos denied GET 127.0.0.1:9/\n${why}`)
  expect(stderr).toContain(`denied http:127.0.0.1:9:get: ${why}`)
  expect(stderr).toContain(
    `denied http:localhost:9:get: no rule allows port 9 of localhost: ${rule} is for 80 and 443\n`,
  )
})

test('beside what the rules open nothing is made that would be gone with the run', () => {
  const part = makeProject({
    '.agent-os/AGENT.md': '- **Allow** `file:{src,lib}/**:read,write`, `shell:*`\n',
    'src/a': '',
    'lib/a': '',
  })
  const { code, stderr } = oos(trusted(['touch', 'lib/b', 'b']), part)
  expect(code).toBe(1)
  expect(stderr).toContain("touch: cannot touch 'b': Read-only file system\n")
  expect(stderr).toContain(
    'perhaps file:b:write: a name is made, moved or removed where its folder is open to writing, and `.` is not: oos run --learn proposes a rule\n',
  )
  expect(oos(trusted(['mv', 'src', 'b']), part).stderr).toContain(
    'perhaps file:src:write: a name is made, moved or removed where its folder is open to writing, and `.` is not: oos run --learn proposes a rule\n',
  )
  expect(readdirSync(part.cwd)).not.toContain('b')
  expect(readdirSync(join(part.cwd, 'lib'))).toEqual(['a', 'b'])
})

test('beside what the rules open nothing is made that would be gone, though the home folder lies there', () => {
  const { cwd, env } = makeProject({
    '.agent-os/AGENT.md': '- **Allow** `file:src/**:read,write`, `shell:*`\n',
    'own/x': '',
  })
  const part = { cwd, env: { ...env, HOME: join(cwd, 'own') } }
  const { code, stderr } = oos(trusted(['touch', 'src/b', 'own/c', 'b']), part)
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^touch: cannot touch 'b': Read-only file system\n/),
  })
  expect(readdirSync(join(cwd, 'src'))).toEqual(['a.txt', 'b'])
})

test.each([
  { what: 'what a rule opens in a cache', place: '.cargo/registry/src', root: 'elsewhere' },
  { what: 'a project in a cache', place: '.npm/app', root: '.npm/app' },
])('$what is mounted where no link of a run is in the way', ({ place, root }) => {
  const home = makeTree({
    '.agent-os/GLOBAL_RULES.md': `- **Allow** \`file:{~/${place},.}/**:read\`, \`shell:*\`\n`,
    [`${root}/.agent-os/AGENT.md`]: '- **Deny** `file:**/.env:*`\n',
    [`${place}/x`]: "the host's",
  })
  const stand = { cwd: join(home, root), env: { ...project.env, HOME: home } }
  expect(oos(trusted(['cat', join(home, place, 'x')]), stand)).toEqual({
    code: 0,
    stdout: "the host's",
    stderr: '',
  })
})

describe('a run is refused', () => {
  test.each([
    { because: 'a rule says no', words: ['git', 'push', 'origin', 'main'], code: 3, says: 'a person pushes' },
    { because: 'nobody can be asked', words: ['npm', 'publish', 'x'], code: 3, says: "needs a person's yes" },
    {
      because: 'there is no such command',
      words: ['no-such-command-here'],
      code: 2,
      says: 'no-such-command-here',
    },
  ])('when $because', ({ words, code, says }) => {
    const ended = oos(trusted(words), project)
    expect(ended.stderr).toContain(says)
    expect(ended.code).toBe(code)
  })

  test('when a word was forgotten, with the line that was meant', () => {
    const ended = oos(['run', 'npm', 'test'], project)
    expect(ended).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean `oos run -- npm test`?'),
    })
  })

  test('when a spec has an error, with its place', () => {
    const broken = makeProject({ '.agent-os/AGENT.md': '- **Dney** `file:src/**:write`\n' })
    const ended = oos(trusted(['true']), broken)
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('.agent-os/AGENT.md:1:') })
  })

  test('where bubblewrap is missing', () => {
    const hidden = [
      '--dev-bind',
      '/',
      '/',
      '--ro-bind',
      '/dev/null',
      '/usr/bin/bwrap',
      '--chdir',
      project.cwd,
    ]
    const words = [...hidden, process.execPath, executable, ...trusted(['true'])]
    const ended = spawnSync('bwrap', words, { encoding: 'utf8', env: { ...process.env, ...project.env } })
    expect(ended).toMatchObject({ status: 4, stderr: expect.stringContaining('apt install bubblewrap') })
  })

  test('for an --allow that no person at a terminal typed', () => {
    expect(oos(['run', '--allow', 'file:/etc/**:read', '--', 'true'], project)).toMatchObject({ code: 2 })
  })
})

describe('what nobody has agreed to in the specs', () => {
  const run = (...options: readonly string[]) => oos(['run', ...options, '--', 'true'], project)
  const edit = (text: string) => writeFileSync(join(project.cwd, '.agent-os/AGENT.md'), text)
  const wider = `${rules}- **Allow** \`http:example.com:request\`\n`

  test('does not hold without a person, and is shown by example', () => {
    const ended = run()
    expect(ended.code).toBe(3)
    expect(ended.stderr).toMatch(
      /newly allowed +file:package\.json:write .*\*\*Allow\*\* `file:\*\*:read,write`/,
    )
    expect(ended.stderr).toContain('oos trust')
  })

  test('holds after oos trust, which tells once more what that is', () => {
    expect(oos(['trust'], project)).toMatchObject({ code: 3 })
    const shown = oos(['trust', '--dry-run', '--json'], project)
    expect(JSON.parse(shown.stdout).data).toMatchObject({ state: 'untrusted' })
    expect(run().code).toBe(3)
    expect(oos(['trust', '--yes'], project)).toMatchObject({ code: 0 })
    expect(run()).toMatchObject({ code: 0, stderr: '' })
    expect(oos(['trust'], project)).toMatchObject({ code: 0 })
    expect(oos(['trust', '--revoke'], project)).toMatchObject({ code: 0 })
    expect(run().code).toBe(3)
  })

  test('is asked about again when an edit widens it, and only about that', () => {
    oos(['trust', '--yes'], project)
    edit(wider)
    const ended = run()
    expect(ended.code).toBe(3)
    expect(ended.stderr).toContain('http:example.com:request')
    expect(ended.stderr).not.toContain('shell:')
  })

  test('is what stood there at the last oos trust, and no more', () => {
    edit(wider)
    oos(['trust', '--yes'], project)
    edit(rules)
    expect(oos(['trust'], project)).toMatchObject({ code: 0 })
    edit(wider)
    expect(run().stderr).toContain('http:example.com:request')
  })

  test('needs no word when an edit rewords or narrows', () => {
    oos(['trust', '--yes'], project)
    edit(rules.replace('# A project', '# Another title\n\nMore words.'))
    expect(run()).toMatchObject({ code: 0, stderr: '' })
    edit(`${rules}- **Deny** \`file:secret/**:*\`\n`)
    expect(run()).toMatchObject({ code: 0, stderr: '' })
  })

  test('is left out with --untrusted', () => {
    expect(run('--untrusted')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('no rule allows `true`'),
    })
    oos(['trust', '--yes'], project)
    edit(wider)
    const plan = () => JSON.parse(oos(['run', '--dry-run', '--json', '--', 'true'], project).stdout).data
    const left = oos(['run', '--dry-run', '--untrusted', '--json', '--', 'true'], project)
    expect([plan().network.mode, JSON.parse(left.stdout).data.network.mode]).toEqual(['proxy', 'none'])
    expect(run('--untrusted')).toMatchObject({ code: 0, stderr: expect.stringContaining('oos trust') })
  })
})

describe('the record', () => {
  const show = (): { events: { type: string }[]; state: string; endedBy: string } => {
    const [newest] = JSON.parse(oos(['runs', '--json'], project).stdout).data
    return JSON.parse(oos(['runs', 'show', newest.id, '--json'], project).stdout).data
  }

  test('says what became of a file, however many packages lie beside it', () => {
    const { cwd } = project
    for (const name of ['a', 'b']) {
      const folder = join(cwd, 'node_modules', name)
      mkdirSync(folder, { recursive: true })
      for (let at = 0; at <= 10_000; at += 1) writeFileSync(join(folder, `${at}`), '')
    }
    for (const name of ['replaced', 'gone']) writeFileSync(join(cwd, name), '')
    oos(trusted(['sh', '-c', 'cp replaced new && mv new replaced && rm gone && touch made']), project)
    expect(show().events.filter(({ type }) => type === 'file.changed')).toMatchObject([
      { path: 'made', change: 'created' },
      { path: 'replaced', change: 'changed' },
      { path: 'gone', change: 'deleted' },
    ])
  })

  test('has the decision with its line, the start and the end', () => {
    oos(trusted(['true']), project)
    const { events, state } = show()
    expect(state).toBe('completed')
    expect(events.map(({ type }) => type)).toEqual(['run.created', 'decision', 'run.started', 'run.ended'])
    expect(events[1]).toMatchObject({ effect: 'allow', rule: { file: '.agent-os/AGENT.md', line: 5 } })
  })

  test('has a command that was refused, and the line that did it', () => {
    expect(oos(trusted(['git', 'push']), project).code).toBe(3)
    const [run] = JSON.parse(oos(['runs', '--json'], project).stdout).data
    expect(run).toMatchObject({ state: 'failed', endedBy: 'refused', command: ['git', 'push'] })
    const { events } = JSON.parse(oos(['runs', 'show', run.id, '--json'], project).stdout).data
    expect(events).toMatchObject([
      { type: 'run.created' },
      { type: 'decision', effect: 'deny', rule: { file: '.agent-os/AGENT.md', line: 7 } },
      { type: 'run.ended', endedBy: 'refused' },
    ])
  })

  test('is not seen by git, whoever made the specs', () => {
    oos(trusted(['true']), project)
    const status = spawnSync('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: project.cwd })
    expect(status.stdout.toString()).not.toContain('.oos')
  })

  test('is not there to be read or written by what it is about', () => {
    oos(trusted(['true']), project)
    const { stdout } = oos(trusted(['sh', '-c', 'ls -A .oos']), project)
    expect(stdout).toBe('')
  })

  test('has a run of which bubblewrap made no sandbox', () => {
    oos(trusted(['true']), project)
    const stub = join(
      makeTree({ bwrap: '#!/bin/sh\n[ "$1" != --version ] && exit 1\necho bubblewrap 0.8.0\n' }),
      'bwrap',
    )
    chmodSync(stub, 0o755)
    const options = ['--dev-bind', '/', '/', '--ro-bind', stub, '/usr/bin/bwrap', '--chdir', project.cwd]
    const words = [...options, process.execPath, executable, ...trusted(['true'])]
    const ended = spawnSync('bwrap', words, { encoding: 'utf8', env: { ...process.env, ...project.env } })
    expect(ended).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('could not set the sandbox up'),
    })
    expect(show()).toMatchObject({ state: 'failed', endedBy: 'failed' })
  })

  test('names the limit that ended a run', () => {
    const slow = makeProject({ '.agent-os/AGENT.md': rules.replace('timeout:20s', 'timeout:300ms') })
    const ended = oos(trusted(['sleep', '60']), slow)
    expect(ended).toMatchObject({ code: 124, stderr: expect.stringContaining('`timeout` limit') })
  })
})

test('a run in a nested project says that the specs above it do not hold', () => {
  const nested = makeProject({ '.agent-os/AGENT.md': rules, 'web/.agent-os/AGENT.md': rules })
  const place = { ...nested, cwd: join(nested.cwd, 'web') }
  for (const words of [trusted(['true']), ['run', '--dry-run', '--', 'true']])
    expect(oos(words, place).stderr).toMatch(/web\/.agent-os` hold here, and those in `.*` above do not/)
})

test('a dry run shows each row with its rule, and changes nothing', () => {
  const { stdout, code } = oos(['run', '--dry-run', '--', 'true'], project)
  expect(code).toBe(0)
  expect(stdout).toMatch(/Environment[\s\S]*Network[\s\S]*Limits/)
  expect(stdout).toMatch(/\.env .*AGENT\.md:6/)
  // What people wrote comes first.
  expect(stdout).toMatch(/^how .*\n.*AGENT\.md:/m)
  expect(existsSync(join(project.cwd, '.oos'))).toBe(false)
  const plan = JSON.parse(oos(['run', '--dry-run', '--json', '--', 'true'], project).stdout)
  expect(plan).toMatchObject({ version: 1, data: { command: ['true'] } })
})

test.each([
  { words: ['true'], effect: 'allow', line: 5 },
  { words: ['sh', '-c', 'npm publish .'], effect: 'ask', line: 8 },
  { words: ['git', 'push', 'origin', 'main'], effect: 'deny', line: 7 },
])('a dry run says first what is decided of the command: $effect', ({ words, effect, line }) => {
  const { stdout } = oos(['run', '--dry-run', '--', ...words], project)
  expect(stdout).toMatch(new RegExp(`^Decided +${effect}.* \\.agent-os/AGENT\\.md:${line} `, 'm'))
  const { data } = JSON.parse(oos(['run', '--dry-run', '--json', '--', ...words], project).stdout)
  expect(data.decision).toMatchObject({ effect, rule: { line } })
})

test('a dry run names the variables that are not passed, never their values', () => {
  writeFileSync(
    join(project.cwd, '.agent-os/AGENT.md'),
    `${rules}- **Allow** \`env:SHOP_URL\`\n- **Deny** \`env:SHOP_KEY\` — a secret\n`,
  )
  const set = { SHOP_MODE: 'v4lue', SHOP_URL: 'x', SHOP_KEY: 'v4lue', SHLVL: '7', XDG_SEAT: 'seat0' }
  const place = { ...project, env: { ...project.env, ...set } }
  const { stdout } = oos(['run', '--dry-run', '--', 'true'], place)
  expect(stdout).toMatch(/^not passed: .*\bSHOP_MODE\b.*; to pass one: - \*\*Allow\*\* `env:NAME:read`$/m)
  expect(stdout).toMatch(/^kept out by a rule: .*\bSHOP_KEY\b/m)
  expect(stdout).not.toMatch(/v4lue|SHLVL|XDG_SEAT/)
  const json = oos(['run', '--dry-run', '--json', '--', 'true'], place).stdout
  expect(json).not.toContain('v4lue')
  const shop = JSON.parse(json).data.unpassed.filter(({ name }: { name: string }) => name.startsWith('SHOP'))
  expect(shop).toEqual([
    { name: 'SHOP_KEY', rule: expect.objectContaining({ file: '.agent-os/AGENT.md', line: 11 }) },
    { name: 'SHOP_MODE' },
  ])
})

test('a dry run shows what a passed variable holds, but for a secret', () => {
  writeFileSync(join(project.cwd, '.agent-os/AGENT.md'), `${rules}- **Allow** \`env:SHOP_*\`\n`)
  const set = { SHOP_MODE: 'v4lue', SHOP_KEY: 's3cret', SHOP_DB: 'pg://me:s3cret@db/x' }
  const place = { ...project, env: { ...project.env, ...set } }
  const outputs = [[], ['--json']].map(
    (flag) => oos(['run', '--dry-run', ...flag, '--', 'true'], place).stdout,
  )
  for (const stdout of outputs) {
    expect(stdout).toContain('v4lue')
    expect(stdout).toContain('pg://me:[redacted]@db/x')
    expect(stdout).not.toContain('s3cret')
  }
})

describe('an Ask, at a terminal', () => {
  const driver = join(import.meta.dirname, '../sandbox/process/terminal-driver.py')
  const spec = () => readFileSync(join(project.cwd, '.agent-os/AGENT.md'), 'utf8')
  const asking = `${rules}- **Ask** \`shell:echo *\` — think first\n`

  function answer(
    keys: string,
    options: readonly string[] = [],
  ): { seen: string; status: number; missed: string | null } {
    writeFileSync(join(project.cwd, '.agent-os/AGENT.md'), asking)
    oos(['trust', '--yes'], project)
    const argv = [process.execPath, executable, 'run', ...options, '--', 'echo', 'hello']
    const steps = [
      ['expect', 'Run `echo hello`\\? \\(think first\\)'],
      ['send', keys],
    ]
    const words = [driver, JSON.stringify({ argv, steps })]
    const painting = { NO_COLOR: '', FORCE_COLOR: undefined, TERM: 'xterm' }
    const env = { ...process.env, ...project.env, ...painting }
    return JSON.parse(execFileSync('python3', words, { cwd: project.cwd, env, encoding: 'utf8' }))
  }

  /** The last run, with what a person said to it. */
  function newest() {
    const [run] = JSON.parse(oos(['runs', '--json'], project).stdout).data
    const { events } = JSON.parse(oos(['runs', 'show', run.id, '--json'], project).stdout).data
    return { ...run, answer: events.find(({ type }: { type: string }) => type === 'decision').answer }
  }

  test('is asked without colours where --no-color says so', () => {
    const painted = /\x1b\[[\d;]+m/
    expect(answer('\r').seen).toMatch(painted)
    expect(answer('\r', ['--no-color']).seen).not.toMatch(painted)
  })

  test('is a no by Enter alone', () => {
    const said = answer('\r')
    expect(said).toMatchObject({ missed: null, status: 3 })
    expect(said.seen).toContain('`echo hello` was not run: you said no')
    expect(newest()).toMatchObject({ endedBy: 'refused', denied: 1, answer: 'no' })
  })

  test('breaks no word where the terminal is narrow', () => {
    const reason = 'somebody considers thoroughly whatever leaves this machine'
    writeFileSync(join(project.cwd, '.agent-os/AGENT.md'), `${rules}- **Ask** \`shell:echo *\` — ${reason}\n`)
    oos(['trust', '--yes'], project)
    const start = `stty cols 33; exec '${process.execPath}' '${executable}' run -- echo hello`
    const steps = [
      ['expect', 'machine'],
      ['send', '\r'],
    ]
    const words = [driver, JSON.stringify({ argv: ['sh', '-c', start], steps })]
    const env = { ...process.env, ...project.env }
    const said = JSON.parse(execFileSync('python3', words, { cwd: project.cwd, env, encoding: 'utf8' }))
    expect(said).toMatchObject({ missed: null, status: 3 })
    for (const word of reason.split(' ')) expect(stripVTControlCharacters(said.seen)).toContain(word)
  })

  test('is a yes for this once', () => {
    expect(answer('\x1b[B\r')).toMatchObject({ missed: null, status: 0 })
    expect(newest()).toMatchObject({ endedBy: 'exit', denied: 0, answer: 'yes' })
    expect(spec()).toBe(asking)
    expect(oos(['run', '--', 'echo', 'hello'], project).code).toBe(3)
  })

  test('is a yes for always: the line that was shown is written, trusted, and asks no more', () => {
    const seen = answer('\x1b[B\x1b[B\r')
    expect(seen).toMatchObject({ missed: null, status: 0 })
    expect(seen.seen).toContain('AGENT.md:10 **Ask** `shell:echo *` except `shell:echo hello`')
    expect(spec()).toBe(asking.replace('`shell:echo *`', '`shell:echo *` except `shell:echo hello`'))
    expect(oos(['run', '--', 'echo', 'hello'], project)).toMatchObject({ code: 0, stdout: 'hello\n' })
    expect(oos(['run', '--', 'echo', 'other'], project).code).toBe(3)
  })
})
