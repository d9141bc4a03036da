/**
 * What is a secret by its looks: what each has in it (a text with nothing of that is not searched further, which is
 * nearly every text), and itself. Both are sources of regular expressions that know no case. None takes long on any
 * text: what may be long is not tried again from every place where it may begin.
 */
const shapes: readonly (readonly [hint: string, shape: string])[] = [
  ['gh[pousr]_', String.raw`\bgh[pousr]_[a-z0-9]{16,}`],
  ['github_pat_', String.raw`\bgithub_pat_\w{20,}`],
  ['gl[a-z]+-', String.raw`\bgl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|oas)-[\w-]{16,}`],
  ['npm_', String.raw`\bnpm_[a-z0-9]{30,}`],
  ['pypi-', String.raw`\bpypi-[\w-]{40,}`],
  ['dckr_', String.raw`\bdckr_[po]at_[\w-]{16,}`],
  ['rubygems_', String.raw`\brubygems_[a-f0-9]{32,}`],
  ['sk-', String.raw`\bsk-(?=[\w-]{0,80}\d)[\w-]{16,}`],
  ['[sr]k_', String.raw`\b[sr]k_(?:live|test)_[a-z0-9]{16,}`],
  ['whsec_', String.raw`\bwhsec_[a-z0-9+/=]{20,}`],
  [
    '(?:hf|gsk|shpat|lin_api)_|dop_v1_|nvapi-',
    String.raw`\b(?:hf_|gsk_|shpat_|lin_api_|dop_v1_|nvapi-)[\w-]{20,}`,
  ],
  ['xox|xapp-', String.raw`\b(?:xox[a-z]|xapp)-[\w-]{10,}`],
  ['hooks\\.slack', String.raw`(?<=\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/]{20,}`],
  ['webhooks\\/', String.raw`(?<=\bdiscord(?:app)?\.com\/api\/webhooks\/\d{5,20}\/)[\w-]{20,}`],
  ['bot\\d', String.raw`(?<=\bbot)\d{6,12}:[\w-]{30,}`],
  ['A[KSBC][IC]A', String.raw`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b`],
  ['AIza', String.raw`\bAIza[\w-]{30,}`],
  ['ya29', String.raw`\bya29\.[\w-]{20,}`],
  ['SG\\.', String.raw`(?<![\w-])SG\.[\w-]{16,}\.[\w-]{16,}`],
  ['hv[sbr]\\.', String.raw`\bhv[sbr]\.[\w-]{20,}`],
  ['AGE-SECRET', String.raw`\bAGE-SECRET-KEY-1[a-z0-9]{50,}`],
  ['eyJ', String.raw`(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)+`],
  [
    'PRIVATE KEY',
    String.raw`-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)`,
  ],
  ['PuTTY', String.raw`\bPuTTY-User-Key-File-\d:[\s\S]*`],
  // A password in a URL: neither a port nor what is only an image's tag.
  [
    ':\\/\\/',
    String.raw`(?<=\w:\/\/[^\s/:@[]*:)(?!\d{1,5}(?:[/?#,;"'\\<>()[\]{}|\x60]|$)|\$)(?:[^\s/]+(?=@(?!sha256:))|[^\s@"',<>]{1,200}(?=@(?!sha256:)))`,
  ],
  // A token in the place of a user's name.
  [':\\/\\/', String.raw`(?<=\w:\/\/)(?=[^\s/:@]{0,200}\d)[\w.~%+-]{20,}(?=(?::[^\s/@]*)?@)`],
]

export const shapePattern = shapes.map(([, shape]) => shape).join('|')
export const shapeHints = new RegExp(shapes.map(([hint]) => hint).join('|'), 'i')
