/**
 * Commands that do the same, in spellings that a rule about one of them does not match. Words in capitals stand for one
 * word each, `…` for any further ones. Every row is a fact about the programs; tests ask git and the shell, and the
 * decision whether it still has to be here.
 */
export interface SameEffect {
  /** Each of them stands for any other one. */
  readonly ways: readonly string[]
  /** These do it too, and are not taken for it: they mean more, or something else as well. */
  readonly also?: readonly string[]
  /** Where one pattern names them all better than each by itself. */
  readonly pattern?: string
}

export const sameEffects: readonly SameEffect[] = [
  // git
  { ways: ['git push --force REMOTE BRANCH', 'git push REMOTE +BRANCH'], also: ['git push --mirror REMOTE'] },
  { ways: ['git push --delete REMOTE BRANCH', 'git push REMOTE :BRANCH'] },
  { ways: ['git push …'], also: ['git send-pack URL BRANCH'] },
  { ways: ['git branch -D BRANCH', 'git branch -d --force BRANCH', 'git update-ref -d refs/heads/BRANCH'] },
  { ways: ['git tag TAG', 'git update-ref refs/tags/TAG HEAD'] },
  { ways: ['git tag -d TAG', 'git update-ref -d refs/tags/TAG'] },
  { ways: ['git add …', 'git stage …'] },
  { ways: ['git merge BRANCH'], also: ['git pull . BRANCH'] },
  {
    ways: ['git reset --hard', 'git restore --staged --worktree :/', 'git read-tree --reset -u HEAD'],
    also: ['git checkout --force'],
  },
  { ways: ['git checkout -- PATH', 'git restore PATH', 'git checkout-index -f PATH'] },
  { ways: ['git checkout PATH'], also: ['git restore PATH', 'git checkout-index -f PATH'] },
  { ways: ['git checkout -b BRANCH', 'git switch -c BRANCH'] },

  // Package managers
  {
    ways: ['npm publish …'],
    also: ['npm pub …', 'pnpm publish …', 'yarn npm publish …', 'bun publish …'],
    pattern: '{npm pub*,pnpm publish,yarn publish,yarn npm publish,bun publish} *',
  },
  {
    ways: ['pnpm publish …'],
    also: ['npm publish …', 'yarn npm publish …'],
    pattern: '{npm pub*,pnpm publish,yarn publish,yarn npm publish,bun publish} *',
  },
  {
    ways: ['yarn publish …', 'yarn npm publish …'],
    also: ['npm publish …'],
    pattern: '{npm pub*,pnpm publish,yarn publish,yarn npm publish,bun publish} *',
  },
  {
    ways: ['bun publish …'],
    also: ['npm publish …'],
    pattern: '{npm pub*,pnpm publish,yarn publish,yarn npm publish,bun publish} *',
  },
  { ways: ['npm unpublish …'], also: ['npm unpub …'], pattern: 'npm unpub* *' },
  { ways: ['npm install …', 'npm i …', 'npm add …'], pattern: 'npm {i,in,ins*,isnt*,add} *' },
  { ways: ['npm ci …', 'npm clean-install …', 'npm ic …'] },
  { ways: ['npm uninstall …', 'npm rm …', 'npm remove …'], pattern: 'npm {un,uni*,unl*,rm,r,rem*} *' },
  { ways: ['npm update …', 'npm up …', 'npm upgrade …'], pattern: 'npm {up*,udpate} *' },
  { ways: ['npm run …', 'npm run-script …', 'npm rum …'], pattern: 'npm {run*,rum,urn} *' },
  { ways: ['npm test …', 'npm t …', 'npm run test …'], pattern: 'npm {t,tes*,tst,run* test} *' },
  { ways: ['npm exec …', 'npm x …', 'npx …'] },
  { ways: ['pnpm install …', 'pnpm i …'] },
  { ways: ['pnpm remove …', 'pnpm rm …', 'pnpm uninstall …'] },
  { ways: ['pnpm dlx …', 'pnpx …'] },
  { ways: ['yarn run SCRIPT …'], also: ['yarn SCRIPT …'] },
  { ways: ['pnpm run SCRIPT …'], also: ['pnpm SCRIPT …'] },
  { ways: ['bun run SCRIPT …'], also: ['bun SCRIPT …'] },
  { ways: ['bun add …', 'bun a …'] },
  { ways: ['pip …', 'pip3 …', 'uv pip …'] },
  { ways: ['apt …', 'apt-get …'] },
  { ways: ['dnf …', 'yum …'] },
  { ways: ['cargo run …', 'cargo r …'] },
  { ways: ['cargo build …', 'cargo b …'] },
  { ways: ['cargo test …', 'cargo t …'] },

  // Interpreters by their other names
  { ways: ['python …', 'python3 …'] },
  { ways: ['node …', 'nodejs …'] },
  { ways: ['nc …', 'netcat …', 'ncat …'] },

  // Machines and services
  { ways: ['docker run …', 'docker container run …'] },
  { ways: ['docker exec …', 'docker container exec …'] },
  { ways: ['docker rm …', 'docker container rm …'] },
  { ways: ['docker rmi …', 'docker image rm …'] },
  { ways: ['docker build …', 'docker image build …', 'docker buildx build …'] },
  { ways: ['docker push …', 'docker image push …'] },
  { ways: ['docker-compose …', 'docker compose …'] },
  {
    ways: [
      'kubectl delete pod NAME …',
      'kubectl delete pods NAME …',
      'kubectl delete po NAME …',
      'kubectl delete pod/NAME …',
    ],
  },
  {
    ways: [
      'kubectl delete namespace NAME …',
      'kubectl delete ns NAME …',
      'kubectl delete namespaces NAME …',
      'kubectl delete namespace/NAME …',
    ],
  },
  {
    ways: [
      'kubectl delete deployment NAME …',
      'kubectl delete deploy NAME …',
      'kubectl delete deployments NAME …',
      'kubectl delete deployment/NAME …',
    ],
  },
  { ways: ['terraform destroy …', 'terraform apply -destroy …'] },
  { ways: ['tofu destroy …', 'tofu apply -destroy …'] },
  { ways: ['gh pr merge NUMBER …'], also: ['gh api -X PUT repos/OWNER/REPO/pulls/NUMBER/merge'] },
  { ways: ['gh repo delete …'], also: ['gh api -X DELETE repos/OWNER/REPO'] },
  { ways: ['systemctl restart UNIT', 'service UNIT restart'] },
  { ways: ['systemctl stop UNIT', 'service UNIT stop'] },
  { ways: ['reboot …', 'shutdown -r now', 'systemctl reboot'] },
  { ways: ['poweroff …', 'shutdown -h now', 'systemctl poweroff'] },
  { ways: ['kill -9 PID', 'kill -KILL PID', 'kill -s KILL PID'] },
  { ways: ['chmod 777 PATH', 'chmod 0777 PATH', 'chmod a+rwx PATH'] },
]

/** Options that mean the same, by the words before them. */
export const sameOptions: Readonly<Record<string, readonly string[]>> = {
  rm: ['-r -R --recursive', '-f --force'],
  cp: ['-r -R --recursive', '-f --force'],
  mv: ['-f --force'],
  ln: ['-s --symbolic', '-f --force'],
  chmod: ['-R --recursive'],
  chown: ['-R --recursive'],
  sed: ['-i --in-place'],
  curl: [
    '-X --request',
    '-d --data',
    '-o --output',
    '-T --upload-file',
    '-F --form',
    '-k --insecure',
    '-u --user',
  ],
  wget: ['-O --output-document', '-r --recursive'],
  'git push': ['-f --force', '-d --delete'],
  'git commit': ['-n --no-verify', '-a --all'],
  'git clean': ['-f --force'],
  'git checkout': ['-f --force'],
  'git switch': ['-f --force --discard-changes', '-c --create'],
  'git branch': ['-f --force', '-d --delete', '-m --move'],
  'git tag': ['-d --delete', '-f --force'],
  'git rebase': ['-i --interactive'],
  npm: ['-g --global', '-f --force'],
  pnpm: ['-g --global'],
  'pip install': ['-U --upgrade', '-e --editable', '-r --requirement'],
  'docker run': ['-v --volume', '-p --publish', '-e --env', '-u --user'],
  'docker rm': ['-f --force', '-v --volumes'],
  'docker rmi': ['-f --force'],
  'docker system prune': ['-a --all', '-f --force'],
  kubectl: ['-f --filename', '-n --namespace', '-A --all-namespaces'],
  'apt-get': ['-y --yes --assume-yes'],
  apt: ['-y --yes --assume-yes'],
  'gh api': ['-X --method'],
  psql: ['-c --command'],
  mysql: ['-e --execute'],
  make: ['-C --directory', '-f --file --makefile', '-B --always-make'],
  'terraform apply': ['-auto-approve --auto-approve', '-destroy --destroy'],
  'terraform destroy': ['-auto-approve --auto-approve'],
  'tofu apply': ['-auto-approve --auto-approve', '-destroy --destroy'],
  'tofu destroy': ['-auto-approve --auto-approve'],
}

/** What a reader expects behind a command; `x` behind all others. */
export const usualOperands: Readonly<Record<string, string>> = {
  'git push': 'origin main',
  'git commit': '-m x',
  'git checkout': 'main',
  'git reset': 'HEAD~1',
  rm: 'src',
  chmod: 'src',
  chown: 'src',
  curl: 'https://example.com',
  wget: 'https://example.com',
  python: 'x.py',
  python3: 'x.py',
  node: 'x.js',
  npx: 'x',
  sudo: 'ls',
}

/** What the words in capitals stand for where a rule names nothing. */
export const usualNames: Readonly<Record<string, string>> = {
  REMOTE: 'origin',
  BRANCH: 'main',
  TAG: 'v1',
  PATH: 'src',
  URL: 'git@example.com:o/r.git',
  SCRIPT: 'deploy',
  NAME: 'x',
  NUMBER: '1',
  UNIT: 'nginx',
  PID: '1234',
  OWNER: 'o',
  REPO: 'r',
}
