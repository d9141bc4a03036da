import { execFileSync } from 'node:child_process'
import {
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readIdentity } from '../../../src/ops/project/identity.ts'
import { openProject } from '../../../src/ops/project/project.ts'
import { textOfLine } from '../../../src/ops/trust/obeyed-lines.ts'
import { stateHomeOf } from '../../../src/ops/trust/record.ts'
import { agree, findTrust, judgeTrust, rememberKept, revoke } from '../../../src/ops/trust/trust.ts'
import { printWitness } from '../../../src/policy/analysis/witness.ts'
import { decide } from '../../../src/policy/decide.ts'

interface Place {
  readonly home: string
  readonly root: string
  readonly env: NodeJS.ProcessEnv
}

/** `user`: the user's own rules; the project has none yet. */
function makePlace(user = ''): Place {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'oos-trust-'))
  const place = { home, root: join(home, 'work/shop'), env: { HOME: home } }
  write(join(home, '.agent-os/GLOBAL_RULES.md'), `# Mine\n\n${user}\n`)
  return place
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const spec = ({ root }: Place, text: string) => write(join(root, '.agent-os/AGENT.md'), text)
const mine = ({ home }: Place, text: string) => write(join(home, '.agent-os/GLOBAL_RULES.md'), text)
const openAt = ({ root, env }: Place) => openProject({ cwd: root, env })
const recordOf = async (place: Place) => findTrust(await openAt(place), place.env)
const agreeTo = async (place: Place) => agree(await openAt(place), place.env)

/** The state, and of what only a yes lets hold the first example of each line, or the line. */
async function told(place: Place, undecidedToo?: 'undecided too'): Promise<readonly string[]> {
  const trust = await judgeTrust(await openAt(place), await recordOf(place))
  if (trust.excess === undefined) return [trust.state]
  const { changes, undecided, terms, lines } = trust.excess
  if (undecidedToo === undefined) expect(undecided).toEqual([])
  const examples = changes.map(({ witnesses: [witness], to }) => {
    const text = witness === undefined ? '' : printWitness(witness.request, place)
    return to === 'allow' ? text : `${to} ${text}`
  })
  return [trust.state, ...new Set(examples), ...terms.map(({ what }) => what), ...lines.map(textOfLine)]
}

const allow = (capability: string) => `- **Allow** \`${capability}\`\n`
const deny = (capability: string) => `- **Deny** \`${capability}\`\n`

describe('a project that nobody has agreed to', () => {
  test('is asked about with what its Allows give, by example', async () => {
    const place = makePlace()
    spec(place, allow('file:src/**:read') + allow('http:example.com:request') + deny('file:src/x:read'))
    expect(await told(place)).toEqual(['new', 'file:src/index.ts:read', 'http:example.com:request'])
  })

  test('is not asked about for what the user gives himself', async () => {
    const place = makePlace(allow('file:~/work/**:read,write'))
    spec(place, allow('file:src/**:read,write') + deny('file:src/x:*'))
    expect(await told(place)).toEqual(['kept'])
  })

  test('is asked only about what goes beyond that', async () => {
    const place = makePlace(allow('file:~/work/**:read'))
    spec(place, allow('file:src/**:read,write'))
    expect(await told(place)).toEqual(['new', 'file:src/index.ts:write'])
  })

  test('may take in the packs that come with oos', async () => {
    const place = makePlace()
    spec(place, '---\nextends: [oos:node, oos:git, oos:secrets]\n---\n')
    expect(await told(place)).toEqual(['kept'])
  })

  test('is asked about what it leaves out of a pack', async () => {
    const place = makePlace()
    spec(place, '---\nextends: [{pack: oos:secrets, except: ["file:.env:read"]}]\n---\n')
    expect(await told(place)).toEqual(['new', 'leaves out of oos:secrets file:.env:read'])
    await agreeTo(place)
    spec(place, '---\nextends: [{pack: oos:secrets, except: ["file:.envrc:read"]}]\n---\n')
    expect(await told(place)).toEqual(['changed', 'leaves out of oos:secrets file:.envrc:read'])
  })

  test('is asked about for a record elsewhere and for what its agents run', async () => {
    const place = makePlace()
    write(
      join(place.root, '.agent-os/PREFERRED_STACK.md'),
      '| Setting | Value |\n|---|---|\n| database.path | ~/x/y.db |\n',
    )
    write(join(place.root, '.agent-os/agents/builder.md'), '---\ncommand: make all\n---\n')
    expect(await told(place)).toEqual(['new', 'sets database.path = ~/x/y.db', 'agent builder runs make all'])
  })

  test('what commits and pushes are to run, also where it may be run anyhow', async () => {
    const place = makePlace(allow('shell:*'))
    spec(place, '- **Require** `shell:make test` before commit\n')
    const line = 'before a commit, your hooks run make test'
    expect(await told(place)).toEqual(['new', line])
    await agreeTo(place)
    expect(await told(place)).toEqual(['seen'])
    spec(place, '- **Require** `shell:make test` before commit\n- **Require** `shell:make all` before push\n')
    expect(await told(place)).toEqual(['changed', 'before a push, your hooks run make all'])
  })

  test('is asked about for the usual place of the record where the user has another', async () => {
    const place = makePlace()
    const setting = (path: string) => `| Setting | Value |\n|---|---|\n| database.path | ${path} |\n`
    write(join(place.home, '.agent-os/STACK_PREFERENCES.md'), setting('~/records/all.db'))
    write(join(place.root, '.agent-os/PREFERRED_STACK.md'), setting('.oos/data/atlas.db'))
    expect(await told(place)).toEqual(['new', 'sets database.path = .oos/data/atlas.db'])
    write(join(place.root, '.agent-os/PREFERRED_STACK.md'), setting('.OOS/data/atlas.db'))
    expect(await told(place)).toEqual(['new', 'sets database.path = .OOS/data/atlas.db'])
  })

  test('is not asked about for the usual place of the record', async () => {
    const place = makePlace()
    write(
      join(place.root, '.agent-os/PREFERRED_STACK.md'),
      '| Setting | Value |\n|---|---|\n| database.path | .oos/data/atlas.db |\n',
    )
    expect(await told(place)).toEqual(['kept'])
  })
})

describe('a project that was agreed to', () => {
  async function agreed(text: string, user = ''): Promise<Place> {
    const place = makePlace(user)
    spec(place, text)
    await agreeTo(place)
    expect(await told(place)).toEqual(['seen'])
    return place
  }

  test('needs no word for an edit that rewords, reorders or narrows', async () => {
    const rules = [allow('file:src/**:read,write'), allow('shell:npm test'), deny('file:src/x:*')]
    const place = await agreed(rules.join(''))
    const edits = [
      `# Another title\n\n${rules.join('')}`,
      rules.toReversed().join(''),
      allow('file:src/**:read') + allow('file:src/**:write') + allow('shell:npm test') + deny('file:src/x:*'),
      rules.join('') + deny('file:src/y:*'),
      rules.slice(1).join(''),
    ]
    for (const edit of edits) {
      spec(place, edit)
      expect([edit, await told(place)]).toEqual([edit, ['kept']])
    }
  })

  test('shows of an edit that widens the widening alone', async () => {
    const place = await agreed(allow('file:src/**:read'))
    spec(place, allow('file:src/**:read') + allow('http:example.com:request'))
    expect(await told(place)).toEqual(['changed', 'http:example.com:request'])
    spec(place, allow('file:**:read'))
    expect(await told(place)).toEqual(['changed', 'file:package.json:read'])
  })

  test('shows a Deny that is gone, a limit that grew and a condition that fell', async () => {
    const place = await agreed(
      `${allow('file:**:read') + deny('file:.env:read')}- **Limit** \`run:*{timeout:5m}\`\n- **Require** \`shell:npm test\` before done\n`,
    )
    spec(place, `${allow('file:**:read')}- **Limit** \`run:*{timeout:1h}\`\n`)
    expect(await told(place)).toEqual(['changed', 'file:.env:read', 'timeout of a run', 'what is required'])
  })

  test.each(['oos:secrets', 'oos:git', 'oos:node', 'oos:python', 'oos:rust', 'oos:go'])(
    'needs no word for an edit that narrows beside the pack %s',
    async (pack) => {
      const head = `---\nextends: [${pack}]\n---\n`
      const place = await agreed(
        head + allow('file:**:read,write') + allow('shell:*') + allow('http:*:request'),
      )
      spec(
        place,
        head + allow('file:src/**:read,write') + allow('shell:git *') + allow('http:*.example.com:get'),
      )
      expect(await told(place, 'undecided too')).toEqual(['kept'])
    },
  )

  test('shows of a hole in a pack what it opens alone, and closes it again without a word', async () => {
    const pack = '---\nextends: [oos:secrets]\n---\n'
    const open = '---\nextends: [{pack: oos:secrets, except: ["file:.env:read"]}]\n---\n'
    const all = allow('file:**:read,write')
    const place = await agreed(pack + all)
    spec(place, open + all)
    expect(await told(place)).toEqual([
      'changed',
      'file:.env:read',
      'leaves out of oos:secrets file:.env:read',
    ])
    await agreeTo(place)
    spec(place, pack + all)
    expect(await told(place)).toEqual(['kept'])
  })

  test('shows of a pack that is gone what it asked about, and takes it in again without a word', async () => {
    const all = allow('shell:*') + allow('git:*:*')
    const place = await agreed(`---\nextends: [oos:git]\n---\n${all}`)
    spec(place, all)
    const [state, ...examples] = await told(place)
    expect(state).toBe('changed')
    expect(examples).toContain('shell:git reset --hard')
    await agreeTo(place)
    spec(place, `---\nextends: [oos:git]\n---\n${all}`)
    expect(await told(place)).toEqual(['kept'])
  })

  test('may be put back to what was agreed to after it was narrowed', async () => {
    const place = await agreed(allow('file:src/**:read,write'))
    spec(place, allow('file:src/**:read'))
    rememberKept(await openAt(place), place.env, await recordOf(place))
    expect(await told(place)).toEqual(['seen'])
    spec(place, allow('file:src/**:read,write'))
    expect(await told(place)).toEqual(['kept'])
  })

  test('is asked about as a whole once the user gives less himself', async () => {
    const place = await agreed(allow('file:src/**:read'), allow('file:~/work/**:read'))
    mine(place, deny('file:~/.ssh/**:*') + allow('file:~/work/**:read'))
    expect(await told(place)).toEqual(['kept'])
    mine(place, '')
    expect(await told(place)).toEqual(['own', 'file:src/index.ts:read'])
  })

  test('is not blamed for what the user takes out of his own Denies, where he gives it himself', async () => {
    const place = await agreed(
      allow('http:example.com:request'),
      allow('file:~/work/**:read') + deny('file:~/work/shop/x/**:*'),
    )
    mine(place, allow('file:~/work/**:read'))
    expect(await told(place)).toEqual(['kept'])
  })

  test('is asked about once a Deny of the user no longer covers what its Allow gives', async () => {
    const place = await agreed(allow('file:**:read'), deny('file:**/.env:*'))
    mine(place, '')
    expect(await told(place)).toEqual(['own', 'file:.env:read'])
    spec(place, `${allow('file:**:read')}${allow('env:A')}`)
    expect((await told(place))[0]).toBe('changed')
  })

  const past = '{expires:2020-01-01T00:00:00Z}'
  const future = '{expires:2999-01-01T00:00:00Z}'
  test.each([
    {
      name: 'ended, and comes back',
      was: allow(`http:a.com:request${past}`),
      now: allow('http:{a,a}.com:request'),
    },
    { name: 'was to end', was: allow(`http:a.com:request${future}`), now: allow('http:{a,a}.com:request') },
    {
      name: 'was for less',
      was: allow('model:a/*:use{usd:0.5/day}'),
      now: allow('model:{a,a}/*:use{usd:1.4/day}'),
    },
    {
      name: 'was for longer',
      was: allow('http:a.com:request{rate:10/day}'),
      now: allow('http:{a,a}.com:request{rate:10/s}'),
    },
    {
      name: 'was for either of two amounts',
      was: allow('model:a/*:use{usd:5/day}') + allow('model:a/*:use{tokens:2M/day}'),
      now: allow('model:a/{x,**}:use'),
    },
    {
      name: 'hid a program everywhere',
      was: allow('shell:*') + deny('shell:curl *{everywhere}'),
      now: allow('shell:*') + deny('shell:{curl,curl} *'),
    },
  ])('is asked about what $name, also in another spelling', async ({ was, now }) => {
    const place = await agreed(was)
    spec(place, now)
    expect((await told(place, 'undecided too'))[0]).toBe('changed')
  })

  test('is asked about what another agent hides: a limit of one, the program of one', async () => {
    const place = await agreed('', allow('shell:*'))
    const definition = join(place.root, '.agent-os/agents/x.md')
    write(definition, `---\ncommand: npm\n---\n${deny('shell:rm *')}`)
    spec(place, '- **Limit** `run:command{timeout:5m}`\n- **Limit** `run:x{timeout:5m}`\n')
    await agreeTo(place)
    spec(place, '- **Limit** `run:command{timeout:4m}`\n')
    expect(await told(place)).toEqual(['changed', 'timeout of a run'])
    spec(place, '- **Limit** `run:command{timeout:5m}`\n- **Limit** `run:x{timeout:5m}`\n')
    write(definition, '---\nname: x\n---\n')
    expect((await told(place)).at(-1)).toBe('runs of npm no longer go by the rules of agent x')
  })

  test('is asked about words of a command that are grouped otherwise', async () => {
    const place = makePlace()
    const command = (words: string) =>
      write(join(place.root, '.agent-os/agents/x.md'), `---\ncommand: [bash, -c, ${words}]\n---\n`)
    command('"true", "curl a.com"')
    await agreeTo(place)
    command('"true curl a.com"')
    expect(await told(place)).toEqual(['changed', "agent x runs bash -c 'true curl a.com'"])
  })

  test('cannot shed what a shipped agent is denied by extending it', async () => {
    const place = makePlace(allow('shell:*'))
    write(join(place.root, '.agent-os/agents/x.md'), '---\nextends: [oos:coder]\n---\n')
    const { policy } = await openAt(place)
    const sudo = { resource: 'shell', action: 'execute', target: 'sudo id', words: ['sudo', 'id'] } as const
    expect(decide(policy, { ...sudo, agent: 'coder' }).effect).toBe('deny')
    write(
      join(place.root, '.agent-os/agents/x.md'),
      '---\nname: coder\nextends: [{pack: oos:coder, except: ["shell:sudo **"]}]\n---\n',
    )
    expect(await told(place)).toEqual([
      'new',
      expect.stringContaining('shell:sudo'),
      'leaves out of oos:coder shell:sudo **',
    ])
  })

  test('is forgotten when that is taken back', async () => {
    const place = await agreed(allow('file:src/**:read'))
    revoke(await openAt(place), place.env)
    expect((await told(place))[0]).toBe('new')
  })

  test('passes nothing on to a copy, to where it is moved, or to what comes in its place', async () => {
    const place = await agreed(allow('file:src/**:read'))
    const copy = { ...place, root: join(place.home, 'work/copy') }
    cpSync(place.root, copy.root, { recursive: true })
    expect((await told(copy))[0]).toBe('new')
    const moved = { ...place, root: join(place.home, 'work/moved') }
    renameSync(place.root, moved.root)
    expect((await told(moved))[0]).toBe('new')
    renameSync(copy.root, place.root)
    expect((await told(place))[0]).toBe('new')
  })

  test('may gain its first remote; with another origin it is another project', async () => {
    const place = await agreed(allow('file:src/**:read'))
    const git = (...words: string[]) => execFileSync('git', words, { cwd: place.root })
    git('init', '-q')
    git('remote', 'add', 'origin', 'https://ada:secret@example.com/shop.git')
    expect(await told(place)).toEqual(['seen'])
    await agreeTo(place)
    git('remote', 'set-url', 'origin', 'https://example.com/shop.git')
    expect(await told(place)).toEqual(['seen'])
    git('remote', 'add', 'upstream', 'https://example.com/up.git')
    await agreeTo(place)
    git('remote', 'set-url', 'origin', 'https://example.com/other.git')
    expect((await told(place))[0]).toBe('new')
  })

  test('is another when a repository without remotes is replaced, whatever inode its folder gets', async () => {
    for (let round = 0; round < 10; round += 1) {
      const place = await agreed(allow('file:src/**:read'))
      rmSync(place.root, { recursive: true })
      spec(place, allow('file:src/**:read'))
      expect((await told(place))[0]).toBe('new')
    }
  })

  test('is known by its own repository, in a folder of it, a work tree or a submodule', async () => {
    const place = makePlace()
    const git = (...words: string[]) =>
      execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=a@b.c', ...words], {
        cwd: dirname(place.root),
      })
    spec(place, allow('file:src/**:read'))
    git('init', '-q')
    git('remote', 'add', 'origin', 'https://example.com/work.git')
    git('add', '-A')
    git('commit', '-qm', 'first')
    git('worktree', 'add', '-q', join(place.home, 'tree'))
    const [own, tree] = [place.root, join(place.home, 'tree/shop')].map(readIdentity)
    expect([own?.remotes, tree?.remotes]).toEqual(Array(2).fill({ origin: 'https://example.com/work.git' }))
  })

  test('is the same when it is cloned to its place again', async () => {
    const place = await agreed(allow('file:src/**:read'))
    const remote = ['remote', 'add', 'origin', 'https://example.com/shop.git']
    execFileSync('git', ['init', '-q'], { cwd: place.root })
    execFileSync('git', remote, { cwd: place.root })
    await agreeTo(place)
    rmSync(place.root, { recursive: true })
    spec(place, allow('file:src/**:read'))
    execFileSync('git', ['init', '-q'], { cwd: place.root })
    execFileSync('git', remote, { cwd: place.root })
    expect(await told(place)).toEqual(['seen'])
  })
})

describe('what was agreed to', () => {
  const folderOf = ({ home }: Place) => join(home, '.local/state/oos/trust')

  test('is readable by its owner alone, and has no password of a remote', async () => {
    const place = makePlace()
    spec(place, allow('file:src/**:read'))
    execFileSync('git', ['init', '-q'], { cwd: place.root })
    execFileSync('git', ['remote', 'add', 'origin', 'https://ada:hunter2@example.com/x'], { cwd: place.root })
    await agreeTo(place)
    const folder = folderOf(place)
    const files = readdirSync(folder).map((name) => join(folder, name))
    expect([folder, ...files].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600])
    expect(execFileSync('cat', files, { encoding: 'utf8' })).not.toContain('hunter2')
  })

  test('lies in no folder that only the place one stands in names', () => {
    const home = '/home/a'
    expect(stateHomeOf({ XDG_STATE_HOME: '/state' }, home)).toBe('/state')
    for (const state of ['state', '.', '', undefined])
      expect(stateHomeOf({ XDG_STATE_HOME: state }, home)).toBe('/home/a/.local/state')
  })

  // Only root can give a file to somebody else.
  test.runIf(process.getuid?.() === 0)("reads as nothing when it is somebody else's", async () => {
    const place = makePlace()
    spec(place, allow('file:src/**:read'))
    await agreeTo(place)
    expect(await told(place)).toEqual(['seen'])
    for (const name of readdirSync(folderOf(place))) chownSync(join(folderOf(place), name), 12345, 12345)
    expect((await told(place))[0]).toBe('new')
  })

  test.each([
    { what: 'of another version', change: { version: 3 } },
    { what: 'of another project', change: { root: '/p' } },
  ])('reads as nothing when it is $what', async ({ change }) => {
    const place = makePlace()
    spec(place, allow('file:src/**:read'))
    await agreeTo(place)
    for (const path of readdirSync(folderOf(place)).map((name) => join(folderOf(place), name)))
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }))
    expect((await told(place))[0]).toBe('new')
  })

  test('reads as nothing when it is damaged', async () => {
    const place = makePlace()
    spec(place, allow('file:src/**:read'))
    await agreeTo(place)
    for (const name of readdirSync(folderOf(place)))
      writeFileSync(join(folderOf(place), name), '{"version":2,"root":"/p"')
    expect((await told(place))[0]).toBe('new')
  })
})
