import { describe, expect, it } from 'vitest'
import { gitRequests } from '../../../src/policy/shell/git.ts'
import { parseCommands } from '../../../src/policy/shell/reading.ts'

const requests = (text: string) =>
  parseCommands(text)
    .commands.flatMap((command) => gitRequests(command))
    .map(({ action, target, remote }) => `${action} ${target}${remote === undefined ? '' : ` @${remote}`}`)

describe('the git requests of a command', () => {
  it.each<[string, string[]]>([
    ['git push origin main', ['push main @origin']],
    ['git push', ['push * @*']],
    ['git push origin', ['push * @origin']],
    ['git push -u origin feature/x', ['push feature/x @origin']],
    ['git push origin HEAD', ['push * @origin']],
    ['git push origin HEAD:main', ['push main @origin']],
    ['git push origin main:refs/heads/x', ['push x @origin']],
    ['git push origin +main:refs/heads/x', ['push x @origin', 'force-push x @origin']],
    ['git push --force', ['push * @*', 'force-push * @*']],
    ['git push -fu origin main', ['push main @origin', 'force-push main @origin']],
    ['git push origin main --force-with-lease', ['push main @origin', 'force-push main @origin']],
    ['git push --force-with-lease=main:abc origin main', ['push main @origin', 'force-push main @origin']],
    ['git push origin :b', ['push b @origin', 'delete b @origin']],
    [
      'git push origin --delete a b',
      ['push a @origin', 'delete a @origin', 'push b @origin', 'delete b @origin'],
    ],
    ['git push -d origin a', ['push a @origin', 'delete a @origin']],
    ['git push --tags', ['push * @*']],
    ['git push --all origin', ['push * @origin']],
    ['git push --mirror origin', ['push * @origin', 'force-push * @origin', 'delete * @origin']],
    ['git push --prune origin', ['push * @origin', 'delete * @origin']],
    ['git push origin "refs/heads/*:refs/heads/*"', ['push * @origin']],
    ['git push origin tag v1', ['push v1 @origin']],
    ['git push origin v1:refs/tags/v2', ['push v2 @origin']],
    ['git push --repo=backup', ['push * @backup']],
    ['git push -o ci.skip origin main', ['push main @origin']],
    ['git push https://example.com/x.git main', ['push main @https://example.com/x.git']],
    ['git -C sub -c push.default=current push origin main', ['push main @origin']],
    ['/usr/bin/git push origin main', ['push main @origin']],
    ['sudo git push origin main', ['push main @origin']],
    ["sh -c 'git push origin main'", ['push main @origin']],
    ['git push origin "$b"', ['push * @origin', 'force-push * @origin', 'delete * @origin']],
    ['git push "$r" main', ['push * @*', 'force-push * @*', 'delete * @*']],
    ['git push --unheard-of origin main', ['push * @*', 'force-push * @*', 'delete * @*']],
    ['git push $x', ['push * @*', 'force-push * @*', 'delete * @*']],
    ['git "$x" origin', ['push * @*', 'force-push * @*', 'delete * @*', 'commit *', 'tag *']],
    ['git commit -m "git push"', ['commit *']],
    ['git merge x', ['commit *']],
    ['git -C $x push origin main', ['push * @*', 'force-push * @*', 'delete * @*', 'commit *', 'tag *']],
    ['git subtree push --prefix x origin main', ['push * @*', 'force-push * @*', 'delete * @*']],
    ['git subtree "$x"', ['push * @*', 'force-push * @*', 'delete * @*']],
    ['git subtree split --prefix x', []],
    ['git tag --unheard-of v1', ['tag *', 'delete *']],
    ['git tag -d -- v1', ['delete v1']],
    ['git branch --unheard-of a', ['delete *']],
    ['git branch -D -- a b', ['delete a', 'delete b']],
    ['git branch -D a "$b"', ['delete a', 'delete *']],
    ['git update-ref "$x" refs/heads/a', ['delete a']],
    ['git update-ref refs/heads/a HEAD', ['commit a']],
    ['git update-ref HEAD x', ['commit *']],
    ['git tag -a v1 -m "x"', ['tag v1']],
    ['git tag v1 HEAD~1', ['tag v1']],
    ['git tag', []],
    ['git tag -l "v*"', []],
    ['git tag -d v1 v2', ['delete v1', 'delete v2']],
    ['git branch -D a b', ['delete a', 'delete b']],
    ['git branch --delete --force a', ['delete a']],
    ['git branch', []],
    ['git branch -a -vv', []],
    ['git update-ref -d refs/heads/a', ['delete a']],
    ['git status', []],
    ['git log --oneline push', []],
    ['echo git push origin main', []],
  ])('%s: %j', (text, expected) => {
    expect(requests(text)).toEqual(expected)
  })

  it('names the branch of a commit where it is known', () => {
    const [command] = parseCommands('git commit -m x').commands
    expect(command && gitRequests(command, 'main')).toEqual([{ action: 'commit', target: 'main' }])
  })
})
