import { describe, expect, it } from 'vitest'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import { explainDecision } from '../../../src/policy/explain/explain.ts'
import { rulesFor } from '../../../src/policy/rules-for.ts'
import { parseCommands } from '../../../src/policy/shell/reading.ts'
import type { Request, Rule } from '../../../src/policy/types.ts'
import { home, makeRule, root } from '../random-rules.ts'

const policyOf = (rules: readonly Rule[]) => compilePolicy({ rules, root, home, now: 0 })

const everything = makeRule({
  effect: 'allow',
  capabilities: ['shell:*', 'file:**:read,write', 'git:*:push'],
})
const noFactor = makeRule({ effect: 'deny', capabilities: ['shell:factor *'] })
const shell = (target: string): Request => ({ resource: 'shell', action: 'execute', target })

const carrying = `
npx factor 12
npx --yes factor 12
npx -p coreutils factor 12
npx --package=coreutils -- factor 12
npm exec -- factor 12
npm x factor 12
pnpm exec factor 12
pnpm --filter app exec factor 12
pnpm dlx factor 12
pnpm factor 12
yarn exec factor 12
yarn workspace app run factor 12
bunx factor 12
bun x factor 12
corepack pnpm exec factor 12
uv run factor 12
uv run --with rich factor 12
uv --directory app run --frozen factor 12
uv tool run factor 12
uvx factor 12
poetry run factor 12
pipenv run factor 12
hatch run factor 12
conda run -n base factor 12
bundle exec factor 12
rustup run stable factor 12
mise exec node@22 -- factor 12
direnv exec . factor 12
nix develop .#shell -c factor 12
nix-shell --run 'factor 12'
guix shell coreutils -- factor 12
aws-vault exec work -- factor 12
op run --env-file .env -- factor 12
dotenv -f .env run factor 12
python -m factor 12
python3.12 -Im factor 12
uv run python -m factor 12
uv run sh -c 'ls; factor 12'
/usr/bin/npx /usr/bin/factor 12
time poetry run env -i factor 12
npx factor@latest 12
npx @scope/factor@1 12
npx --package= -c='factor 12'
npm --loglevel exec x factor 12
npm --unknown exec x factor 12
npm exe factor 12
npx --package -w app factor 12
chamber exec one two -- factor 12
npm exec --yes true factor 12
npm explore left-pad -- factor 12
pnpm factor exec 12
pnpm --filter test factor 12
pnpx factor 12
yarn factor 12
yarn --cwd app factor 12
yarn workspace app factor 12
yarn exec 'ls; factor 12'
lerna exec -- 'ls; factor 12'
bun --bun factor 12
deno run -A npm:factor@1 12
nvm exec 20 factor 12
env-cmd -r ./rc -e dev factor 12
dotenv -v A=1 -v B=2 factor 12
timelimit -s 9 -S 9 -t 5 factor 12
sops exec-env secrets.yaml 'ls; factor 12'
uv run --no-group dev factor 12
uv --project run run factor 12
uvx 'factor[all]@latest' 12
pipx run factor==1.2 12
pixi exec -s x factor 12
micromamba run -r /opt -n base factor 12
hatch run test:factor 12
python -m factor.__main__ 12
coverage run -m factor 12
tox exec -e py -- factor 12
bundle e factor 12
gem exec -v 1 factor 12
rvm 3.3 do factor 12
go run example.com/cmd/factor@latest 12
go tool factor 12
dune exec -- factor 12
dotnet tool run factor 12
nix run nixpkgs#factor -- 12
mise exec node@22 -c 'ls; factor 12'
doppler run --command='ls; factor 12'
rtk factor 12
`
  .trim()
  .split('\n')

describe('a command that another program looks up and runs', () => {
  it.each(carrying)('is stopped by what stops it: %s', (text) => {
    expect(decide(policyOf([everything]), shell(text)).effect).toBe('allow')
    expect(decide(policyOf([everything, noFactor]), shell(text)).effect).toBe('deny')
    const asking = { ...noFactor, effect: 'ask' as const }
    expect(decide(policyOf([everything, asking]), shell(text)).effect).toBe('ask')
  })

  it.each(carrying.filter((text) => !/^(?:time|nix-shell|npx .*-c=)/.test(text)))(
    'needs no leave of its own: %s',
    (text) => {
      const [program = ''] = text.split(' ')
      const own = makeRule({ effect: 'allow', capabilities: [`shell:${program} *`] })
      expect(decide(policyOf([own]), shell(text)).effect).toBe('allow')
      expect(decide(policyOf([noFactor]), shell(text)).effect).toBe('deny')
    },
  )

  it('may be what follows an option, and what follows that', () => {
    const words = (text: string) =>
      (parseCommands(text).carried?.commands ?? []).map(({ words }) => words.join(' '))
    expect(words('uv run --with rich pytest -k rm')).toEqual(['pytest -k rm'])
    expect(words('uv run --frozen pytest rm')).toEqual(['pytest rm'])
    expect(words('op run --log rich pytest')).toEqual(['rich pytest', 'pytest'])
    expect(words('pnpm rm left-pad')).toEqual([])
    expect(words('yarn add factor')).toEqual([])
    expect(words('uv add factor')).toEqual([])
  })

  it('is not the value of an option that is known to take one, nor what the command is given', () => {
    for (const text of [
      'uv run --with factor pytest',
      'npx -p factor tsc',
      'pnpm --filter factor build',
      'pnpm --filter app rm factor',
      'conda run -n factor python x.py',
      'npx turbo run build -- factor',
      'go run ./cmd/factor',
      'deno run -A x.ts factor',
      'mise exec factor@2 -- pytest',
      'mise exec factor',
      "doppler run -- tool --command 'factor 12'",
      "uv run 'ls a=1; factor 12'",
      'mise run build -- factor',
      'uv run test factor',
    ])
      expect(decide(policyOf([everything, noFactor]), shell(text)).effect, text).toBe('allow')
  })

  it('is no builtin of a shell', () => {
    for (const text of ['npx .', 'direnv exec . make', 'pdm run source', 'npx trap'])
      expect(decide(policyOf([everything, noFactor]), shell(text)).effect, text).toBe('allow')
  })

  it('is given what stands behind a `--` of the program that runs it', () => {
    const noReset = makeRule({ effect: 'deny', capabilities: ['shell:prisma migrate reset *'] })
    for (const text of [
      'npm exec prisma -- migrate reset',
      'npx prisma@latest migrate reset --force',
      'nix run nixpkgs#prisma -- migrate reset',
      'yarn workspace app prisma --schema x migrate reset',
      'dotnet tool run prisma -- migrate reset',
    ])
      expect(decide(policyOf([everything, noReset]), shell(text)).effect, text).toBe('deny')
  })

  it('is anything where it is only known at run time, or is code', () => {
    for (const text of [
      'uv run $TOOL',
      'uvx "$@"',
      'uv $X factor 12',
      'uv run - < x.py',
      'uv run python -m runpy factor',
      'yarn $TOOL',
      'poetry run python -c "import os"',
      'bundle exec ruby -e 1',
    ]) {
      expect(decide(policyOf([everything, noFactor]), shell(text)).effect).toBe('deny')
      const own = makeRule({
        effect: 'allow',
        capabilities: ['shell:{uv,uvx,yarn,poetry,bundle} *', 'file:**:read'],
      })
      expect(decide(policyOf([own]), shell(text)).effect).toBe('allow')
    }
  })

  it('is asked about where the Ask alone would be no leave', () => {
    const own = makeRule({ effect: 'allow', capabilities: ['shell:uv *'] })
    const asking = { ...noFactor, effect: 'ask' as const, withheld: true as const }
    for (const text of ['uv run factor 12', 'uv run $TOOL'])
      expect(decide(policyOf([own, asking]), shell(text)).effect).toBe('ask')
    const both = policyOf([own, asking])
    expect(decide(both, shell('factor 12')).effect).toBe('deny')
    expect(decide(both, shell('uv run factor 12')).effect).toBe('ask')
  })

  it('is not closed by an Only that names what carries it', () => {
    const only = makeRule({ effect: 'only', capabilities: ['shell:{npx vitest,uv} *'] })
    for (const text of ['npx vitest run', 'uv run pytest', 'uv run $TOOL'])
      expect(decide(policyOf([only]), shell(text)).effect).toBe('allow')
    expect(decide(policyOf([only]), shell('npx jest')).effect).toBe('deny')
    expect(decide(policyOf([only]), shell('vitest run')).effect).toBe('deny')
    expect(decide(policyOf([only, noFactor]), shell('uv run factor 12')).effect).toBe('deny')
  })

  it('is matched by a Deny or an Ask for who plans, and by no Allow or Only', () => {
    const matches = (effect: Rule['effect'], pattern: string, text: string) =>
      rulesFor(policyOf([makeRule({ effect, capabilities: [pattern] })]), '', [], 'shell').map((rule) =>
        rule.matches(text, 'execute'),
      )
    expect(matches('deny', 'shell:factor *', 'uv run factor 12')).toEqual([true])
    expect(matches('ask', 'shell:factor *', 'uv run $TOOL')).toEqual([true])
    expect(matches('deny', 'shell:factor *', 'uv run pytest')).toEqual([false])
    expect(matches('allow', 'shell:uv *', 'uv run factor 12')).toEqual([true])
    expect(matches('allow', 'shell:factor *', 'uv run factor 12')).toEqual([false])
    expect(matches('only', 'shell:uv *', 'uv run factor 12')).toEqual([true, false])
  })

  it('needs leave for files and branches all the same', () => {
    const own = makeRule({ effect: 'allow', capabilities: ['shell:*'] })
    expect(decide(policyOf([own]), shell('uv run git push origin main')).effect).toBe('deny')
    expect(decide(policyOf([own]), shell("uv run sh -c 'echo > /etc/x'")).effect).toBe('deny')
  })

  it('is named where it is why', () => {
    const policy = policyOf([everything, noFactor])
    const request = shell('uv run factor 12')
    const { because, parts } = explainDecision(policy, request, decide(policy, request))
    expect(because).toContain('a Deny matches `shell:factor 12`')
    expect(parts.map(({ text, effect }) => [text, effect])).toEqual([
      ['shell:uv run factor 12', 'allow'],
      ['shell:factor 12', 'deny'],
    ])
  })

  it('is looked for in an argv, too, and beside what cannot be read', () => {
    const policy = policyOf([everything, noFactor])
    const words = ['npx', 'factor', '12']
    expect(decide(policy, { ...shell(words.join(' ')), words }).effect).toBe('deny')
    const { reasons } = decide(policy, shell('npx factor 12; $TOOL'))
    expect(reasons.map(({ part }) => part?.target)).toContain('factor 12')
    expect(decide(policy, shell("pnpx -c 'ls; factor 12'")).effect).toBe('deny')
  })

  it('frees nothing that stands behind it', () => {
    const own = makeRule({ effect: 'allow', capabilities: ['shell:npx *'] })
    expect(decide(policyOf([own]), shell('npx factor 12; factor 12')).effect).toBe('deny')
  })

  it('is one thing to ask about, however often it is carried', () => {
    const text = 'npx dotenv -e .env -- npx factor 12'
    const { reasons } = decide(policyOf([everything, { ...noFactor, effect: 'ask' }]), shell(text))
    expect(reasons.filter(({ kind }) => kind === 'ask').map(({ part }) => part?.target)).toEqual([
      'factor 12',
    ])
  })

  it('is read in bounded time and space however often it may stand there', () => {
    for (const text of [
      `${'npx -a '.repeat(50_000)}factor 12`,
      `npx ${'-a b '.repeat(50_000)}factor 12`,
      `uv ${'-a run '.repeat(50_000)}factor 12`,
      `npx ${'-a '.repeat(100)}${'b '.repeat(50_000)}`,
    ]) {
      expect(decide(policyOf([everything, noFactor]), shell(text)).effect).toBe('deny')
      const { carried } = parseCommands(text)
      const all = (carried?.commands ?? []).reduce((sum, { words }) => sum + words.length, 0)
      expect(all).toBeLessThanOrEqual(100_000)
      expect(carried?.undecidable?.reason).toBe('it may run too many commands')
    }
  })
})
