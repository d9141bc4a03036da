import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { executable, makeTree, oos } from '../cli/oos.ts'

const rules = `# Rules

- **Allow** \`file:**:read,write\`, \`shell:*\`, \`git:*:*\`
- **Ask** \`git:*:tag\` — a tag is a release
- **Ask** \`git:*:commit\`
- **Ask** \`git:*:push\`
- **Ask** \`file:asked/**:write\`
`

const driver = join(import.meta.dirname, '../sandbox/process/terminal-driver.py')
const yes = '\x1b[B\r'

let place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> }
beforeEach(() => {
  const cwd = makeTree({ '.agent-os/AGENT.md': rules, '.gitignore': '.oos\ndo.sh\nremote.git\n' })
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'oos-agreed-'))
  writeFileSync(join(home, '.gitconfig'), '[user]\nname = a\nemail = a@example.com\n')
  symlinkSync(executable, join(home, 'oos'))
  symlinkSync(process.execPath, join(home, 'node'))
  const env = {
    HOME: home,
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    PATH: `${home}:/usr/bin:/bin`,
    XDG_STATE_HOME: '',
    XDG_CACHE_HOME: '',
  }
  place = { cwd, env }
  git('init', '-qb', 'main')
  git('add', '-A')
  git('commit', '-qm', 'first')
  oos(['trust', '--yes'], place)
})

function git(...words: string[]): string {
  const { cwd, env } = place
  return spawnSync('git', words, { cwd, env, encoding: 'utf8' }).stdout.trimEnd()
}

interface Seen {
  readonly seen: string
  readonly status: number
}

/** Somebody at a terminal runs this, and says yes to it; `steps` come after. */
function agreeTo(command: readonly string[], steps: readonly (readonly string[])[] = []): Seen {
  const argv = [process.execPath, executable, 'run', '--', ...command]
  const job = { argv, steps: [['expect', 'Run `'], ['send', yes], ...steps] }
  const { cwd, env } = place
  const out = execFileSync('python3', [driver, JSON.stringify(job)], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  const { missed, ...seen } = JSON.parse(out)
  expect(missed).toBeNull()
  return seen
}

const script = (text: string) => writeFileSync(join(place.cwd, 'do.sh'), text)
const tags = () => git('tag').split('\n')
const subjects = () => git('log', '--format=%s').split('\n')

describe('a yes at the start of a run', () => {
  test('stands for the tag that it was about, and for no other', () => {
    expect(agreeTo(['git', 'tag', 'v1']).status).toBe(0)
    expect(tags()).toEqual(['v1'])
    script('git tag v3; git commit --allow-empty -qm more')
    const { seen, status } = agreeTo(['sh', '-c', 'git tag v2; sh do.sh'])
    expect(status).toBe(3)
    expect(seen).toContain('git:v3:tag is not allowed')
    expect(seen).toContain('git:main:commit is not allowed')
    expect([tags(), subjects()]).toEqual([['v1', 'v2'], ['first']])
  })

  test('is none for the next run', () => {
    agreeTo(['git', 'tag', 'v1'])
    script('git tag -f v1; git tag v2')
    expect(oos(['run', '--', 'sh', 'do.sh'], place).code).toBe(3)
    expect(tags()).toEqual(['v1'])
  })

  test('stands for a commit to the branch that is checked out', () => {
    expect(agreeTo(['git', 'commit', '--allow-empty', '-qm', 'second']).status).toBe(0)
    expect(subjects()).toEqual(['second', 'first'])
    git('switch', '-q', '--detach')
    expect(agreeTo(['git', 'commit', '--allow-empty', '-qm', 'third']).status).toBe(0)
    expect(subjects()).toEqual(['third', 'second', 'first'])
  })

  test('stands for the file that it was about where it is staged or committed', () => {
    script(`id=$(echo x | git hash-object -w --stdin)
      for name in a b; do git update-index --add --cacheinfo 100644,$id,asked/$name; done`)
    const { seen } = agreeTo(['sh', '-c', 'sh do.sh; : > asked/a'])
    expect(seen).toContain('file:asked/b:create was staged, and is not allowed')
    expect(git('diff', '--cached', '--name-only')).toBe('asked/a')
  })

  test('stands where oos is killed before it could look', () => {
    script('git tag v2; touch done; sleep 60')
    const words = ['sh', '-c', 'git tag v1; sh do.sh']
    const { status } = agreeTo(words, [
      ['file', 'done'],
      ['kill', 'SIGKILL'],
    ])
    expect([status, existsSync(join(place.cwd, 'done')), tags()]).toEqual([-9, true, ['v1', 'v2']])
    expect(oos(['run', '--', 'true'], place).stderr).toContain('git:v2:tag is not allowed')
    expect(tags()).toEqual(['v1'])
  })

  test('is known to hooks inside, which let through what it was about', () => {
    oos(['hooks', 'install'], place)
    git('init', '-q', '--bare', 'remote.git')
    const pushed = () => git('-C', 'remote.git', 'for-each-ref', '--format=%(refname)')
    const refused = oos(['run', '--', 'sh', '-c', 'g=push; git $g ./remote.git main'], place)
    expect([refused.code, pushed()]).toEqual([3, ''])
    expect(agreeTo(['git', 'push', './remote.git', 'main'])).toMatchObject({ status: 0 })
    expect(pushed()).toBe('refs/heads/main')
    script('git push ./remote.git main:other; git commit --allow-empty -m more')
    const { seen } = agreeTo(['sh', '-c', 'git push ./remote.git main; sh do.sh'])
    expect(seen).toMatch(
      /git:other:push.*nobody can be asked here.*git:main:commit.*nobody can be asked here/s,
    )
    expect([pushed(), subjects()]).toEqual(['refs/heads/main', ['first']])
    expect(agreeTo(['git', 'commit', '--allow-empty', '-qm', 'second']).status).toBe(0)
    expect(subjects()).toEqual(['second', 'first'])
  })
})
