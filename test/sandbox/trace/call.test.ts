import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCallReader, parseCall, unescapeText } from '../../../src/sandbox/trace/call.ts'
import { touchesOf } from '../../../src/sandbox/trace/touches.ts'

/** What a line says was done, where the thread stands in `/w`. */
function said(line: string): readonly string[] {
  const call = parseCall(line)
  if (call === undefined) return ['no call']
  return touchesOf({ thread: 1, ...call }, () => '/w').map(
    ({ act, path, real, folder, error }) =>
      `${act} ${path}${folder ? '/' : ''}${real === undefined ? '' : ` at ${real}`}${error === undefined ? '' : ` ${error}`}`,
  )
}

describe('a line of strace', () => {
  it.each([
    { line: 'openat(AT_FDCWD</w>, "a", O_RDONLY|O_CLOEXEC) = 3</w/a>', does: ['read /w/a at /w/a'] },
    { line: 'openat(5</x/y>, "../a", O_RDONLY) = 3</x/a>', does: ['read /x/y/../a at /x/a'] },
    { line: 'open("a", O_RDONLY) = 3</w/a>', does: ['read /w/a at /w/a'] },
    {
      line: 'openat(AT_FDCWD</w>, "/etc/x", O_RDONLY) = -1 ENOENT (No such file or directory)',
      does: ['read /etc/x ENOENT'],
    },
    { line: 'openat(AT_FDCWD</w>, ".", O_RDONLY|O_DIRECTORY) = 3</w>', does: ['read /w/ at /w'] },
    {
      line: 'openat(AT_FDCWD</w>, "a", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</w/a>',
      does: ['make /w/a at /w/a'],
    },
    {
      line: 'openat(AT_FDCWD</w>, "a", O_RDWR|O_CREAT|O_EXCL, 0600) = 3</w/a>',
      does: ['read /w/a at /w/a', 'create /w/a at /w/a'],
    },
    { line: 'openat(AT_FDCWD</w>, "a", O_WRONLY|O_APPEND) = 3</w/a>', does: ['change /w/a at /w/a'] },
    {
      line: 'openat(AT_FDCWD</w>, "a", O_RDWR) = 3</w/a>',
      does: ['read /w/a at /w/a', 'change /w/a at /w/a'],
    },
    {
      line: 'openat(AT_FDCWD</w>, "a", O_RDONLY|O_CREAT, 0600) = 3</w/a>',
      does: ['read /w/a at /w/a', 'make /w/a at /w/a'],
    },
    { line: 'open("", O_RDONLY) = -1 ENOENT (No such file or directory)', does: [] },
    { line: 'mkdirat(5<socket:[1]>, "a", 0777) = 0', does: [] },
    { line: 'mkdirat(5</x>, "a", 0777) = 0', does: ['create /x/a/'] },
    { line: 'execveat(5</x/prog>, "", ["prog"], 0x5, AT_EMPTY_PATH) = 0', does: ['read /x/prog'] },
    { line: 'openat(AT_FDCWD</w>, "a", O_RDONLY|O_PATH) = 3</w/a>', does: [] },
    {
      line: 'openat(AT_FDCWD</w>, "d", O_RDWR|O_TMPFILE, 0600) = 3</w/d/#1> (deleted)',
      does: ['create /w/d/'],
    },
    { line: 'openat(AT_FDCWD</w>, "a", O_RDONLY) = 3</w/a (deleted)>', does: ['read /w/a at /w/a'] },
    { line: 'openat(AT_FDCWD</w>, "a", O_RDONLY) = 3</w/a>(deleted)', does: ['read /w/a at /w/a'] },
    {
      line: 'execve("/bin/sh", ["sh", "-c", "echo \\")\\" <x>, y"], 0x5 /* 3 vars */) = 0',
      does: ['read /bin/sh'],
    },
    { line: 'rename("a", "b") = 0', does: ['delete /w/a', 'create /w/b'] },
    {
      line: 'renameat2(AT_FDCWD</w>, "a", 4</d>, "b", RENAME_NOREPLACE) = 0',
      does: ['delete /w/a', 'create /d/b'],
    },
    { line: 'unlinkat(4</d>, "x", AT_REMOVEDIR) = 0', does: ['delete /d/x/'] },
    { line: 'mkdir("a/b/", 0777) = -1 EEXIST (File exists)', does: ['create /w/a/b/ EEXIST'] },
    { line: 'symlink("../to", "link") = 0', does: ['create /w/link'] },
    { line: 'symlinkat("../to", 4</d>, "link") = 0', does: ['create /d/link'] },
    { line: 'linkat(AT_FDCWD</w>, "a", AT_FDCWD</w>, "b", 0) = 0', does: ['read /w/a', 'create /w/b'] },
    { line: 'fchmod(4</w/a>, 0644) = 0', does: ['change /w/a'] },
    { line: 'utimensat(4</w/a>, NULL, [UTIME_NOW, UTIME_OMIT], 0) = 0', does: ['change /w/a'] },
    { line: 'fchownat(4</w/a>, "", 0, 0, AT_EMPTY_PATH) = 0', does: ['change /w/a'] },
    { line: 'fchmod(4<socket:[12]>, 0644) = 0', does: [] },
    {
      line: 'bind(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="s.sock"}, 110) = 0',
      does: ['create /w/s.sock'],
    },
    { line: 'bind(3<socket:[1]>, {sa_family=AF_UNIX, sun_path=@"abstract"}, 110) = 0', does: [] },
    {
      line: 'bind(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
      does: [],
    },
    {
      line: 'openat(AT_FDCWD</w/\\303\\244 \\74b\\76>, "\\"q\\"\\n\\\\", O_RDONLY) = 3</w/\\303\\244 \\74b\\76/\\"q\\"\\n\\\\>',
      does: ['read /w/ä <b>/"q"\n\\ at /w/ä <b>/"q"\n\\'],
    },
    { line: 'mkdir("a", 0777) = ?', does: ['create /w/a/ ?'] },
    { line: '--- SIGCHLD {si_signo=SIGCHLD} ---', does: ['no call'] },
    { line: '+++ exited with 0 +++', does: ['no call'] },
    { line: 'openat(AT_FDCWD</w>, "cut', does: ['no call'] },
    { line: '', does: ['no call'] },
  ])('$line', ({ line, does }) => {
    expect(said(line)).toEqual(does)
  })
})

it('a call that was interrupted by others is one call', () => {
  const reader = createCallReader()
  expect(reader.read('12 openat(AT_FDCWD</w>, "a", O_RDONLY <unfinished ...>')).toBeUndefined()
  expect(reader.read('13 mkdir("b", 0777) = 0')).toMatchObject({ thread: 13, name: 'mkdir' })
  expect(reader.read('12 <... openat resumed>)             = 3</w/a>')).toMatchObject({
    thread: 12,
    name: 'openat',
    result: { at: '/w/a' },
  })
})

/** As strace prints a string: octal unless plain, and shorter where no digit follows. */
function escapeText(text: string, also: string): string {
  const bytes = [...Buffer.from(text)]
  return bytes
    .map((byte, index) => {
      const named = { 9: 't', 10: 'n', 11: 'v', 12: 'f', 13: 'r', 34: '"', 92: '\\' }[byte]
      if (named !== undefined) return `\\${named}`
      if (byte >= 32 && byte < 127 && !also.includes(String.fromCharCode(byte)))
        return String.fromCharCode(byte)
      const next = bytes[index + 1] ?? 0
      return `\\${byte.toString(8).padStart(next >= 48 && next <= 57 ? 3 : 1, '0')}`
    })
    .join('')
}

const anyName = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom('"', '<', '>', '\\', ',', ')', '(', '\n', '0', '7', 'é', ' '),
      minLength: 1,
      maxLength: 12,
    }),
  )
  .map((text) =>
    text
      .replace(/[/\0]/g, '_')
      .replace(/^\.+$/, '_')
      .replace(/ ?\(deleted\)$/, ''),
  )

it('any name comes out as it went in', () => {
  fc.assert(
    fc.property(anyName, anyName, (folder, name) => {
      const [at, path] = [escapeText(`/${folder}`, '<>'), escapeText(name, '')]
      const real = escapeText(`/${folder}/${name}`, '<>')
      const line = `openat(AT_FDCWD<${at}>, "${path}", O_RDONLY|O_CLOEXEC) = 3<${real}>`
      expect(said(line)).toEqual([`read /${folder}/${name} at /${folder}/${name}`])
      expect(said(`renameat(7<${at}>, "${path}", AT_FDCWD<${at}>, "${path}") = 0`)).toEqual([
        `delete /${folder}/${name}`,
        `create /${folder}/${name}`,
      ])
    }),
  )
})

it('no text breaks the reader, and none is read as more than one call', () => {
  const reader = createCallReader()
  const pieces = fc.constantFrom(
    ...[
      'openat(',
      'AT_FDCWD',
      '</w>',
      '"',
      '\\',
      '<',
      '>',
      ',',
      ')',
      ' = ',
      '3',
      '-1 ENOENT',
      '<unfinished ...>',
      '<... openat resumed>',
      '12 ',
      '{',
      '}',
      '[',
      ']',
      'a',
      ' ',
    ],
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), fc.string({ unit: 'binary' }), (words, text) => {
      for (const line of [words.join(''), text, `12 ${words.join('')}`]) {
        const call = reader.read(line)
        if (call !== undefined) expect(line).toContain(')')
      }
    }),
  )
})

it('bytes that are no text do not stop it', () => {
  expect(unescapeText('a\\377b')).toBe('a\uFFFDb')
})
