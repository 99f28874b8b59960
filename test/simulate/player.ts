import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import {
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { salesforceBody } from '../domain/hook/vendor-bodies.ts'
import { type Client, linkIn, type Mail } from '../story/client.ts'
import { type Action, addressOf, type Plan, type PlannedFact, visitorOf } from './plan.ts'

/** A fact that somebody was told is kept. Instants are RFC 3339 UTC by the virtual clock. */
export interface Kept {
  readonly id: string
  readonly type: string
  /** Absent: nobody's. */
  readonly person?: number
  readonly byBrowser: boolean
  /** When it was told. */
  readonly at: string
  /** When it happened, where that was told. */
  readonly occurredAt?: string
  /** The id that it takes back. */
  readonly voids?: string
  /** Says that the browser is the person's. */
  readonly joins?: true
}

interface PersonAt {
  readonly person: number
  readonly at: string
}

/** What the outside world did and heard. */
export interface Observed {
  readonly kept: Kept[]
  /** Whom somebody told of by their address: also somebody who was erased begins anew. */
  readonly named: PersonAt[]
  /** Whatever may be taken for consent to marketing, at the latest when it was told. */
  readonly grants: PersonAt[]
  /** Consent to marketing that was taken back, and acknowledged; `occurredAt`: when it happened, where that was told. */
  readonly withdrawals: (PersonAt & { readonly occurredAt?: string })[]
  readonly erasures: (PersonAt & { readonly leadId: string })[]
  readonly merges: (PersonAt & { readonly other: number })[]
  /** What sales was told that it had answered. */
  readonly answers: { readonly handoffId: string; readonly isAccepted: boolean }[]
  readonly imports: { readonly importId: string; readonly rows: number }[]
  readonly broadcasts: string[]
  readonly poisons: string[]
  /** When nobody was to know any more what had become of emails, since SES's events were lost. */
  lostEvents: boolean
  /** Answers that nobody should get. */
  readonly wrong: string[]
}

const minute = 60_000
const mostTries = 40
const token = 'a-long-token'
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }

interface Asked {
  readonly method?: string
  readonly role?: 'marketing' | 'sales' | 'admin'
  readonly headers?: Readonly<Record<string, string>>
  /** JSON. */
  readonly body?: unknown
  /** A body of another kind. */
  readonly text?: string
  /** Statuses that are an answer as well. */
  readonly also?: readonly number[]
}

interface Described {
  readonly urls: { readonly aws: string }
  readonly bus: string | { readonly name: string }
  readonly functions: readonly { readonly name: string }[]
}

const makeWorld = async (client: Client) => {
  const { urls, bus, functions }: Described = JSON.parse(await (await client.raw('/_local')).text())
  const aws = { endpoint: urls.aws, region: 'eu-central-1', credentials }
  return {
    aws,
    busName: typeof bus === 'string' ? bus : bus.name,
    functions: functions.map(({ name }) => name),
  }
}

type World = Awaited<ReturnType<typeof makeWorld>>

/** Gives Salesforce a token that it is known by. */
const setHookSecret = async ({ aws }: World): Promise<void> => {
  const manager = new SecretsManagerClient(aws)
  const { SecretList = [] } = await manager.send(new ListSecretsCommand({}))
  const found = SecretList.find(({ Name }) => Name?.includes('HookSecrets'))
  await manager.send(
    new PutSecretValueCommand({ SecretId: found?.ARN, SecretString: JSON.stringify({ salesforce: token }) }),
  )
  manager.destroy()
}

/** Plays what people, programs, salespeople and marketers do, and keeps what they heard. */
export const makePlayer = async (client: Client, start: string) => {
  const world = await makeWorld(client)
  await setHookSecret(world)
  const events = new EventBridgeClient(world.aws)
  const began = Date.parse(start)
  let [virtual, real] = [Date.parse(await client.now()), performance.now()]
  const observed: Observed = {
    ...{
      kept: [],
      named: [],
      grants: [],
      withdrawals: [],
      erasures: [],
      merges: [],
      answers: [],
      imports: [],
      broadcasts: [],
    },
    ...{ poisons: [], lostEvents: false, wrong: [] },
  }
  const now = (): number => Math.floor(virtual + performance.now() - real)
  const instant = (at = now()): string => new Date(at).toISOString()

  /** As any client would: what was not answered is asked again. */
  const ask = async (
    path: string,
    { method = 'POST', role, headers = {}, body, text, also = [] }: Asked,
  ): Promise<Response | undefined> => {
    let last = ''
    for (let tries = 0; tries < mostTries; tries += 1) {
      const response = await client.raw(path, {
        method,
        headers: {
          ...(role && { authorization: `Bearer local-${role}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(text !== undefined && { body: text }),
      })
      if (response.status < 400 || also.includes(response.status)) return response
      last = `${response.status} ${(await response.text()).slice(0, 300)}`
      if (response.status < 500) break
    }
    observed.wrong.push(`${method} ${path.replace(/\/[A-Za-z0-9_.-]{40,}/, '/TOKEN')}: ${last}`)
    return undefined
  }

  const json = async <Body>(response: Response | undefined): Promise<Body | undefined> =>
    response?.ok ? ((await response.json()) as Body) : undefined

  const leadIdOf = async (person: number): Promise<string | undefined> => {
    const found = await ask(`/api/leads?email=${encodeURIComponent(addressOf(person))}`, {
      method: 'GET',
      role: 'admin',
    })
    return (await json<{ items: { leadId: string }[] }>(found))?.items[0]?.leadId
  }

  const latestMail = async (person: number, path: string): Promise<string | undefined> => {
    const mails = await client.inbox(addressOf(person))
    const mail = mails.findLast(({ html }) => html.includes(path))
    return mail && linkIn(mail, path)
  }

  const advanceTo = async (minutes: number): Promise<void> => {
    const ahead = began + minutes * minute - now()
    if (ahead > 0) {
      const answer = await client.raw('/_local/clock?timeout=1200', {
        method: 'POST',
        body: JSON.stringify({ advance: `${Math.ceil(ahead / 1000)}s` }),
      })
      if (!answer.ok) throw new Error(`the clock did not move: ${answer.status} ${await answer.text()}`)
    }
    ;[virtual, real] = [Date.parse(await client.now()), performance.now()]
  }

  return { client, world, events, observed, now, instant, ask, json, leadIdOf, latestMail, advanceTo }
}

export type Player = Awaited<ReturnType<typeof makePlayer>>

type Do<Name extends Action['do']> = Extract<Action, { readonly do: Name }>

const marketing = 'newsletter'

const namedIn = (action: Action): readonly number[] => {
  switch (action.do) {
    case 'tell':
      return action.facts.flatMap(({ person, byBrowser }) =>
        person === undefined || byBrowser ? [] : [person],
      )
    case 'import':
      return action.rows.flatMap(({ person }) => person ?? [])
    case 'submit':
    case 'crm':
    case 'note':
      return [action.person]
    default:
      return []
  }
}

const isOfMarketing = ({ properties }: PlannedFact): boolean =>
  properties.purpose === undefined || properties.purpose === marketing

/** Before it is told: an email may go out before whoever told it has an answer. */
const noteGrant = ({ observed, instant }: Player, fact: PlannedFact): void => {
  const { type, person } = fact
  if (person !== undefined && type === 'consent.granted' && isOfMarketing(fact))
    observed.grants.push({ person, at: instant() })
}

/** Once it was acknowledged. */
const noteWithdrawal = ({ observed, instant }: Player, fact: PlannedFact, occurredAt?: string): void => {
  const { type, person } = fact
  if (person !== undefined && type === 'consent.withdrawn' && isOfMarketing(fact))
    observed.withdrawals.push({ person, at: instant(), ...(occurredAt !== undefined && { occurredAt }) })
}

const keep = (player: Player, fact: PlannedFact, occurredAt?: string): void => {
  const { id, type, person, byBrowser = false, properties } = fact
  const voids = type === 'activity.voided' ? String(properties.activityId) : undefined
  player.observed.kept.push({
    ...{ id, type, byBrowser, at: player.instant() },
    ...(person !== undefined && { person }),
    ...(occurredAt !== undefined && { occurredAt }),
    ...(voids !== undefined && { voids }),
    ...(properties.visitorId !== undefined && { joins: true }),
  })
  noteWithdrawal(player, fact, occurredAt)
}

const tell = async (player: Player, { facts, by }: Do<'tell'>): Promise<void> => {
  const { world, events, ask, json, now, instant, observed } = player
  const told = facts.map(({ id, type, person, byBrowser, minutesAgo, properties }) => ({
    ...{ id, type, properties },
    ...(person !== undefined && {
      subject: byBrowser ? { visitorId: visitorOf(person) } : { email: addressOf(person) },
    }),
    ...(minutesAgo !== undefined && { occurredAt: instant(now() - minutesAgo * minute) }),
  }))
  for (const fact of facts) noteGrant(player, fact)
  if (by === 'bus') {
    const Entries = told.map((activity) => ({
      ...{ EventBusName: world.busName, Source: 'simulator', DetailType: 'Activity' },
      Detail: JSON.stringify(activity),
    }))
    await events.send(new PutEventsCommand({ Entries }))
  } else if (by === 'beacon') {
    if (!(await ask('/t', { body: { events: told } }))) return
  } else {
    const answer = await ask('/events', {
      headers: { authorization: 'Bearer local-api-key' },
      body: { events: told },
    })
    const taken = await json<{ rejected: { index: number; errors: unknown }[] }>(answer)
    if (!taken) return
    for (const { index, errors } of taken.rejected)
      observed.wrong.push(`POST /events refused ${told[index]?.id}: ${JSON.stringify(errors)}`)
  }
  for (const [index, fact] of facts.entries()) keep(player, fact, told[index]?.occurredAt)
}

const submit = async (player: Player, { form, person, key, fields }: Do<'submit'>): Promise<void> => {
  const { ask, json, observed, instant } = player
  const answer = await ask(`/f/${form}`, {
    headers: { 'idempotency-key': key },
    body: { email: addressOf(person), ...fields },
  })
  const taken = await json<{ id: string }>(answer)
  if (taken)
    observed.kept.push({ id: taken.id, type: 'form.submitted', person, byBrowser: false, at: instant() })
}

const follow = async (
  player: Player,
  { do: what, person }: Do<'confirm' | 'click' | 'open'>,
): Promise<void> => {
  const { latestMail, ask, observed, instant } = player
  const link = await latestMail(person, { confirm: '/confirm/', click: '/c/', open: '/o/' }[what])
  if (link === undefined) return
  const { pathname } = new URL(link)
  if (what === 'confirm') observed.grants.push({ person, at: instant() })
  // A link that is over, or whose lead is gone, says so.
  await ask(pathname, {
    method: what === 'confirm' ? 'POST' : 'GET',
    headers: { accept: 'text/html' },
    also: [404, 409, 410],
  })
}

const unsubscribe = async (
  { client, ask, observed, instant }: Player,
  { person }: Do<'unsubscribe'>,
): Promise<void> => {
  const header = ({ headers }: Mail): string | undefined =>
    Object.entries(headers).find(([name]) => name.toLowerCase() === 'list-unsubscribe')?.[1]
  const mail = (await client.inbox(addressOf(person))).findLast((one) => header(one) !== undefined)
  const link = mail && /<(https?:[^>]+)>/.exec(header(mail) ?? '')?.[1]
  if (link === undefined) return
  const answer = await ask(new URL(link).pathname, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    text: 'List-Unsubscribe=One-Click',
    also: [404],
  })
  if (answer?.ok) observed.withdrawals.push({ person, at: instant() })
}

interface LeadView {
  readonly handoffs: readonly { readonly handoffId: string; readonly state: string }[]
}

const answer = async (
  { ask, json, leadIdOf, observed }: Player,
  { person, reason }: Do<'answer'>,
): Promise<void> => {
  const leadId = await leadIdOf(person)
  if (leadId === undefined) return
  const lead = await json<LeadView>(
    await ask(`/api/leads/${leadId}`, { method: 'GET', role: 'sales', also: [404] }),
  )
  const open = lead?.handoffs.find(({ state }) => state === 'requested')
  if (!open) return
  const path = `/api/handoffs/${open.handoffId}/${reason === undefined ? 'accept' : 'reject'}`
  const told = await ask(path, {
    role: 'sales',
    also: [409],
    ...(reason !== undefined && { body: { reason } }),
  })
  if (told?.ok) observed.answers.push({ handoffId: open.handoffId, isAccepted: reason === undefined })
}

const note = async (player: Player, { person, fact }: Do<'note'>): Promise<void> => {
  const leadId = await player.leadIdOf(person)
  if (leadId === undefined) return
  const { id, type, properties } = fact
  const taken = await player.ask(`/api/leads/${leadId}/activities`, {
    ...{ role: 'sales', also: [404, 409, 422] },
    body: { id, type, properties },
  })
  if (taken?.ok) keep(player, fact)
}

const reportDeal = async ({ ask, instant }: Player, { person, stage, amount }: Do<'crm'>): Promise<void> => {
  const body = salesforceBody(stage, instant().replace('Z', '+0000'), {
    ...{ id: `deal-of-${person}`, amount, email: addressOf(person) },
  })
  await ask('/hooks/salesforce', { headers: { 'x-trichter-token': token }, body })
}

const importRows = async (player: Player, { rows, consent, enter }: Do<'import'>): Promise<void> => {
  const { ask, json, observed, instant } = player
  const begun = await json<{ importId: string }>(
    await ask('/api/imports', {
      role: 'marketing',
      body: {
        ...{ name: 'fair.csv', mapping: { Mail: 'email', Firma: 'company', Status: '$unsubscribed' }, enter },
        consent: consent
          ? { purpose: marketing, evidence: 'the list that lay on our stand', at: instant() }
          : null,
      },
    }),
  )
  if (!begun) return
  const { importId } = begun
  const told = rows.map(({ line, person, unsubscribed }) => ({
    line,
    values: {
      Mail: person === undefined ? 'no address' : addressOf(person),
      Firma: `Firma ${line}`,
      Status: unsubscribed ? 'unsubscribed' : '',
    },
  }))
  for (const { person, unsubscribed } of rows)
    if (person !== undefined && consent && !unsubscribed) observed.grants.push({ person, at: instant() })
  const request = { role: 'marketing', body: { rows: told, last: true } } as const
  const taken = await ask(`/api/imports/${importId}/rows`, request)
  // Programs send a chunk again when they are not sure.
  await ask(`/api/imports/${importId}/rows`, { ...request, also: [409] })
  if (!taken) return
  observed.imports.push({ importId, rows: rows.length })
  for (const { person, unsubscribed } of rows)
    if (person !== undefined && unsubscribed) observed.withdrawals.push({ person, at: instant() })
}

const broadcast = async (
  { ask, json, observed }: Player,
  { where, email, perHour }: Do<'broadcast'>,
): Promise<void> => {
  const made = await json<{ broadcastId: string }>(
    await ask('/api/broadcasts', { role: 'marketing', body: { name: 'News', where, email, perHour } }),
  )
  if (!made) return
  // What was begun by a request whose answer was lost cannot be begun again; what nobody would get is refused.
  const begun = await ask(`/api/broadcasts/${made.broadcastId}/schedule`, {
    role: 'marketing',
    body: {},
    also: [409, 422],
  })
  if (begun && begun.status !== 422) observed.broadcasts.push(made.broadcastId)
}

const sendingHours = '\nsending: { days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00" }\n'

/** Another number of points, another wait, and hours for marketing mail or none. */
const publish = async ({ ask, json }: Player, { points, waitDays, hours }: Do<'publish'>): Promise<void> => {
  const live = await json<{ files: Record<string, string> }>(
    await ask('/api/playbook', { method: 'GET', role: 'admin' }),
  )
  if (!live) return
  const changed = (name: string, change: (text: string) => string) => ({
    [name]: change(live.files[name] ?? ''),
  })
  const files = {
    ...live.files,
    ...changed('scoring.yaml', (text) =>
      text.replace(/(on: newsletter\.subscribed, points: )\d+/, `$1${points}`),
    ),
    ...changed('sequences/interest.yaml', (text) => text.replace(/- wait: \d+d/, `- wait: ${waitDays}d`)),
    ...changed('settings.yaml', (text) => text.replace(sendingHours, '') + (hours ? sendingHours : '')),
  }
  await ask('/api/playbook', { method: 'PUT', role: 'admin', body: { files } })
  // 409: a request whose answer was lost has published it.
  await ask('/api/playbook/publish', { role: 'admin', also: [409] })
}

const erase = async (
  { ask, leadIdOf, observed, instant }: Player,
  { person }: Do<'erase'>,
): Promise<void> => {
  const leadId = await leadIdOf(person)
  if (leadId === undefined) return
  if (await ask(`/api/leads/${leadId}`, { method: 'DELETE', role: 'admin', also: [404] }))
    observed.erasures.push({ person, leadId, at: instant() })
}

const merge = async (player: Player, { do: what, person, other }: Do<'merge' | 'part'>): Promise<void> => {
  const { ask, leadIdOf, observed, instant } = player
  const [leadId, otherId] = [await leadIdOf(person), await leadIdOf(other)]
  observed.merges.push({ person, other, at: instant() })
  if (leadId === undefined || otherId === undefined || leadId === otherId) return
  await ask(`/api/leads/${leadId}/${what === 'merge' ? 'merge' : 'unmerge'}`, {
    ...{ role: 'admin', body: { leadId: otherId }, also: [404, 409] },
  })
}

const poison = async ({ events, world, observed }: Player, { mark }: Do<'poison'>): Promise<void> => {
  const Detail = JSON.stringify({ id: mark, type: 'No Type', subject: {} })
  const entry = { EventBusName: world.busName, Source: 'simulator', DetailType: 'Activity', Detail }
  await events.send(new PutEventsCommand({ Entries: [entry] }))
  observed.poisons.push(mark)
}

const disturb = async ({ client, observed }: Player, { faults }: Do<'disturb'>): Promise<void> => {
  await client.faults()
  for (const fault of faults) {
    if (fault.lose) observed.lostEvents = true
    const answered = await client.faults(fault)
    if (answered.status !== 201) throw new Error(`no fault: ${await answered.text()}`)
  }
}

const perform = async (player: Player, action: Action): Promise<unknown> => {
  switch (action.do) {
    case 'tell':
      return tell(player, action)
    case 'submit':
      return submit(player, action)
    case 'confirm':
    case 'click':
    case 'open':
      return follow(player, action)
    case 'unsubscribe':
      return unsubscribe(player, action)
    case 'answer':
      return answer(player, action)
    case 'note':
      return note(player, action)
    case 'crm':
      return reportDeal(player, action)
    case 'import':
      return importRows(player, action)
    case 'broadcast':
      return broadcast(player, action)
    case 'publish':
      return publish(player, action)
    case 'erase':
      return erase(player, action)
    case 'merge':
    case 'part':
      return merge(player, action)
    case 'poison':
      return poison(player, action)
    case 'disturb':
      return disturb(player, action)
    case 'calm':
      return player.client.faults()
    default:
      return action satisfies never
  }
}

/** As an admin would each day: what stopped itself goes on. */
const resumeSending = async ({ ask }: Player): Promise<void> => {
  for (const stream of ['', '/confirmations'])
    await ask(`/api/sending${stream}/resume`, { role: 'admin', body: {}, also: [409] })
}

const day = 24 * 60

/**
 * Plays the whole plan, then lets everything come to rest without faults: what a crash left is taken up, what is held goes
 * out or is over.
 */
export const play = async (
  player: Player,
  { days, actions }: Plan,
  progress: (done: number) => void,
): Promise<void> => {
  let today = 0
  for (const action of actions) {
    await player.advanceTo(action.at)
    for (; today < Math.floor(action.at / day); today += 1) await resumeSending(player)
    await perform(player, action)
    for (const person of namedIn(action)) player.observed.named.push({ person, at: player.instant() })
    progress(1)
  }
  await player.client.faults()
  await player.advanceTo(days * day)
  await resumeSending(player)
  for (const rest of [1 / 24, 2 / 24, 0.5, 1, 4, 9]) await player.advanceTo((days + rest) * day)
  // Waits are whole days: nothing falls due while everything is read.
  await player.advanceTo((days + 9) * day + 37)
}
