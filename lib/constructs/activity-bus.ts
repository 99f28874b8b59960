import { EventBus } from 'aws-cdk-lib/aws-events'
import { Construct } from 'constructs'
import { activityDetailType, source } from '../../functions/event-names.ts'
import type { AppFunction } from './app-function.ts'

export interface ActivityBusProps {
  /** Fixed, because other programs of the account put activities on it. */
  readonly name: string
}

/** The bus that activities come in on and decisions go out on. */
export class ActivityBus extends Construct {
  readonly bus: EventBus

  constructor(scope: Construct, id: string, props: ActivityBusProps) {
    super(scope, id)
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: props.name,
      description:
        'Activities in, decisions out. Carries lead ids, never addresses or names, in what Trichter publishes.',
    })
  }

  /** Everything that is published as Trichter's own. */
  grantPublish(to: AppFunction): void {
    this.#grant(to, { StringEquals: { 'events:source': source } })
  }

  /** Activities alone: whoever answers the public decides nothing, and has nobody erased. */
  grantSubmit(to: AppFunction): void {
    this.#grant(to, { StringEquals: { 'events:source': source, 'events:detail-type': activityDetailType } })
  }

  #grant(to: AppFunction, conditions: Record<string, unknown>): void {
    to.allow(['events:PutEvents'], [this.bus.eventBusArn], conditions)
    to.setVariable('BUS_NAME', this.bus.eventBusName)
  }
}
