/** Which limit of this shell or this machine was met, in words, with the command that shows it. */
export function limitFailure(error: unknown): LimitFailure | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? limits.get(code) : undefined
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
