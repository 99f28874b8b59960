import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import {
  droppedLinkKey,
  parseLinkKeys,
  readSecret,
  rotatedLinkKeys,
} from '../functions/adapters/link-keys.ts'
import { deploymentOptions, findDeployment } from './deployment.ts'
import { asksForHelp } from './help.ts'

const usage = `npm run keys -- rotate      signs links with a new key; links that are out stay good
npm run keys -- drop ID     links of the key ID are none any more: after a leak (ID "former": those that name no key)
npm run keys -- list        ids of the keys
Each takes [--url URL | --aws [--env NAME]]. Running functions follow within half a minute.`

type Answer = { readonly text: string } | { readonly former: string } | undefined

/** What becomes of the secrets; nothing for a question. */
const change = (text: string, [command, id]: readonly string[]): Answer => {
  if (command === 'rotate') return { text: rotatedLinkKeys(text, randomBytes(48).toString('base64url')) }
  if (command === 'drop' && id === 'former') return { former: '{"dropped":""}' }
  if (command === 'drop' && id !== undefined) return { text: droppedLinkKey(text, id) }
  return undefined
}

const isAsked = ([command, id]: readonly string[], count: number): boolean =>
  ((command === 'rotate' || command === 'list') && count === 1) ||
  (command === 'drop' && count === 2 && id !== undefined)

const run = async (): Promise<number> => {
  if (asksForHelp(process.argv)) {
    console.log(usage)
    return 0
  }
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    options: deploymentOptions,
    allowPositionals: true,
  })
  if (!isAsked(positionals, positionals.length)) {
    console.error(usage)
    return 2
  }
  const { config, output } = await findDeployment(values)
  const client = new SecretsManagerClient(config)
  const put = (SecretId: string, SecretString: string) =>
    client.send(new PutSecretValueCommand({ SecretId, SecretString }))
  const text = await readSecret(client, output('LinkKeysArn'))
  const changed = change(text, positionals)
  if (changed && 'text' in changed) await put(output('LinkKeysArn'), changed.text)
  if (changed && 'former' in changed) await put(output('FormerLinkKeysArn'), changed.former)
  const { current, keys } = parseLinkKeys(changed && 'text' in changed ? changed.text : text)
  for (const id of keys.keys()) console.log(`${id}${id === current ? '  signs' : ''}`)
  return 0
}

process.exitCode = await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return error instanceof TypeError ? 2 : 1
})
