import * as z from 'zod/mini'
import { parseAddress } from '../../domain/activity/subject.ts'
import { checkSender, dmarcNames, mailFromOf } from '../../domain/deliverability/sender-checks.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import {
  type ApiRequest,
  type ApiResult,
  admins,
  marketers,
  shortText,
  type Texts,
} from '../api/api-request.ts'
import { get, post, put, remove } from '../api/api-route.ts'
import {
  type ApiKeys,
  type CountDeadLetters,
  type Member,
  type Members,
  memberRoles,
  type ReadTexts,
  type Refused,
  type SenderService,
} from '../settings-ports.ts'

export interface SettingsPorts {
  readonly sender: SenderService
  readonly readTexts: ReadTexts
  readonly apiKeys: ApiKeys
  readonly members: Members
  readonly countDeadLetters: CountDeadLetters
  readonly playbook: Pick<Playbook, 'settings'>
  readonly region: string
  /** A key that nobody can guess. */
  readonly newKey: () => string
}

const checksQuery = z.object({ language: shortText(35) })

/** The first name that has a policy, else the domain's own. */
const readDmarc = async (readTexts: ReadTexts, domain: string) => {
  const names = dmarcNames(domain)
  const found = await Promise.all(names.map(async (name) => ({ name, texts: await readTexts(name) })))
  const meant = found.find(({ texts }) => texts?.some((text) => /^v=DMARC1\b/i.test(text))) ?? found[0]
  return meant?.texts && { name: meant.name, texts: meant.texts }
}

const makeShowChecks =
  ({ sender, readTexts, playbook, region }: SettingsPorts) =>
  async ({ query }: ApiRequest<z.infer<typeof checksQuery>>): Promise<ApiResult> => {
    const { languages, sender: from } = playbook.settings
    const domain = from.email.slice(from.email.lastIndexOf('@') + 1)
    const [identity, account, dmarc] = await Promise.all([
      sender.identity(from.email),
      sender.account(),
      readDmarc(readTexts, domain),
    ])
    const mailFrom = mailFromOf(identity)
    const spf = mailFrom === undefined ? [] : await readTexts(mailFrom)
    const facts = { address: from.email, region, identity, account, spf, dmarc }
    const items = checkSender(facts, query.language ?? languages[0])
    return { type: 'ok', body: { sender: from.email, items } }
  }

const keyName = /^[a-z0-9][a-z0-9-]{0,39}$/
const wantedName = 'must be 1 to 40 lower-case letters, digits and hyphens'
const keyBody = z.object(
  { name: z.string(wantedName).check(z.regex(keyName, wantedName)) },
  'must be a JSON object { name }',
)

/** Enough to tell one from another, and to guess none. */
const shownOfKey = 4

const makeListKeys =
  ({ apiKeys }: Pick<SettingsPorts, 'apiKeys'>) =>
  async (): Promise<ApiResult> => {
    const keys = [...(await apiKeys.list())]
    return {
      type: 'ok',
      body: { items: keys.map(([name, key]) => ({ name, ends: key.slice(-shownOfKey) })) },
    }
  }

/** The key is shown once. It is good within half a minute. */
const makeNewKey =
  ({ apiKeys, newKey }: Pick<SettingsPorts, 'apiKeys' | 'newKey'>) =>
  async ({ body: { name } }: ApiRequest<Texts, z.infer<typeof keyBody>>): Promise<ApiResult> => {
    const keys = await apiKeys.list()
    if (keys.has(name)) return { type: 'conflict', detail: `There is a key for ${name} already.` }
    const key = newKey()
    await apiKeys.replace(new Map([...keys, [name, key]]))
    return { type: 'ok', body: { name, key }, change: { target: `settings/keys/${name}` } }
  }

const makeRevokeKey =
  ({ apiKeys }: Pick<SettingsPorts, 'apiKeys'>) =>
  async ({ params: { name = '' } }: ApiRequest): Promise<ApiResult> => {
    const keys = await apiKeys.list()
    if (!keys.has(name)) return { type: 'not-found', detail: 'There is no key of this name.' }
    await apiKeys.replace(new Map([...keys].filter(([one]) => one !== name)))
    return { type: 'ok', body: { name } }
  }

const wantedRoles = `must be a list of: ${memberRoles.join(', ')}`
const roles = z.array(z.enum(memberRoles, wantedRoles), wantedRoles)
const wantedAddress = 'must be an email address'
const memberBody = z.object(
  {
    email: z.string(wantedAddress).check(z.refine((text) => parseAddress(text) !== undefined, wantedAddress)),
    roles: roles.check(z.minLength(1, wantedRoles)),
  },
  'must be a JSON object { email, roles }',
)
const rolesBody = z.object({ roles }, 'must be a JSON object { roles }')

const refusedBecause = (refused: Refused): ApiResult => {
  switch (refused.type) {
    case 'known':
      return { type: 'conflict', detail: 'Somebody with this address may sign in already.' }
    case 'nobody':
      return { type: 'not-found', detail: 'There is nobody with this id.' }
    case 'not-offered':
      return { type: 'conflict', detail: refused.detail }
    default:
      return refused satisfies never
  }
}

const isOwn = (caller: ApiRequest['caller'], { email }: Member): boolean =>
  caller.email !== undefined && email?.toLowerCase() === caller.email.toLowerCase()

const makeListMembers =
  ({ members }: Pick<SettingsPorts, 'members'>) =>
  async (): Promise<ApiResult> => ({ type: 'ok', body: { items: await members.list() } })

const makeInvite =
  ({ members }: Pick<SettingsPorts, 'members'>) =>
  async ({ body }: ApiRequest<Texts, z.infer<typeof memberBody>>): Promise<ApiResult> => {
    const invited = await members.invite(body.email, body.roles)
    if (!('id' in invited)) return refusedBecause(invited)
    const after = { email: body.email, roles: body.roles.join(', ') }
    return { type: 'ok', body: invited, change: { target: `settings/members/${invited.id}`, after } }
  }

const makeChangeMember =
  ({ members }: Pick<SettingsPorts, 'members'>) =>
  async ({
    params: { id = '' },
    caller,
    body,
  }: ApiRequest<Texts, z.infer<typeof rolesBody>>): Promise<ApiResult> => {
    const before = (await members.list()).find((member) => member.id === id)
    if (!before) return refusedBecause({ type: 'nobody' })
    if (isOwn(caller, before) && !body.roles.includes('admin'))
      return { type: 'conflict', detail: 'You cannot take the role admin from yourself: another admin can.' }
    const refused = await members.change(id, body.roles)
    if (refused) return refusedBecause(refused)
    return {
      type: 'ok',
      body: { id, roles: body.roles },
      change: { before: { roles: before.roles.join(', ') }, after: { roles: body.roles.join(', ') } },
    }
  }

const makeSetEnabled =
  (isEnabled: boolean) =>
  ({ members }: Pick<SettingsPorts, 'members'>) =>
  async ({ params: { id = '' }, caller }: ApiRequest): Promise<ApiResult> => {
    const before = (await members.list()).find((member) => member.id === id)
    if (!before) return refusedBecause({ type: 'nobody' })
    if (!isEnabled && isOwn(caller, before))
      return { type: 'conflict', detail: 'You cannot disable yourself: another admin can.' }
    const refused = await members.setEnabled(id, isEnabled)
    if (refused) return refusedBecause(refused)
    return { type: 'ok', body: { id }, change: { target: `settings/members/${id}` } }
  }

const makeListDeadLetters =
  ({ countDeadLetters }: Pick<SettingsPorts, 'countDeadLetters'>) =>
  async (): Promise<ApiResult> => {
    const items = await countDeadLetters()
    return { type: 'ok', body: { items, total: items.reduce((sum, { count }) => sum + count, 0) } }
  }

const keys = '/api/settings/keys'
const people = '/api/settings/members'

/** What an admin sets up and looks after. */
export const settingsRoutes = [
  get('/api/settings/checks', { roles: marketers, query: checksQuery }, makeShowChecks),
  get(keys, { roles: admins }, makeListKeys),
  post(keys, { roles: admins, body: keyBody, action: 'key.made' }, makeNewKey),
  remove(`${keys}/:name`, { roles: admins, action: 'key.revoked' }, makeRevokeKey),
  get(people, { roles: admins }, makeListMembers),
  post(people, { roles: admins, body: memberBody, action: 'member.invited' }, makeInvite),
  put(`${people}/:id`, { roles: admins, body: rolesBody, action: 'member.changed' }, makeChangeMember),
  post(`${people}/:id/disable`, { roles: admins, action: 'member.disabled' }, makeSetEnabled(false)),
  post(`${people}/:id/enable`, { roles: admins, action: 'member.enabled' }, makeSetEnabled(true)),
  get('/api/settings/dead-letters', { roles: admins }, makeListDeadLetters),
]
