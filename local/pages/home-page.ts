import type { VirtualClock } from '../clock.ts'
import type { QueueEngine } from '../engines/queue-engine.ts'
import { textOf } from '../json.ts'
import { variablesOf } from '../lambda/execution-environment.ts'
import type { Functions } from '../lambda/functions.ts'
import { isAsyncQueue } from '../queues/async-invocations.ts'
import type { InboxMail } from '../services/inbox.ts'
import type { RunningRule } from '../start-rules.ts'
import type { Endpoints } from '../template/intrinsics.ts'
import type { StackModel } from '../template/model.ts'
import { clockButtons, type Html, html, moment } from './page.ts'

interface HomeView {
  readonly stack: Description
  readonly newest: readonly InboxMail[]
  readonly deadLetters: number
  /** Pages of the project to read, by file. */
  readonly docs: readonly (readonly [file: string, title: string])[]
}

const LONG_LIST = 12

/** What runs here, and where to go from here. */
export function homeBody({ stack, newest, deadLetters, docs }: HomeView): Html {
  const [short, long] = linkCards(stack)
  return html`<h1>What runs here</h1>
<p class="soft">The stack as it would be deployed, on this machine. What it sends stays in the inbox.</p>
${clockButtons(stack.now, '/_local')}
<div class="cards">${short}${inboxCard(newest)}${docsCard(docs)}${long}${stateCard(stack, deadLetters)}
${functionsCard(stack)}${addressesCard(stack)}</div>`
}

/** What the project itself names in its template: short lists, and long ones. */
function linkCards({ links }: Description): readonly [short: readonly Html[], long: readonly Html[]] {
  const groups = [...Map.groupBy(links, ({ group }) => group)].map(([group, those]) => {
    const items = [...Map.groupBy(those, ({ text }) => text)].map(
      ([text, variants]) => html`<li>${linksTo(text, variants)}</li>`,
    )
    return { group, items, isLong: items.length > LONG_LIST }
  })
  const cards = (long: boolean) =>
    groups
      .filter(({ isLong }) => isLong === long)
      .map(
        ({ group, items }) =>
          html`<section class="card${long ? ' wide' : ''}"><h2>${group}</h2><ul class="links ${long ? 'grid' : 'column'}">${items}</ul></section>`,
      )
  return [cards(false), cards(true)]
}

/** One link, or a name with a link for each variant of it. */
function linksTo(text: string, variants: Description['links']): readonly Html[] {
  return variants.map(({ path, variant }, index) =>
    variant === undefined
      ? html`<a href="${path}">${text}</a> `
      : html`${index === 0 ? text : undefined} <a href="${path}" aria-label="${text}, ${variant}">${variant}</a> `,
  )
}

function inboxCard(newest: readonly InboxMail[]): Html {
  const mails = newest.map(
    ({
      messageId,
      subject,
      to,
      at,
    }) => html`<li><a href="/_local/inbox?mail=${encodeURIComponent(messageId)}"><b>${subject}</b>
<span>${to.join(', ')}, ${moment(at)}</span></a></li>`,
  )
  return html`<section class="card"><h2><a href="/_local/inbox">Inbox</a></h2>${
    mails.length > 0 ? html`<ul class="plain mails">${mails}</ul>` : html`<p class="soft">No email yet.</p>`
  }</section>`
}

function docsCard(docs: HomeView['docs']): Html | undefined {
  if (docs.length === 0) return undefined
  return html`<section class="card"><h2>To read</h2><ul class="links column">${docs.map(
    ([file, title]) => html`<li><a href="/_local/read/${file}">${title}</a></li>`,
  )}</ul></section>`
}

function stateCard({ queues, bus, table, tables, rules }: Description, deadLetters: number): Html {
  const rows = queues.map(
    ({ name, messages }) => html`<tr><td><code>${name}</code></td><td class="number">${messages.visible}</td>
<td class="number">${messages.delayed}</td><td class="number">${messages.inFlight}</td></tr>`,
  )
  const tableNames = tables.length > 1 ? tables.join(', ') : (table ?? 'none')
  return html`<details class="card wide"><summary>Queues</summary>
<p class="small">Bus <a href="/_local/events">${bus ?? 'default'}</a> with ${rules.length} rules, table <code>${tableNames}</code>,
<a href="/_local/dead-letters">${deadLetters} dead letters</a>.</p>
<div class="scroll"><table><tr><th>queue</th><th class="number">ready</th><th class="number">delayed</th><th class="number">in flight</th></tr>${rows}</table></div></details>`
}

function functionsCard({ functions }: Description): Html {
  const rows = functions.map(({ name, memory, timeout, initMs }) => {
    const init = initMs.length === 0 ? '' : `${Math.round(Math.max(...initMs))} ms`
    return html`<tr><td><code>${name}</code></td><td class="number">${memory} MB</td><td class="number">${timeout} s</td><td class="number">${init}</td></tr>`
  })
  return html`<details class="card wide"><summary>Functions</summary>
<p class="small">AWS calls they made: <a href="/_local/counts">counts</a>. Make services fail: <a href="/_local/faults">faults</a>.</p>
<div class="scroll"><table><tr><th>function</th><th class="number">memory</th><th class="number">time-out</th><th class="number">slowest start</th></tr>${rows}</table></div></details>`
}

function addressesCard({ urls, users, outputs }: Description): Html {
  const named = Object.entries(outputs).map(
    ([name, value]) =>
      html`<dt>${name}</dt><dd><code>${typeof value === 'string' ? value : JSON.stringify(value)}</code></dd>`,
  )
  const tokens = users.map((token) => html`<code>${token}</code> `)
  return html`<details class="card wide"><summary>Addresses and tokens</summary>
<dl><dt>App</dt><dd><code>${urls.app}</code></dd><dt>AWS endpoint</dt><dd><code>${urls.aws}</code> (credentials <code>local</code> / <code>local</code>)</dd>
<dt>Signed-in users</dt><dd>${tokens}as <code>Authorization: Bearer …</code></dd>${named}</dl></details>`
}

interface Described {
  readonly model: StackModel
  readonly engine: QueueEngine
  readonly functions: Functions
  readonly rules: readonly RunningRule[]
  readonly clock: VirtualClock
  readonly endpoints: Endpoints
}

/** What `GET /_local` answers. `table` and `bus` are the first of their kind. */
export function describeStack({ model, engine, functions, rules, clock, endpoints }: Described) {
  const tables = model.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map(({ name }) => name)
  const buses = model.ofType('AWS::Events::EventBus').map(({ name }) => name)
  return {
    now: new Date(clock.now()).toISOString(),
    functions: functions.all().map(({ resource, folder, pool }) => ({
      name: resource.name,
      logicalId: resource.logicalId,
      arn: resource.arn,
      memory: Number(textOf(resource.properties.MemorySize) ?? 128),
      timeout: Number(textOf(resource.properties.Timeout) ?? 3),
      folder,
      environment: variablesOf(resource.properties),
      role: textOf(resource.properties.Role),
      initMs: pool.initTimes(),
    })),
    rules,
    queues: engine
      .all()
      .filter((queue) => !isAsyncQueue(queue))
      .map((queue) => {
        const { ready, delayed, inflight } = queue.inspectMessages()
        const messages = { visible: ready.length, delayed: delayed.length, inFlight: inflight.length }
        return { name: queue.name, arn: queue.arn, url: queue.url, messages }
      }),
    table: tables[0] ?? null,
    tables,
    bus: buses[0] ?? null,
    buses,
    buckets: model.ofType('AWS::S3::Bucket').map(({ name }) => name),
    outputs: model.outputs,
    links: model.links,
    pictures: model.pictures,
    users: model.ofType('AWS::Cognito::UserPoolGroup').map(({ name }) => `local-${name}`),
    urls: endpoints,
  }
}

export type Description = ReturnType<typeof describeStack>
