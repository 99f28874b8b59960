import { makeTableClient } from '../adapters/aws-clients.ts'
import { bundledConsole, bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { makeLogger } from '../adapters/logger.ts'
import { perPlaybook } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { handleHttp } from '../http/handle-http.ts'
import { consoleApp, type SignIn } from './console-app.ts'

const environment = readEnvironment(process.env)
const files = bundledConsole()
const signIn: SignIn = {
  address: environment.SIGN_IN_URL,
  clientId: environment.SIGN_IN_CLIENT_ID,
  issuer: environment.SIGN_IN_ISSUER,
}
const bundled = bundledPlaybook()
const playbooks = dynamoPlaybooks(makeTableClient(), environment.TABLE_NAME, bundled)

const appUnder = perPlaybook(({ settings }) => consoleApp({ files, signIn, settings }))

/** What depends on the playbook that is live; the rest needs no look at the table. */
const isOfPlaybook = (path: string): boolean => /^\/console\/(brand\.css|settings\.json)$/.test(path)

export const handler = handleHttp(
  makeLogger('console'),
  async (path) => appUnder(isOfPlaybook(path) ? await playbooks.current() : bundled),
  { isCompact: true },
)
