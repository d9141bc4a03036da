import { type ErrorCode, OosError } from '../shared/errors.ts'
import { quoteWord } from '../shared/quote-word.ts'

/** Turns what the database or the file system threw into an error a person can act on; ours pass through. */
export function storeFailure(error: unknown, path: string): unknown {
  const code = (error as { code?: unknown } | null)?.code
  if (error instanceof OosError || typeof code !== 'string') return error
  const failure = failures.find(({ codes }) => codes.test(code))
  if (failure === undefined) return code.startsWith('SQLITE') ? unexpected(error, code, path) : error
  return new OosError(failure.code, `the record \`${path}\` ${failure.what}`, {
    hint: failure.hint(path),
    cause: error,
  })
}

interface Failure {
  readonly codes: RegExp
  readonly code: ErrorCode
  readonly what: string
  readonly hint: (path: string) => string
}

const failures: readonly Failure[] = [
  {
    codes: /^SQLITE_(BUSY|LOCKED)/,
    code: 'store-locked',
    what: 'is locked by another program',
    hint: (path) => `see who holds it with \`fuser '${path}'\`, then try again`,
  },
  {
    codes: /^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/,
    code: 'store-corrupt',
    what: 'is damaged; it was left as it is',
    hint: (path) =>
      `save what is readable with \`sqlite3 '${path}' .recover\`, or move its folder away to start a new record`,
  },
  {
    codes: /^(SQLITE_FULL|SQLITE_IOERR_SHM|ENOSPC|EDQUOT)/,
    code: 'store-full',
    what: 'has no room left on its disk',
    hint: (path) => `make room (\`df -h '${path}'\`), then try again; what was recorded is safe`,
  },
  {
    codes: /^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|EACCES|EPERM|EROFS|ENOENT|ENOTDIR|ELOOP)/,
    code: 'store-unwritable',
    what: 'cannot be written',
    hint: (path) => `look at \`ls -ld ${quoteWord(path.replace(/\/[^/]*$/, ''))}\``,
  },
  {
    codes: /^(SQLITE_IOERR|EIO|EFBIG)/,
    code: 'store-unwritable',
    what: 'could not be read or written to its end: a limit was met, or the disk is failing',
    hint: (path) => `look at \`ulimit -f\` and \`df -h '${path}'\`, then try again`,
  },
]

function unexpected(cause: unknown, code: string, path: string): OosError {
  return new OosError('failed', `the record \`${path}\` could not be used (${code})`, {
    hint: 'oos doctor',
    cause,
  })
}
