import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'

/** The page that alarms send people to. */
const runbookPage = 'docs/operations/runbook.md'

interface AlarmTopicProps {
  /** @default - nobody is subscribed */
  readonly email?: string
}

interface AlarmProps {
  readonly metric: IMetric
  /** Alarms from this value on. */
  readonly threshold: number
  /** What is wrong, as one sentence. */
  readonly description: string
  /** Heading of the runbook that says what to do; a test looks for it on the page. */
  readonly runbook: string
}

/** Where every alarm goes. It carries no personal data: names of queues and figures only. */
export class AlarmTopic extends Construct {
  readonly topic: Topic
  readonly #alarms: Alarm[] = []

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id)
    this.topic = new Topic(this, 'Topic', { displayName: 'Trichter alarms', enforceSSL: true })
    // A policy of its own replaces the one that lets CloudWatch in.
    this.topic.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    )
    if (props.email) this.topic.addSubscription(new EmailSubscription(props.email))
  }

  get alarms(): readonly Alarm[] {
    return this.#alarms
  }

  /** Silence counts as fine: an idle queue and an unused API report nothing. */
  watch(scope: Construct, id: string, props: AlarmProps): void {
    const alarm = new Alarm(scope, id, {
      metric: props.metric,
      threshold: props.threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${props.description} Runbook: ${runbookPage}, "${props.runbook}".`,
    })
    alarm.addAlarmAction(new SnsAction(this.topic))
    this.#alarms.push(alarm)
  }
}
