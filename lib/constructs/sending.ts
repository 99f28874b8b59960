import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events'
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses'
import { CfnOutput, Stack, Validations } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { emailFailedMessage } from '../../functions/event-names.ts'
import type { AlarmTopic } from './alarm-topic.ts'
import type { AppFunction } from './app-function.ts'
import { watchLogLine } from './watch-log-line.ts'

interface SendingProps {
  /** Domain to set up as sender. @default - the sender is verified by hand */
  readonly domain?: string
}

/** Email through SES, and what SES reports about it on the account's default bus: the only one it can report to. */
export class Sending extends Construct {
  readonly reports: IEventBus
  readonly configurationSet: ConfigurationSet

  constructor(scope: Construct, id: string, props: SendingProps) {
    super(scope, id)
    this.reports = EventBus.fromEventBusName(this, 'DefaultBus', 'default')
    this.configurationSet = new ConfigurationSet(this, 'ConfigurationSet', {
      // Names and addresses do not travel in the clear; a receiver without TLS gets no mail.
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    })
    this.configurationSet.addEventDestination('Reports', {
      destination: EventDestination.eventBus(this.reports),
      // Not OPEN and CLICK: links of our own tell of these, where the lead agreed to it, and nothing counts twice.
      events: [
        EmailSendingEvent.SEND,
        EmailSendingEvent.DELIVERY,
        EmailSendingEvent.BOUNCE,
        EmailSendingEvent.COMPLAINT,
        EmailSendingEvent.REJECT,
        EmailSendingEvent.DELIVERY_DELAY,
        EmailSendingEvent.RENDERING_FAILURE,
      ],
    })
    if (props.domain) this.#addIdentity(props.domain)
  }

  /** From any sender of the account: the playbook names it, and a later playbook may name another. */
  grantSend(to: AppFunction): void {
    const stack = Stack.of(this)
    const name = this.configurationSet.configurationSetName
    to.allow(
      ['ses:SendEmail'],
      [
        stack.formatArn({ service: 'ses', resource: 'identity', resourceName: '*' }),
        stack.formatArn({ service: 'ses', resource: 'configuration-set', resourceName: name }),
      ],
    )
    Validations.of(to).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]',
      reason:
        'The playbook names the sender and may change it; while the account is in the SES sandbox, recipients are checked as identities too.',
    })
    to.setVariable('CONFIGURATION_SET', name)
  }

  /** Raises an alarm when a function says that an email will never be sent. */
  watchFailed(id: string, from: AppFunction, alarms: AlarmTopic): void {
    watchLogLine(this, id, alarms, {
      from,
      message: emailFailedMessage,
      metricName: `Emails${id}`,
      description: 'An email will never be sent: SES refuses it for what is in it, or it cannot be written.',
      runbook: 'An email has failed',
    })
  }

  /** Sets the domain up in SES and puts the records that its DNS needs into the output: name, type and value. */
  #addIdentity(domain: string): void {
    const mailFrom = `bounce.${domain}`
    const identity = new EmailIdentity(this, 'Identity', {
      identity: Identity.domain(domain),
      configurationSet: this.configurationSet,
      mailFromDomain: mailFrom,
    })
    const region = Stack.of(this).region
    const dkim = identity.dkimRecords.map(({ name, value }, index) => ({
      id: `DnsDkim${index + 1}`,
      why: 'DKIM: signs the mail with the key of the domain',
      record: `${name} CNAME ${value}`,
    }))
    const others = [
      {
        id: 'DnsMailFromMx',
        why: 'MAIL FROM: where bounces of the mail come back to SES',
        record: `${mailFrom} MX 10 feedback-smtp.${region}.amazonses.com`,
      },
      {
        id: 'DnsMailFromSpf',
        why: 'SPF: lets SES send for the MAIL FROM domain',
        record: `${mailFrom} TXT "v=spf1 include:amazonses.com ~all"`,
      },
      {
        id: 'DnsDmarc',
        why: 'DMARC: what receivers do with mail that neither signs nor comes from here',
        record: `_dmarc.${domain} TXT "v=DMARC1; p=quarantine; adkim=r; aspf=r"`,
      },
    ]
    for (const { id, why, record } of [...dkim, ...others])
      new CfnOutput(this, id, { value: record, description: `${why} (name, type, value)` })
  }
}
