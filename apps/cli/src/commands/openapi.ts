import { Command } from 'commander'
import { withProduct } from '../installation.ts'

export function openapiCommand(): Command {
  return new Command('openapi')
    .description('the OpenAPI document of the whole API')
    .addHelpText('after', '\nExamples:\n  $ lyceum openapi > openapi.json')
    .action(async () => {
      const { describeApi } = await import('@lyceum/server/api-docs')
      await withProduct(async ({ app }) => {
        process.stdout.write(`${JSON.stringify(await describeApi(app), undefined, 2)}\n`)
      })
    })
}
