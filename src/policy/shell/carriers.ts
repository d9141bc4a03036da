import type { Carrier } from './carry.ts'

// Of some no more is to be told than behind which word the command stands.
const atOnce: Carrier = {}
const run: Carrier = { after: 'run' }
const exec: Carrier = { after: 'exec' }
const execOne: Carrier = { after: 'exec:1' }
const unshare: Carrier = { after: 'unshare' }
const record: Carrier = { after: 'record' }
const dashes: Carrier = { after: '--' }

const npm = '-w --workspace --prefix --loglevel --registry --cache --userconfig --package -c --call'
const uv = `--directory --project --config-file --cache-dir --color --python-preference --allow-insecure-host --extra --no-extra
  --group --no-group --only-group --env-file --with --with-editable --with-requirements -w --python -p --package --from
  --index --default-index -i --index-url --extra-index-url -f --find-links -P --upgrade-package --reinstall-package
  --refresh-package --index-strategy --keyring-provider --resolution --prerelease --fork-strategy -C --config-setting
  --no-build-isolation-package --no-build-package --no-binary-package --no-sources-package --exclude-newer
  --exclude-newer-package --link-mode --python-platform -c --constraints -b --build-constraints --overrides`
const conda = '-n --name -p --prefix --cwd -r --root-prefix -E --env -a --attach'

const pnpm: Carrier = {
  after: 'exec dlx x',
  own: `add i install ci install-test it update up upgrade remove rm un uninstall link ln unlink import rebuild rb prune fetch
    dedupe patch patch-commit patch-remove audit list ls la ll outdated why licenses run run-script test t
    start stop restart pack publish server store root bin setup init create deploy doctor config c set get
    env self-update approve-builds ignored-builds cat-file cat-index find-hash cache completion help login logout whoami`,
  valued:
    '-F --filter --filter-prod -C --dir --package --reporter --loglevel --workspace-concurrency --resume-from --registry --allow-build --test-pattern --changed-files-ignore-pattern',
}
const pnpx: Carrier = { valued: '--package --allow-build --registry --loglevel --reporter -C --dir' }
const yarn: Carrier = {
  after: 'exec dlx run workspace:1',
  own: `add audit autoclean bin cache check config constraints create dedupe explain generate-lock-entry global help import
    info init install licenses link list login logout node npm outdated owner pack patch patch-commit plugin policies
    prune publish rebuild remove search set stage start stop restart tag team test unlink unplug up upgrade
    upgrade-interactive version versions why workspaces self-update`,
  valued: '--cwd --cache-folder --modules-folder --registry --mutex --network-timeout -p --package',
  joins: true,
}
const bundle: Carrier = { after: 'exec exe ex e', valued: '--gemfile' }

/** A plain object, since it costs nothing until a program is looked for in it. */
export const carriers: Readonly<Record<string, Carrier>> = {
  corepack: atOnce,
  c8: atOnce,
  nyc: atOnce,
  summon: atOnce,
  caffeinate: atOnce,
  'flatpak-spawn': atOnce,
  'distrobox-host-exec': atOnce,
  'host-spawn': atOnce,
  comma: atOnce,
  ',': atOnce,
  bear: atOnce,
  'scan-build': atOnce,
  'intercept-build': atOnce,
  sccache: atOnce,
  distcc: atOnce,
  heaptrack: atOnce,
  retry: atOnce,
  dnx: atOnce,
  dotenvx: run,
  volta: run,
  pipenv: run,
  rye: run,
  pyflow: run,
  foreman: run,
  honcho: run,
  nf: run,
  forego: run,
  op: run,
  teller: run,
  railway: run,
  devbox: run,
  snap: run,
  toolbox: run,
  bws: run,
  varlock: run,
  phase: run,
  secretspec: run,
  coverage: run,
  fnm: exec,
  nodenv: exec,
  pyenv: exec,
  tox: exec,
  rbenv: exec,
  jenv: exec,
  goenv: exec,
  composer: exec,
  opam: exec,
  stack: exec,
  cabal: exec,
  dune: exec,
  carton: exec,
  plenv: exec,
  perlbrew: exec,
  asdf: exec,
  saml2aws: exec,
  fnox: exec,
  berglas: exec,
  heroku: { after: 'run exec' },
  pixi: { after: 'run exec x' },
  rustup: { after: 'run:1' },
  nvm: execOne,
  direnv: execOne,
  'aws-vault': execOne,
  'aws-okta': execOne,
  chamber: execOne,
  n: { after: 'exec:1 x:1' },
  fvm: { after: 'exec spawn:1' },
  rvm: { after: 'do exec' },
  dotnet: { after: 'tool:1 dnx' },
  mix: { after: 'cmd' },
  podman: unshare,
  buildah: unshare,
  rr: record,
  samply: record,
  'py-spy': { after: 'record top' },
  devenv: { after: 'shell' },
  guix: dashes,
  'chruby-exec': dashes,
  distrobox: dashes,
  onchange: dashes,
  'distrobox-enter': dashes,
  npm: { after: 'exec exe x explore:1 explor:1', valued: npm },
  npx: { valued: `-p ${npm}` },
  pnpm,
  'rush-pnpm': pnpm,
  pnpx,
  pnx: pnpx,
  yarn,
  yarnpkg: yarn,
  bun: {
    after: 'x run exec',
    own: `add a install i ci remove rm update outdated link unlink patch audit publish pm pack why info test create c init
      build upgrade repl feedback help`,
    valued: '--cwd --filter -F --env-file --preload',
  },
  bunx: { valued: '-p --package' },
  deno: { after: 'run x', prefix: /^(?:npm|jsr):/, only: /^(?:npm|jsr):/ },
  lerna: { after: 'exec', joins: true },
  nx: { after: 'exec', joins: true },
  dotenv: { after: 'run', own: 'set get unset list', valued: '-e -v -f --file' },
  'dotenv-cli': { valued: '-e -v' },
  'env-cmd': { valued: '-f --file -r --rc-file -e --environments' },
  uv: { after: 'run', valued: uv },
  uvx: { valued: uv },
  pipx: { after: 'run', valued: '--spec --python --pip-args --index-url -i' },
  poetry: { after: 'run', valued: '-C --directory -P --project' },
  pdm: { after: 'run', valued: '-p --project -c --config --venv' },
  hatch: { after: 'run', valued: '-e --env -p --project --data-dir --cache-dir --config', prefix: /^[^:]*:/ },
  conda: { after: 'run', valued: conda },
  mamba: { after: 'run', valued: conda },
  micromamba: { after: 'run', valued: conda },
  bundle,
  bundler: bundle,
  gem: { after: 'exec', valued: '-v --version -g --gem' },
  appraisal: { operands: 1 },
  'rvm-exec': { operands: 1 },
  go: { after: 'run tool', only: /^(?!\.{0,2}\/|\.+$|.*\.go$)/ },
  mise: { after: 'exec x', marked: true, text: '-c --command' },
  rtx: { after: 'exec x', marked: true, text: '-c --command' },
  nix: { after: '-c --command run', prefix: /^.*#/ },
  flox: { after: '--', text: '-c --command' },
  envchain: { operands: 1 },
  doppler: { after: 'run', text: '--command' },
  infisical: { after: 'run', text: '--command' },
  sops: { after: 'exec-env:1 exec-file:1', joins: true },
  timelimit: { valued: '-t -T -s -S' },
  sshpass: { valued: '-p -f -d -P' },
  rtk: { operands: 1 },
}
