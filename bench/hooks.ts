import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { installPeers, nativeProgram } from './peers.ts'
import { median, type Row } from './row.ts'

const oos = join(import.meta.dirname, '../bin/oos.js')
const rounds = 40
const files = 20

/** What the hooks add to `git commit` where the specs are unchanged, beside other keepers of hooks that do nothing. Builds must be fresh. */
export function bench(): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'oos-bench-hooks-'))
  try {
    return [hookRow(folder)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Place {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

type Keeper = 'nothing' | 'oos' | 'sh' | 'lefthook'

function hookRow(folder: string): Row {
  const env = environment(folder)
  installPeers(['lefthook@2.2.1'])
  const places = keepers.flatMap((keeper) => {
    const place = makeRepository(join(folder, keeper), env)
    return prepare[keeper](place) ? [[keeper, place] as const] : []
  })
  const samples = Array.from({ length: rounds + 1 }, () =>
    places.map(([, place]) => timeCommit(place)),
  ).slice(1)
  const times = new Map(
    places.map(([keeper], index) => [keeper, median(samples.map((sample) => sample[index] ?? 0))]),
  )
  const added = (keeper: Keeper) => (times.get(keeper) ?? Number.NaN) - (times.get('nothing') ?? 0)
  const lefthook = times.has('lefthook') ? added('lefthook') : undefined
  const own = added('oos')
  return {
    what: `pre-commit hook, specs unchanged, ${files} staged files`,
    must: 'adds ≤ 50 ms to `git commit`, and no more than lefthook with an empty job',
    measured: `+${own.toFixed(1)} ms`,
    peer: [
      `sh +${added('sh').toFixed(1)} ms`,
      ...(lefthook === undefined ? [] : [`lefthook +${lefthook.toFixed(1)} ms`]),
    ].join(', '),
    holds: own <= 50 && (lefthook === undefined || own <= lefthook),
  }
}

const keepers: readonly Keeper[] = ['nothing', 'oos', 'sh', 'lefthook']

/** Says whether it is there to be measured. */
const prepare: Readonly<Record<Keeper, (place: Place) => boolean>> = {
  nothing: () => true,
  oos: ({ cwd, env }) => {
    execFileSync(process.execPath, [oos, 'hooks', 'install'], { cwd, env, stdio: 'ignore' })
    return true
  },
  sh: ({ cwd }) => {
    writeFileSync(join(cwd, '.git/hooks/pre-commit'), '#!/bin/sh\nexit 0\n', { mode: 0o755 })
    return true
  },
  lefthook: ({ cwd, env }) => {
    const program = nativeProgram('lefthook')
    if (!existsSync(program)) return false
    writeFileSync(
      join(cwd, 'lefthook.yml'),
      'output: false\npre-commit:\n  commands:\n    empty:\n      run: "true"\n',
    )
    return spawnSync(program, ['install'], { cwd, env, stdio: 'ignore' }).status === 0
  },
}

function environment(folder: string): NodeJS.ProcessEnv {
  const [home, bin] = [join(folder, 'home'), join(folder, 'bin')]
  for (const path of [home, bin]) mkdirSync(path)
  symlinkSync(oos, join(bin, 'oos'))
  symlinkSync(process.execPath, join(bin, 'node'))
  const PATH = [bin, dirname(nativeProgram('lefthook')), process.env.PATH].join(':')
  const config = join(home, '.gitconfig')
  writeFileSync(config, '[user]\nname = a\nemail = a@example.com\n')
  return {
    ...process.env,
    HOME: home,
    XDG_CACHE_HOME: join(folder, 'cache'),
    PATH,
    GIT_CONFIG_GLOBAL: config,
  }
}

function makeRepository(cwd: string, env: NodeJS.ProcessEnv): Place {
  mkdirSync(join(cwd, '.agent-os'), { recursive: true })
  const rules = [
    '- **Allow** `file:**:read,write`',
    '- **Allow** `shell:*`, `git:*:commit`',
    '- **Deny** `file:**/.env:*`',
  ]
  writeFileSync(join(cwd, '.agent-os/AGENT.md'), `# Agent\n\n${rules.join('\n')}\n`)
  const git = (...words: string[]) => execFileSync('git', words, { cwd, env, stdio: 'ignore' })
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-qm', 'first')
  for (let number = 0; number < files; number += 1) writeFileSync(join(cwd, `${number}.txt`), `${number}\n`)
  git('add', '-A')
  return { cwd, env }
}

function timeCommit({ cwd, env }: Place): number {
  const start = performance.now()
  execFileSync('git', ['commit', '-qm', 'x'], { cwd, env, stdio: 'ignore' })
  const time = performance.now() - start
  execFileSync('git', ['reset', '-q', '--soft', 'HEAD~1'], { cwd, env, stdio: 'ignore' })
  return time
}
