import { EventBus } from 'aws-cdk-lib/aws-events'
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Lazy } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { activityDetailType, source } from '../../functions/event-names.ts'
import type { AppFunction } from './app-function.ts'

interface ActivityBusProps {
  /** Fixed, because other programs of the account put activities on it. */
  readonly name: string
}

/** The bus that activities come in on and decisions go out on. */
export class ActivityBus extends Construct {
  readonly bus: EventBus
  readonly #speakers: string[] = []

  constructor(scope: Construct, id: string, props: ActivityBusProps) {
    super(scope, id)
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: props.name,
      description:
        'Activities in, decisions out. Carries lead ids, never addresses or names, in what Trichter publishes.',
    })
    this.#keepSource()
  }

  /** Everything that is published as Trichter's own. */
  grantPublish(to: AppFunction): void {
    this.#grant(to, { StringEquals: { 'events:source': source } })
  }

  /** Activities alone: a function that answers the public decides nothing and erases nobody. */
  grantSubmit(to: AppFunction): void {
    this.#grant(to, { StringEquals: { 'events:source': source, 'events:detail-type': activityDetailType } })
  }

  /**
   * In one account any role that may put events may give them any source. Whatever acts on decisions believes this one, so
   * that nobody but the functions of this stack may give it, administrators included.
   */
  #keepSource(): void {
    this.bus.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyTrichterSpeaksAsTrichter',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['events:PutEvents'],
        resources: [this.bus.eventBusArn],
        conditions: {
          StringEquals: { 'events:source': source },
          ArnNotEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => this.#speakers }) },
        },
      }),
    )
  }

  #grant(to: AppFunction, conditions: Record<string, unknown>): void {
    to.allow(['events:PutEvents'], [this.bus.eventBusArn], conditions)
    this.#speakers.push(to.roleArn)
    to.setVariable('BUS_NAME', this.bus.eventBusName)
  }
}
