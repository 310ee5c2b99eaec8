import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{platform,modules,client,apps,test}/**/*.test.{ts,tsx}'],
    globalSetup: ['apps/server/src/testing/global-setup.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores are enough for a laptop and a small CI; more workers only make processes wait for each other.
    maxWorkers: 2,
    // Tests that kill processes meet a busy machine in CI; one that passes again is reported as flaky, not as failed.
    retry: process.env.CI ? 2 : 0
  }
})
