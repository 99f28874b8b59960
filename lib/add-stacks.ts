import { basename } from 'node:path'
import { Code } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { AppStack } from './app-stack.ts'
import type { Config } from './config.ts'
import { DataStack } from './data-stack.ts'

/** Code of every function. @param folders named by their content, so that nobody needs to hash it again. */
export const codeIn = (folders: Readonly<Record<string, string>>): Readonly<Record<string, Code>> =>
  Object.fromEntries(
    Object.entries(folders).map(([name, folder]) => [
      name,
      Code.fromAsset(folder, { assetHash: basename(folder) }),
    ]),
  )

/** Both stacks, for any account and region. @param scope an app, or whatever is within one. */
export const addStacks = (
  scope: Construct,
  config: Config,
  code: Readonly<Record<string, Code>>,
): { readonly data: DataStack; readonly app: AppStack } => {
  // Costs are told apart by them, also those of two deployments in one account.
  const tags = { project: 'trichter', deployment: config.appStackName }
  const data = new DataStack(scope, 'TrichterData', {
    stackName: config.dataStackName,
    description: 'Trichter: leads, users and keys; kept when the app is taken down',
    tags,
    mfa: config.mfa,
    restoredTable: config.restoredTable,
  })
  const appStack = new AppStack(scope, 'TrichterApp', {
    stackName: config.appStackName,
    description: 'Trichter: everything that runs; holds nothing that cannot be deployed again',
    tags,
    config,
    data,
    code,
  })
  return { data, app: appStack }
}
