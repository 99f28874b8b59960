import type { EventPattern } from 'aws-cdk-lib/aws-events'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { DecisionType } from '../domain/model/decision.ts'
import { anyEmailDomain, type FunctionName } from '../functions/environment.ts'
import { activityDetailType, source } from '../functions/event-names.ts'
import { addRoutes } from './add-routes.ts'
import type { Config } from './config.ts'
import { ActivityBus } from './constructs/activity-bus.ts'
import { AlarmTopic } from './constructs/alarm-topic.ts'
import { AppFunction } from './constructs/app-function.ts'
import { Overview } from './constructs/dashboard.ts'
import { addErasing } from './constructs/erasing.ts'
import { addHandingOver } from './constructs/handing-over.ts'
import { addHooks } from './constructs/hooks.ts'
import { PlatformAlarms } from './constructs/platform-alarms.ts'
import { PublicApi } from './constructs/public-api.ts'
import { QueueWorker } from './constructs/queue-worker.ts'
import { watchRefusedWakes } from './constructs/refused-wakes.ts'
import { addRescoring } from './constructs/rescoring.ts'
import { addRetaining } from './constructs/retaining.ts'
import { Sending, sendersFor } from './constructs/sending.ts'
import { WakeUps } from './constructs/wake-ups.ts'
import { addWebhooks } from './constructs/webhooks.ts'
import type { DataStack } from './data-stack.ts'
import { mapFunctions } from './function-settings.ts'
import { nurtureEvents } from './nurture-events.ts'
import { sendEvents } from './send-events.ts'

interface AppStackProps extends StackProps {
  readonly config: Config
  readonly data: DataStack
  readonly code: Readonly<Record<FunctionName, Code>>
}

type Functions = Readonly<Record<FunctionName, AppFunction>>

/** What can be thrown away and deployed again: bus, queues, functions, API, schedules, sending. */
export class AppStack extends Stack {
  readonly #functions: Functions
  readonly #bus: ActivityBus
  readonly #alarms: AlarmTopic
  readonly #wakeUps: WakeUps
  readonly #concurrency: number

  constructor(scope: Construct, id: string, props: AppStackProps) {
    // Schedules and links that are out name its queues, roles and API.
    super(scope, id, { ...props, terminationProtection: true })
    const { config, data } = props
    this.#concurrency = config.concurrency
    this.#bus = new ActivityBus(this, 'Activities', { name: config.busName })
    this.#alarms = new AlarmTopic(this, 'Alarms', { ...(config.alarmEmail && { email: config.alarmEmail }) })
    this.#functions = mapFunctions(
      (name) =>
        new AppFunction(this, pascalCase(name), { name, code: props.code[name], logLevel: config.logLevel }),
    )
    this.#wakeUps = new WakeUps(this, 'WakeUps')
    this.#grantBus()
    this.#grantData(data)
    const recording = this.#addWorkers()
    addRescoring(this, { bus: this.#bus.bus, alarms: this.#alarms, worker: this.#functions.rescore })
    addRetaining(this, { bus: this.#bus.bus, alarms: this.#alarms, worker: this.#functions.retain })
    const feedback = this.#addSending(config)
    const api = this.#addApi(config, data)
    const shared = { bus: this.#bus.bus, alarms: this.#alarms, wakeUps: this.#wakeUps }
    addErasing(this, { ...shared, worker: this.#functions.erase, holding: [recording, feedback] })
    addWebhooks(this, { ...shared, functions: this.#functions, data, maxConcurrency: this.#share(0.04) })
    const { record, nurture, handoff, send, webhook } = this.#functions
    watchRefusedWakes(this, this.#alarms, [record, nurture, handoff, send, webhook])
    addHooks({ receiver: this.#functions.hook, data, api })
    const { metrics } = new PlatformAlarms(this, 'Platform', {
      alarms: this.#alarms,
      table: data.leads.table,
      scheduleGroup: this.#wakeUps.groupName,
    })
    new Overview(this, 'Overview', { alarms: this.#alarms, platform: metrics })
    new CfnOutput(this, 'Url', { value: api.url, description: 'Forms, events, links and the console API' })
    new CfnOutput(this, 'WakeTargets', {
      value: this.toJsonString({ table: data.leads.table.tableName, ...this.#wakeUps.targets }),
      description: 'What npm run wakes -- rebuild reads',
    })
    new CfnOutput(this, 'AlarmTopicArn', {
      value: this.#alarms.topic.topicArn,
      description: 'Subscribe to it',
    })
  }

  #grantBus(): void {
    const { webhook: _, intake, hook, preferences, ...deciding } = this.#functions
    for (const fn of [intake, hook, preferences]) this.#bus.grantSubmit(fn)
    for (const fn of Object.values(deciding)) this.#bus.grantPublish(fn)
  }

  #grantData({ leads, keys }: DataStack): void {
    const {
      intake,
      record,
      nurture,
      send,
      feedback,
      handoff,
      answer,
      rescore,
      preferences,
      erase,
      retain,
      api,
      playbook,
    } = this.#functions
    leads.grantPlaybooks(intake, ['GetItem'])
    leads.grantItems(record, ['GetItem', 'BatchGetItem', 'PutItem', 'BatchWriteItem', 'UpdateItem', 'Query'])
    leads.grantItems(nurture, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'])
    leads.grantItems(send, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'])
    leads.grantItems(feedback, ['UpdateItem'], ['L#*', 'FIGURES#*', 'SENDING', 'SENDING#*'])
    leads.grantSending(feedback)
    leads.grantItems(handoff, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'])
    leads.grantItems(answer, ['GetItem', 'BatchGetItem', 'Query'], ['L#*', 'PLAYBOOK', 'PLAYBOOK#*'])
    leads.grantWriting(answer, ['PutItem', 'UpdateItem'], ['L#*', 'TEAM#*'])
    leads.grantAudit(answer)
    leads.grantItems(api, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'])
    leads.grantItems(rescore, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'])
    leads.grantItems(erase, [
      'GetItem',
      'BatchGetItem',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'BatchWriteItem',
      'Query',
    ])
    leads.grantLists(erase)
    leads.grantItems(retain, ['GetItem', 'BatchGetItem', 'Query'], ['L#*', 'PLAYBOOK', 'PLAYBOOK#*'])
    leads.grantWriting(retain, ['UpdateItem', 'DeleteItem'], ['L#*'])
    leads.grantLists(retain)
    leads.grantItems(preferences, ['GetItem', 'BatchGetItem', 'Query'], ['L#*', 'PLAYBOOK', 'PLAYBOOK#*'])
    leads.grantPlaybooks(playbook, ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'])
    leads.grantLists(api)
    leads.grantLists(nurture)
    leads.grantLists(send)
    leads.grantLists(rescore)
    // A backtest replays everybody.
    leads.grantReading(playbook)
    leads.grantLists(playbook)
    leads.grantAudit(playbook)
    for (const fn of [record, send, feedback, handoff, erase, api, playbook]) keys.grantSigning(fn)
    for (const fn of [intake, preferences, answer]) keys.grantVerifying(fn)
    for (const fn of [send, playbook]) keys.grantLinkKeys(fn)
    keys.grantKeepingFormer(record)
    keys.grantApiKeys(intake)
  }

  /** So much of the account's concurrency for one queue: two is the least that Lambda takes. */
  #share(part: number): number {
    return Math.min(1_000, Math.max(2, Math.floor(this.#concurrency * part)))
  }

  /** Concurrency is shared out so that a flood of activities leaves room for answering requests. */
  #addWorkers(): QueueWorker {
    const { record, nurture, handoff, answer, api } = this.#functions
    const shared = { bus: this.#bus.bus, alarms: this.#alarms }
    const ofBrowsers = (exists: boolean): EventPattern => ({
      detailType: [activityDetailType],
      detail: { subject: { visitorId: [{ exists }] } },
    })
    const recording = new QueueWorker(this, 'RecordWork', {
      ...shared,
      worker: record,
      events: ofBrowsers(false),
      maxConcurrency: this.#share(0.15),
    })
    // What anybody can send without an address waits in a line of its own: a flood of it holds up no sign-up.
    new QueueWorker(this, 'BrowserWork', {
      ...shared,
      worker: record,
      events: ofBrowsers(true),
      maxConcurrency: this.#share(0.05),
    })
    const nurturing = new QueueWorker(this, 'NurtureWork', {
      ...shared,
      worker: nurture,
      events: decided(...nurtureEvents),
      maxConcurrency: this.#share(0.08),
    })
    const wakeUps = this.#wakeUps
    addHandingOver(this, { ...shared, worker: handoff, answering: [answer, api], wakeUps })
    wakeUps.grantSchedule(nurture, nurturing)
    // What is about all runs of a sequence goes on run by run.
    nurturing.grantSend(nurture, 'NURTURE_QUEUE_URL')
    nurturing.grantSend(api, 'NURTURE_QUEUE_URL')
    // Leads cool without an activity, and clicks are held back for a moment.
    wakeUps.grantSchedule(record, recording)
    recording.grantSend(record, 'RECORD_QUEUE_URL')
    // A lead under new rules may cool at another time.
    recording.grantSend(this.#functions.rescore, 'RECORD_QUEUE_URL')
    return recording
  }

  #addSending(config: Config): QueueWorker {
    const { send, feedback, intake } = this.#functions
    const sending = new Sending(this, 'Sending', {
      ...(config.emailDomain && { domain: config.emailDomain }),
    })
    sending.grantSend(send)
    this.#functions.playbook.setVariable('EMAIL_DOMAIN', config.emailDomain ?? anyEmailDomain)
    sending.watch({ send, feedback, intake }, this.#alarms)
    const work = new QueueWorker(this, 'SendWork', {
      bus: this.#bus.bus,
      alarms: this.#alarms,
      worker: send,
      // Consent may come after the email that needed it was asked for. What is paused goes on.
      events: { source: [source], detailType: [...sendEvents] },
      // About as many emails a second as SES grants: more would only be throttled.
      maxConcurrency: Math.min(sendersFor(config.sesRate), this.#share(0.2)),
      // Every three minutes: beyond the quarter of an hour after which a crashed sender's claim runs out.
      maxReceiveCount: 10,
    })
    // Test emails.
    work.grantSend(this.#functions.playbook, 'SEND_QUEUE_URL')
    // Held emails are looked at again, and all of them when what was paused goes on.
    work.grantSend(send, 'SEND_QUEUE_URL')
    this.#wakeUps.grantSchedule(send, work)
    return new QueueWorker(this, 'FeedbackWork', {
      bus: sending.reports,
      alarms: this.#alarms,
      worker: feedback,
      events: {
        source: ['aws.ses'],
        detail: {
          mail: { tags: { 'ses:configuration-set': [sending.configurationSet.configurationSetName] } },
        },
      },
      maxConcurrency: this.#share(0.04),
    })
  }

  #addApi(config: Config, { users }: DataStack): PublicApi {
    const { intake, send } = this.#functions
    const api = new PublicApi(this, 'PublicApi', {
      users,
      alarms: this.#alarms,
      ...(config.publicUrl && { publicUrl: config.publicUrl }),
      rate: config.apiRate,
    })
    addRoutes(api, this.#functions, config.limits)
    api.grantLinks(intake)
    api.grantLinks(send)
    api.grantLinks(this.#functions.api)
    return api
  }
}

const decided = (...types: DecisionType[]): EventPattern => ({ source: [source], detailType: types })

const pascalCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)
