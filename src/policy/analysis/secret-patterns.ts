// Written by `npm run docs` from `specs/packs/secrets.md`.
// biome-ignore format: one line each

/** What is a secret, in the short spelling. */
export const secretPatterns: readonly { readonly deny: string; readonly except: readonly string[] }[] = [
  { deny: 'file:**/.env{,.*}:read,write', except: ['file:**/.env.{example,sample,template,dist,defaults}:read,write'] },
  { deny: 'file:**/.envrc:read,write', except: [] },
  { deny: 'file:**/*.{pem,key,p12,pfx,jks,keystore}:read,write', except: ['file:**/{node_modules,site-packages,dist-packages,vendor}/**:read,write'] },
  { deny: 'file:**/id_{rsa,dsa,ecdsa,ed25519}:read,write', except: [] },
  { deny: 'file:**/{.netrc,.pgpass,.pypirc,.git-credentials,.dockercfg,.htpasswd}:read,write', except: [] },
  { deny: 'file:**/{credentials,client_secret*,service-account*}.json:read,write', except: [] },
  { deny: 'file:**/*.tfstate{,.*}:read,write', except: [] },
  { deny: 'file:~/{.ssh,.gnupg,.aws,.azure,.kube,.docker,.password-store}/**:read,write', except: [] },
  { deny: 'file:~/.config/{gcloud,gh,glab-cli,op,doctl,hub}/**:read,write', except: [] },
  { deny: 'file:~/{.netrc,.pgpass,.pypirc,.npmrc,.yarnrc.yml,.git-credentials}:read,write', except: [] },
  { deny: 'file:~/.cargo/credentials{,.toml}:read,write', except: [] },
  { deny: 'file:~/.local/share/{keyrings,uv/credentials}/**:read,write', except: [] },
  { deny: 'file:~/{.mozilla,.config/google-chrome,.config/chromium,.config/BraveSoftware}/**:read,write', except: [] },
  { deny: 'file:~/.{bash,zsh,python,node_repl,psql,mysql,sqlite}_history:read,write', except: [] },
  { deny: 'env:*{TOKEN,SECRET,PASSWORD,PASSWD,PASSPHRASE,CREDENTIALS}*', except: [] },
  { deny: 'env:*{API,ACCESS,PRIVATE,SECRET}{_,}KEY*', except: [] },
  { deny: 'env:{AWS,AZURE,GOOGLE,GCP}_*', except: [] },
  { deny: 'env:{DATABASE_URL,SSH_AUTH_SOCK,GPG_AGENT_INFO}', except: [] },
]
