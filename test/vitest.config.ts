import { defineConfig } from 'vitest/config'

// The embedded engine holds one data directory per process and crashes under worker threads,
// so every test file runs in a process of its own.
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    reporters: ['default', ['json', { outputFile: 'out/test-results.json' }]],
  },
})
