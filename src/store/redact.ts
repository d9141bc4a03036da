/** Names of environment variables whose values are taken for secrets. */
const secretName =
  /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|APIKEY|(?:^|_)(?:PASS|SSHPASS|PWD|KEY|AUTH|COOKIE|PAT|DSN|DATABASE_URL|WEBHOOK_URL))(?:_|$)/i

/** Names that only say where something lies. */
const placeName = /(?:^PWD$|^OLDPWD$|_(?:SOCK|FILE|PATH|DIR|ID|PID|NAME|URL_PREFIX)$)/i

/** Shorter values are words that stand everywhere: blacking them out would make the record unreadable. */
const shortestSecret = 8

const secretOption = '(?:password|passwd|token|secret|api[_-]?key|access[_-]?key)'

/** Token shapes that their issuers made recognizable, and the places where people put secrets. */
const shapes: readonly string[] = [
  String.raw`\bgh[pousr]_[A-Za-z0-9]{16,}`,
  String.raw`\bgithub_pat_[A-Za-z0-9_]{20,}`,
  String.raw`\bglpat-[\w-]{16,}`,
  String.raw`\bnpm_[A-Za-z0-9]{30,}`,
  String.raw`\bpypi-[\w-]{40,}`,
  String.raw`\bdckr_pat_[\w-]{16,}`,
  String.raw`\bsk-[\w-]{16,}`,
  String.raw`\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}`,
  String.raw`\bhf_[A-Za-z0-9]{20,}`,
  String.raw`\bxox[a-z]-[\w-]{10,}`,
  String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
  String.raw`\bAIza[\w-]{30,}`,
  String.raw`\bSG\.[\w-]{16,}\.[\w-]{16,}`,
  String.raw`\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*`,
  String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`,
  String.raw`(?<=\bauthorization:[ \t]*(?:bearer|basic|token)[ \t]+)\S{8,}`,
  String.raw`(?<=\bbearer[ \t]+)[\w.~+/=-]{16,}`,
  String.raw`(?<=\w:\/\/[^\s/:@]*:)[^\s/]+(?=@)`,
  String.raw`(?<=(?:--${secretOption}[= ]|${secretOption}=)["']?)[^\s"'&]{8,}`,
]

/** Something of every shape: a text without any is not searched further, which is nearly every text. */
const hints =
  /(?:gh[pousr]|github_pat|npm|dckr_pat|[sr]k|hf)_|(?:glpat|pypi|sk|xox[a-z])-|AKIA|ASIA|AIza|SG\.|eyJ|PRIVATE KEY|:\/\/|bearer|authorization|password|passwd|token|secret|api[_-]?key|access[_-]?key/i

export interface Redactor {
  text(text: string): string
  /** Takes and gives JSON; every string in it is redacted. */
  json(text: string): string
}

/** What every stored text goes through: values of secret-looking variables and known token shapes are taken out. */
export function createRedactor(env: Readonly<Record<string, string | undefined>>): Redactor {
  const names = new Map(secretValues(env))
  const values = [...names.keys()].sort((a, b) => b.length - a.length)
  const pattern = new RegExp([...values.map(escapeRegExp), ...shapes].join('|'), 'gi')
  const written = values.map((value) => JSON.stringify(value).slice(1, -1).toLowerCase())
  const text = (given: string) => given.replace(pattern, (found) => `[redacted${label(names, found)}]`)
  return { text, json: (given) => (maySecret(given, written) ? redactJson(given, text) : given) }
}

/** Whether something was taken out of a stored text: it is no longer what it was. */
export function isRedacted(text: string): boolean {
  return text.includes('[redacted')
}

function maySecret(json: string, written: readonly string[]): boolean {
  if (hints.test(json)) return true
  const lower = written.length > 0 ? json.toLowerCase() : json
  return written.some((value) => lower.includes(value))
}

function redactJson(json: string, text: (given: string) => string): string {
  const redacted = (value: unknown) => {
    if (typeof value === 'string') return text(value)
    return Array.isArray(value) ? withoutOptionValues(value) : value
  }
  return JSON.stringify(JSON.parse(json, (_, value) => redacted(value)))
}

const optionWord = new RegExp(`^--${secretOption}$`, 'i')

/** In the words of a command an option and its secret stand apart. */
function withoutOptionValues(words: readonly unknown[]): unknown[] {
  return words.map((word, index) => {
    const before = words[index - 1]
    const isValue = typeof before === 'string' && optionWord.test(before)
    return isValue && typeof word === 'string' && word.length >= shortestSecret ? '[redacted]' : word
  })
}

function* secretValues(env: Readonly<Record<string, string | undefined>>): Generator<[string, string]> {
  for (const [name, value] of Object.entries(env)) {
    if (value && value.length >= shortestSecret && secretName.test(name) && !placeName.test(name))
      yield [value, name]
  }
}

function label(values: ReadonlyMap<string, string>, found: string): string {
  const name = values.get(found)
  return name === undefined ? '' : ` ${name}`
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
