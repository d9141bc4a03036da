import { defineConfig } from 'vitest/config'

const program = ['test/{cli,e2e}/**/*.test.ts']

export default defineConfig({
  test: {
    globalSetup: ['test/scratch.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'source', include: ['test/**/*.test.ts'], exclude: program } },
      { extends: true, test: { name: 'program', include: program, globalSetup: ['test/build.ts'] } },
    ],
  },
})
