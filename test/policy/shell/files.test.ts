import { describe, expect, it } from 'vitest'
import { parseCommands, readArgv } from '../../../src/policy/shell/reading.ts'

const filesOf = (text: string) => parseCommands(text).files.map(({ path, action }) => `${action} ${path}`)

describe('the files that a text redirects to', () => {
  it.each<[string, string[]]>([
    ['echo x > a', ['write a']],
    ['echo x >> "a b"', ['write a b']],
    ['echo x >| a', ['write a']],
    ['echo x &> a', ['write a']],
    ['echo x &>> a', ['write a']],
    ['echo x >& a', ['write a']],
    ['cat < a', ['read a']],
    ['cat <> a', ['read a', 'write a']],
    ['{ echo x; } > a', ['write a']],
    ['while read -r x; do :; done < a', ['read a']],
    ['f() { :; } > a', ['write a']],
    ['> a', ['write a']],
    ['echo $(echo x > a)', ['write a']],
    ["sh -c 'echo x > a'", ['write a']],
    ['echo x 2>&1 >&2 <&3 3>&- 2>/dev/null', []],
    ['cat <<EOF\n> a\nEOF', []],
    ['cat <<< "> a"', []],
    ['echo x > ~/a', ['write ~/a']],
    ['echo x > $HOME/a', ['write ~/a']],
    ['echo x > "$HOME"/a', ['write ~/a']],
    ['echo x > "$HOME/a"', ['write ~/a']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: shell text
    ['echo x > "${HOME}/a"', ['write ~/a']],
    ["echo x > '~/a'", ['write ./~/a']],
    ['echo x > $PWD/a', ['write ./a']],
    ['cd sub && echo x > a', ['write sub/a']],
    ['cd sub; echo x > a', ['write a', 'write sub/a']],
    ['cd sub || echo x > a', ['write a', 'write sub/a']],
    ['cd /etc && cd ../tmp && echo x > a', ['write /tmp/a']],
    ['cd && echo x > a', ['write ~/a']],
    ['(cd sub && echo x > a); echo x > b', ['write sub/a', 'write b']],
    ['cd sub && echo x > /a', ['write /a']],
    ['for i in 1 2; do (cd sub && echo x > a); done', ['write sub/a']],
    ["env -C sub sh -c 'echo x > a'", ['write sub/a']],
    ["sh -c 'cd sub' && echo x > a", ['write a']],
    ["eval 'cd sub' && echo x > a", ['write a', 'write sub/a']],
    ['command cd sub && echo x > a', ['write a', 'write sub/a']],
    ['echo $(cd sub) > a', ['write a']],
    ['find . -fprint a', ['write a']],
    ['git diff --output=a', ['write a']],
  ])('%s: %j', (text, expected) => {
    expect(filesOf(text)).toEqual(expected)
    expect(parseCommands(text).undecidable).toBeUndefined()
  })

  it.each([
    'echo x > "$f"',
    'echo x > *.txt',
    'echo x > $HOME$x/a',
    'echo x > $HOMEa',
    'echo x > ~root/a',
    'echo x > /dev/tcp/example.com/80',
    'cat < /dev/udp/example.com/80',
    'HOME=/etc; echo x > ~/a',
    'cd "$d" && echo x > a',
    'cd - && echo x > a',
    'pushd; echo x > a',
    'for d in a b; do echo x > f; cd $d; done',
    'while true; do cd ..; echo x > f; done',
    'f() { echo x > a; }; cd sub; f',
    'f() { cd sub; }; f; echo x > a',
    "trap 'echo x > a' EXIT; cd sub",
    'cd $x && ./tool',
    "env -C sub -S './tool x'",
  ])('cannot be told for %s', (text) => {
    expect(parseCommands(text).undecidable?.reason).toMatch(/./)
  })
})

describe('a program given by a relative path', () => {
  it.each<[string, string[]]>([
    ['./tool', ['./tool']],
    ['cd sub && ./tool', ['sub/./tool']],
    ['cd /tmp && ./tool', ['/tmp/./tool']],
    ['cd sub; ./tool', ['./tool', 'sub/./tool']],
    ['cd sub && tool', ['tool']],
    ['cd sub && /bin/tool', ['/bin/tool']],
    ["'~/tool'", ['./~/tool']],
  ])('%s is read as %j', (text, programs) => {
    const named = parseCommands(text).commands.map(({ words }) => words[0])
    expect(named.filter((program) => program !== 'cd')).toEqual(programs)
  })
})

it('`find -delete` is read as the `rm` that it is', () => {
  const { commands, undecidable } = parseCommands("find build -name '*.o' -delete")
  expect([commands.map(({ words }) => words.slice(0, 2)), undecidable]).toEqual([
    [
      ['find', 'build'],
      ['rm', '-rf'],
    ],
    undefined,
  ])
})

describe('words without a shell', () => {
  it.each<[string[], string[]]>([
    [['echo', '$(rm x)', '; rm x', '>', 'a'], ['echo']],
    [
      ['sh', '-c', 'rm x'],
      ['sh', 'rm'],
    ],
    [
      ['env', 'A=1', 'nice', 'rm', 'x'],
      ['env', 'nice', 'rm'],
    ],
    [
      ['xargs', 'rm'],
      ['xargs', 'rm'],
    ],
    [['./a b'], ['./a b']],
  ])('%j runs %j', (words, programs) => {
    const { commands, files, undecidable } = readArgv(words)
    expect(commands.map((command) => command.words[0])).toEqual(programs)
    expect(files).toEqual([])
    expect(undecidable).toBeUndefined()
  })

  it.each([[[]], [['']], [['a\0b']], [['bash']], [['env', 'PATH=.', 'x']], [['python3', '-c', 'x']]])(
    'cannot be told for %j',
    (words) => {
      expect(readArgv(words).undecidable?.reason).toMatch(/./)
    },
  )
})
