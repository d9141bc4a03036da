import { expect, it } from 'vitest'
import { isSecretName } from '../../../src/ops/learn/credential-names.ts'

it.each([
  { path: '~/.ssh/config', secret: true },
  { path: '~/.config/app/auth.json', secret: true },
  { path: '/etc/ssl/private/server.pem', secret: true },
  { path: '~/.m2/settings.xml', secret: true },
  { path: '~/.gradle/gradle.properties', secret: true },
  { path: '~/.gitconfig', secret: true },
  { path: '~/.config/git/config', secret: true },
  { path: '~/.config/pip/pip.conf', secret: true },
  { path: '~/.yarnrc.yml', secret: true },
  { path: '~/.config/rclone/rclone.conf', secret: true },
  { path: '~/.bashrc', secret: true },
  { path: '~/.zshenv', secret: true },
  { path: '~/.profile', secret: true },
  { path: '~/other/.env.production', secret: true },
  { path: '~/.toolrc', secret: false },
  { path: '~/.config/prettier/config.yml', secret: false },
  { path: '~/git/shop/package.json', secret: false },
  { path: '/srv/data/words.txt', secret: false },
])('that $path may hold credentials: $secret', ({ path, secret }) => {
  expect(isSecretName(path)).toBe(secret)
})
