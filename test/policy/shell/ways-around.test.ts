import { describe, expect, it } from 'vitest'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import { home, makeRule, root } from '../random-rules.ts'

function effectOf(text: string, denied: string): string {
  const rules = [
    makeRule({ effect: 'allow', capabilities: ['shell:*', 'file:**:read,write', 'git:*:*'] }),
    makeRule({ effect: 'deny', capabilities: [denied] }),
  ]
  const policy = compilePolicy({ rules, root, home, now: 0 })
  return decide(policy, { resource: 'shell', action: 'execute', target: text }).effect
}

describe('a Deny of `git push *` holds for', () => {
  it.each([
    'setarch -R git push',
    'setarch --addr-no-randomize git push',
    'i386 git push',
    'git for-each-repo --config=x.r push',
    'git for-each-repo --config x.r --keep-going push origin',
    '/usr/lib/git-core/git-push',
    'git-push origin main',
    '/usr/lib/git-core/git push',
    'gtimeout 5 git push',
    'genv A=1 git push',
    "genv -S 'git push'",
    'gnice -n 5 git push',
    'gxargs git push',
    'bfs . -exec git push ;',
    "bfs . -exec git push ';'",
    'runcon -t x git push',
    'aa-exec -p profile -- git push',
    's6-setuidgid user git push',
    "onchange '**/*.js' -- git push",
    "chokidar '**/*.js' -c 'git push'",
    "chokidar '**/*.js' --command='git push'",
    "cargo watch -s 'git push'",
    "cargo watch -qs 'git push'",
    "cargo watch --shell='git push'",
    "cargo +nightly watch -x 'run; git push'",
    'cargo watch -- git push',
    "swift -e 'code'",
    "kotlinc -e 'code'",
    "ocaml -e 'code'",
    "runghc -e 'code'",
    "ghc -e 'code'",
    "crystal eval 'code'",
    "nim --eval:'code'",
    "nim e 'code'",
    'dotnet fsi --exec x.fsx',
    "bpython -c 'code'",
    "duckdb -c 'code'",
    "su root -lc 'git push'",
    "su root --comm='git push'",
    "su root -- -c 'git push'",
    "runuser root -c 'git push'",
    "runuser -l root -c 'git push'",
    "runuser - root -c 'git push'",
    'runuser -u root -- git push',
    "ssh h -p 22 'git push'",
    'ssh h -- git push',
    "git submodule foreach --recursive 'git push'",
    'git submodule foreach git push',
    "git rebase --exec='git push' main",
    'fd . -x git push',
    'fd . --exec-batch git push',
  ])('%s', (text) => {
    expect(effectOf(text, 'shell:git push *')).toBe('deny')
  })

  it.each([
    'setarch x86_64 -R git pull',
    'git-lfs pull',
    'git for-each-repo --config=x.r fetch',
    'genv git fetch',
    'bfs . -name push',
    'cargo watch -x test -w src',
    'cargo build --release',
    'swift build',
    'crystal build x.cr',
    'ocaml x.ml',
    'dotnet build',
    'git log -- push',
    "su root -c 'git fetch'",
    'su --help',
    'runuser -u root -- git fetch',
    'ssh -T git@example.com',
    'git submodule status',
    'git submodule foreach git fetch',
    'fd push',
  ])('and not for %s', (text) => {
    expect(effectOf(text, 'shell:git push *')).toBe('allow')
  })
})

describe('a `--` between words is no way round', () => {
  it.each([
    ['npm -- publish', 'shell:npm publish *'],
    ['npm --tag next -- publish', 'shell:npm publish *'],
    ['npm run -- deploy', 'shell:npm run deploy'],
  ])('%s', (text, denied) => {
    expect(effectOf(text, denied)).toBe('deny')
  })

  it('and stands where a pattern has one', () => {
    expect(effectOf('git checkout -- x', 'shell:git checkout -- *')).toBe('deny')
    expect(effectOf('git checkout x', 'shell:git checkout -- *')).toBe('allow')
  })
})

describe('what cannot be followed falls under a Deny of any program', () => {
  it.each([
    'git $x',
    'git --exec-path=. status',
    'git instaweb',
    'git fetch --upload-pack=factor .',
    'git fetch $x',
    'git log --output="$x"',
    'git config -e',
    'git config --file x core.pager factor',
    'find . -files0-from x',
    'find . -fprint "$x"',
    'fd -xfactor',
    'fd -Hxfactor',
    'su root',
    'su root -s /usr/bin/factor',
    'su root --shell=/usr/bin/factor -c x',
    'su -Z',
    'runuser -l root',
    'chroot /x',
    'fakeroot',
    'aa-exec -p x',
    'pkexec',
    'run0',
    'git -c gc.recentObjectsHook=factor gc',
    'git config gc.recentObjectsHook factor',
    "git config --comment user.name alias.x '!factor'",
    "git config --comment x alias.y '!factor'",
    'git config "$x" factor',
    'git config edit',
    'git config --ed',
    'git config -ze',
    'git config -fx user.name y',
    "git config core.pager 'factor 1' --get",
    "git config core.pager 'factor 1' -l",
    "git config core.pager 'factor 1' --unset",
    "git config set core.pager 'factor 1' --unset-all",
    "git config --comment --get core.pager 'factor 1'",
    "git config --com --get core.pager 'factor 1'",
    "git config --type bool core.fsmonitor 'factor 1'",
    'git config --rename-section log.foo core',
    'git config --rename-s log.foo core',
    'git config --copy-section log.foo core',
    'git config rename-section log.foo core',
    'git submodule foreach "$x"',
    'git archive --output="" HEAD',
    'awk -i x.awk 1 y',
    'awk -E x.awk y',
    'awk -e \'BEGIN{system("factor 1")}\'',
    "awk --unheard-of 'x'",
    'cat x | fish',
    'fish "$x"',
    'make --unheard-of -f -',
    "bash -O expand_aliases -c 'y 1'",
    "fish -c 'factor 1'",
    'timeout -- $x y 1',
    `env -S 'A="1" factor 1' x`,
    "env -S 'factor 1' --help",
    "env --split-string='factor 1' --version",
    "env -iS 'A=1' -S 'factor 1'",
    'sudo -k factor 1',
    'sudo --reset-timestamp factor 1',
    'sed -f /dev/./stdin x',
    'sed -f /dev/../dev/stdin x',
    'sed -f /dev/pts/0 x',
    'sed -f /./dev/stdin x',
    'sed -f ../../../../dev/stdin x',
    'awk -f /dev/./stdin x',
    'bash /dev/./stdin',
    'bash ../../../dev/stdin',
    'bash sub/../../../dev/fd/0',
    'bash ../../proc/self/fd/0',
    'make -f /dev/./stdin',
    'node /dev/./stdin',
    'python3 /dev/./fd/0',
    'tar cIf factor x .',
    'rsync --rsh="$x" a b',
    'read "$x"',
    'read -EaPATH; ls 1',
    'export "$x=1"',
    'fc -s',
    "sh -c '[[ a || factor 1 ]]'",
    "sh -c '{ a; } &>x'",
    `sh -c "echo $'a'"`,
    "zsh -o x -c 'y 1'",
    "zsh -c 'x=$=y'",
    "zsh -c 'path=(.)'",
    "zsh -c 'echo *(e:factor:)'",
    "zsh -c 'set -o x; a'",
    "zsh -c 'setopt x; a'",
  ])('%s', (text) => {
    expect(effectOf(text, 'shell:factor *')).toBe('deny')
  })
})

describe('nothing runs factor, and nothing is unclear, in', () => {
  it.each([
    'env --help factor',
    "env -S '-i --help' factor",
    "env -S 'echo x' --help",
    'sudo -k',
    'sed -f /dev/null x',
    'bash ../dev/setup.sh',
    'bash dev/x',
    'git config --type bool core.bare true',
    'git config --type=bool core.bare true',
    'git config set --type bool core.bare true',
    'git config --default x --get core.pager',
    'git config --comment x core.bare true',
    'git config --unset-all core.pager',
    'git config --global -l',
    'git config --list -z',
    'git config get core.pager',
    'git config core.pager',
    'git config --remove-section log',
    'git config --add user.name --get',
  ])('%s', (text) => {
    expect(effectOf(text, 'shell:factor *')).toBe('allow')
  })
})
