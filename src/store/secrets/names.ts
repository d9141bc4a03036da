/** What a secret is called by whoever names variables. */
const ofVariable =
  /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|APIKEY|(?:^|_)(?:PASS|SSHPASS|PWD|KEY|AUTH|COOKIE|PAT|DSN|DATABASE_URL|WEBHOOK_URL))(?:_|$)/i

/** Names that only say where something lies, or of what kind it is. */
const ofPlace =
  /(?:^PWD$|^OLDPWD$|^GIT_CONFIG_KEY_\d+$|_(?:SOCK|FILE|PATH|DIR|ID|PID|NAME|TYPE|URL_PREFIX)$)/i

/** Less is said of a secret in a text, where a `key` or a `pass` is most often something else. */
const ofField =
  /(?:token|secret|passw(?:or)?d|passphrase|(?:^|_)pass|pwd|credentials?|(?:api|access|account|auth|client|encryption|master|private|secret|signing)_?key|(?:^|_)(?:sig|signature))$/i

/** Whether the value of an environment variable of this name is taken for a secret. */
export function isSecretVariable(name: string): boolean {
  return ofVariable.test(name) && !ofPlace.test(name)
}

/** Whether what a text gives under this name is: an option's value, a field of JSON, a parameter of a URL, an assignment. */
export function isSecretField(name: string): boolean {
  if (/^[A-Z][A-Z0-9_]*$/.test(name)) return isSecretVariable(name)
  return ofField.test(name.replace(/[.-]/g, '_'))
}
