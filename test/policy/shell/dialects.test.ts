// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell text
import { describe, expect, it } from 'vitest'
import { parseCommands, readArgv } from '../../../src/policy/shell/reading.ts'

/** Whether `factor` is found, or at least nothing is promised. */
function isHeld(words: readonly string[]): boolean {
  const { commands, undecidable } = readArgv(words)
  return undecidable !== undefined || commands.some(({ words }) => words[0] === 'factor')
}

describe('a text for sh, which may be dash', () => {
  it.each([
    'echo &>x factor 1',
    'echo &>>x factor 1',
    'cd x &>y && echo > z',
    '{ cd x; } &>y && echo > z',
    '((factor 1))',
    "echo $'a\\'; factor 1 #'",
    "eval $'#;factor 1'",
    'echo $[1;factor 1 ]',
    '[[ a || factor 1 ]]',
    '[[ a =~ b|factor ]]',
    "cat <<$'A'\nx\n$A\nfactor 1\nA",
    'echo "${x:-\'}"; factor 1 #\'}"',
    'time -f %e factor 1',
    'time -v factor 1',
    'time -o f factor 1',
  ])('is not decided as bash reads it: %s', (text) => {
    for (const shell of ['sh', 'dash', 'ash', '/bin/sh']) expect(isHeld([shell, '-c', text])).toBe(true)
    expect(isHeld(['busybox', 'sh', '-c', text])).toBe(true)
  })

  it('is the same behind a program that hands its text to sh', () => {
    const text = "echo $'a\\'; factor 1 #'"
    for (const words of [
      ['watch', text],
      ['npx', '-c', text],
      ['git', 'rebase', '-x', text],
    ])
      expect(isHeld(words)).toBe(true)
    expect(readArgv(['bash', '-c', text]).undecidable).toBeUndefined()
  })

  it.each([
    'ls &>/dev/null; ls >/dev/null 2>&1',
    '[ -f x ] && [[ -d y ]]',
    'echo $((1 + 2))',
    'echo \'a\' "b"',
  ])('is decided where both read it alike: %s', (text) => {
    expect(readArgv(['sh', '-c', text]).undecidable).toBeUndefined()
  })
})

describe('a text that does not say for which shell it is', () => {
  it.each([
    'echo &>x factor 1',
    '((factor 1))',
    'echo $[1;factor 1 ]',
    '[[ a || factor ]]',
    'time -f %e factor 1',
    "cat <<$'A'\nx\n$A\nfactor 1\nA",
  ])('is not decided as bash alone reads it: %s', (text) => {
    const { commands, undecidable } = parseCommands(text)
    expect(undecidable !== undefined || commands.some(({ words }) => words[0] === 'factor')).toBe(true)
  })

  it.each(["echo $'it\\'s' &>/dev/null", '((i++))', '[[ -f x || -f y ]] && ls'])(
    'is read as bash reads it where anything else would be odd: %s',
    (text) => {
      expect(parseCommands(text).undecidable).toBeUndefined()
    },
  )
})

describe('a text for zsh', () => {
  it.each([
    '=factor 1',
    'sudo =factor 1',
    'noglob factor 1',
    'nocorrect factor 1',
    '- factor 1',
    'repeat 1 factor 1',
    'emulate sh -c "factor 1"',
    'echo *(e:"factor 1":)',
    '*(e:"factor 1":)',
    '{factor 1}',
    '{ factor 1 }',
    'x="factor 1"; $=x',
    'x=factor; $~x 1',
    "echo $x['$(factor 1)']",
    "echo ${HOME#${HOME#$'$(factor 1)'}}",
    'path=(. $path); ls',
    'functions[ls]="factor 1"; ls',
    'aliases[ls]="factor 1"; eval ls',
    'NULLCMD=factor; < 1',
    'hash ls=/usr/bin/factor; ls',
    'print -v PATH .; ls',
    'setopt rcquotes; ls',
    'set -o rcquotes; ls',
    'zmodload zsh/sched; sched 1 factor 1',
    'echo x >! AGENT.md',
  ])('is held where zsh has a meaning of its own: %s', (text) => {
    expect(isHeld(['zsh', '-c', text])).toBe(true)
  })

  it('is held with options that change how it is read', () => {
    expect(isHeld(['zsh', '-ic', 'echo # ; factor 1'])).toBe(true)
    expect(isHeld(['zsh', '-o', 'rcquotes', '-c', 'ls'])).toBe(true)
  })

  it.each([
    'rg -n "foo(bar)" src | head -5',
    'setopt pipefail; set -euo pipefail; for f in *.ts; do wc -l "$f"; done',
    'ls *.ts && echo $(date) > x # done',
    'yarn workspace {pkg} build',
    '[[ $x == y ]] && x=1 git log --format=%H',
  ])('is decided where it is ordinary: %s', (text) => {
    expect(readArgv(['zsh', '-lc', text]).undecidable).toBeUndefined()
  })
})
