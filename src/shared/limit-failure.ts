/** Which limit of this shell or this machine was met, in words, with the command that shows it. */
export function limitFailure(error: unknown): LimitFailure | undefined {
  if (!(error instanceof Error)) return undefined
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException
  // Of a descriptor that does not wait it says no more than that.
  if (code === 'EAGAIN' && !syscall.startsWith('spawn')) return undefined
  return limits.get(code)
}

export interface LimitFailure {
  readonly why: string
  readonly hint: string
}

const limits: ReadonlyMap<string, LimitFailure> = new Map([
  ['EFBIG', { why: 'no file may become that large here', hint: 'ulimit -f' }],
  ['EMFILE', { why: 'too many files are open', hint: 'ulimit -n' }],
  ['ENFILE', { why: 'too many files are open on this machine', hint: 'sysctl fs.file-nr' }],
  ['EAGAIN', { why: 'no more processes may be started', hint: 'ulimit -u' }],
  ['ENOMEM', { why: 'no memory is left', hint: 'free -h' }],
])
