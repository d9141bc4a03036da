/** Words in names of files that hold credentials, or what others may use as such. */
const words =
  /secret|token|credential|passw|passphrase|key|auth|cookie|session|wallet|vault|login|history|\.?netrc|pgpass|npmrc|pypirc|ssh|gnupg|gpg|aws|azure|gcloud|kube|docker|\.(?:pem|p12|pfx|jks|crt|cer|der)$/i

/** Whether a path looks as if what lies there should not be handed to a command; meant to be too careful. */
export function isSecretName(path: string): boolean {
  return path.split('/').some((name) => words.test(name))
}
