/** Words in names of files that hold credentials, or what others may use as such. */
const words =
  /secret|token|credential|passw|passphrase|key|auth|cookie|session|wallet|vault|login|history|\.?netrc|pgpass|npmrc|pypirc|ssh|gnupg|gpg|aws|azure|gcloud|kube|docker|\.(?:pem|p12|pfx|jks|crt|cer|der)$/i

/** Settings in which people keep passwords and tokens, though their names do not say so. */
const settings = [
  String.raw`\.(?:m2|gradle|pip|terraform\.d|kaggle|fly|heroku|vercel|netlify|wrangler|thunderbird|nuget|huggingface)`,
  String.raw`\.(?:gitconfig|condarc|yarnrc(?:\.yml)?|bunfig\.toml|terraformrc|my\.cnf|s3cfg|boto|sentryclirc|msmtprc|mailrc)`,
  String.raw`\.config/(?:git|gh|hub|pip|nuget|rclone|stripe|op|doctl|msmtp)`,
  // What shells and direnv read at their start often exports some.
  String.raw`\.(?:(?:bash|zsh)?(?:rc|env|profile|_profile|_login)|zlogin|zprofile|envrc|env\.[^/]*)`,
]
const settingPath = new RegExp(`(?:^|/)(?:${settings.join('|')})(?:/|$)`, 'i')

/** Whether a path looks as if what lies there should not be handed to a command; meant to be too careful. */
export function isSecretName(path: string): boolean {
  return settingPath.test(path) || path.split('/').some((name) => words.test(name))
}
