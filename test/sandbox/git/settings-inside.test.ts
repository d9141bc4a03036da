import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSettingsInside } from '../../../src/sandbox/git/settings-inside.ts'
import { makePipes } from '../../../src/sandbox/process/pipe.ts'

function homeOf(files: Readonly<Record<string, string>>): string {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'oos-home-')))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), text)
  }
  return home
}

/** As one text each, without the folder's name. */
function inside(home: string, env: NodeJS.ProcessEnv = {}): Record<string, string> {
  const plain = (text: string) => text.replaceAll(home, '~')
  return Object.fromEntries(
    readSettingsInside(env, home).map(({ path, content }) => [
      plain(path),
      plain(content).replaceAll(/\s+/g, ' '),
    ]),
  )
}

describe("the person's own git settings", () => {
  const rows = [
    {
      text: '[user]\n\tname = A B\n\temail = a@example.com\n',
      expected: '[user] name = "A B" [user] email = "a@example.com" ',
    },
    { text: '[User]\n name = "A # \\"B\\"" ; comment\n', expected: '[user] name = "A # \\"B\\"" ' },
    { text: '[user] email = same@line\n[core]\nname = other\n', expected: '[user] email = "same@line" ' },
    { text: '[Core]\nautoCRLF = input\n', expected: '[core] autocrlf = "input" ' },
    { text: '[user "x"]\nname = not this\n[alias]\nemail = !evil\n', expected: undefined },
    {
      text: '[credential]\nhelper = store\n[http]\nextraHeader = secret\n[core]\nhooksPath = x\n',
      expected: undefined,
    },
    { text: '[url "https://a:secret@host/"]\ninsteadOf = https://host/\n', expected: undefined },
    { text: '', expected: undefined },
  ]
  it.each(rows)('hold inside where they decide what a commit holds: $text', ({ text, expected }) => {
    expect(inside(homeOf({ '.gitconfig': text }))['~/.gitconfig']).toBe(expected)
  })

  it('come from the files that git reads, in its order', () => {
    const home = homeOf({
      '.config/git/config': '[user]\nname = xdg',
      '.gitconfig': '[user]\nname = home\n[include]\npath = more\n[user]\nname = last',
      more: '[user]\nname = more\n[include]\npath = ~/.gitconfig',
      named: '[user]\nname = named',
    })
    const names = ['xdg', 'home', 'more', 'last'].map((name) => `[user] name = "${name}" `)
    expect(inside(home)).toEqual({ '~/.gitconfig': names.join('') })
    expect(inside(home, { GIT_CONFIG_GLOBAL: join(home, 'named') })).toEqual({
      '~/.gitconfig': '[user] name = "named" ',
    })
  })

  it('that hold on a condition are files of their own', () => {
    const home = homeOf({
      '.gitconfig': '[includeIf "gitdir:~/a \\"b\\"/"]\npath = a\n[includeIf "gitdir:~/x/"]\npath = x',
      a: '[user]\nemail = a@b',
      x: '[alias]\nx = !rm',
    })
    expect(inside(home)).toEqual({
      '~/.gitconfig': '[includeif "gitdir:~/a \\"b\\"/"] path = "~/.config/git/outside-1" ',
      '~/.config/git/outside-1': '[user] email = "a@b" ',
    })
  })

  it.each([
    { name: 'is named', files: { '.gitconfig': '[core]\nexcludesFile = ~/mine', mine: '*.swp' } },
    { name: 'lies where git looks for it', files: { '.config/git/ignore': '*.swp' } },
  ])('tell what git ignores everywhere: it $name', ({ files }) => {
    expect(inside(homeOf(files))).toEqual({
      '~/.gitconfig': '[core] excludesfile = "~/.config/git/outside-1" ',
      '~/.config/git/outside-1': '*.swp',
    })
  })

  it.each(['link', 'folder'])('show nothing that a run leads them to: a %s in its place', (kind) => {
    const home = homeOf({
      '.gitconfig': '[core]\nexcludesFile = ~/dotfiles/git/ignore',
      'ssh/ignore': 'SECRET',
    })
    mkdirSync(join(home, 'dotfiles'))
    if (kind === 'folder') symlinkSync(join(home, 'ssh'), join(home, 'dotfiles/git'))
    else {
      mkdirSync(join(home, 'dotfiles/git'))
      symlinkSync(join(home, 'ssh/ignore'), join(home, 'dotfiles/git/ignore'))
    }
    expect(inside(home)).toEqual({})
  })

  it('are not waited for where a file is a pipe', () => {
    const home = homeOf({})
    makePipes([join(home, '.gitconfig')])
    expect(inside(home)).toEqual({})
  })
})
