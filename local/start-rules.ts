import { actionFor } from './deliveries.ts'
import type { EventBuses, EventTarget } from './events/event-bus.ts'
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from './json.ts'
import type { Resource } from './template/model.ts'
import { busName } from './template/names.ts'

export interface RunningRule {
  readonly name: string
  readonly arn: string
  readonly bus: string
  readonly enabled: boolean
  /** JSON. */
  readonly pattern: string
  readonly targets: readonly string[]
}

/** Puts the template's rules on their buses. @throws Error naming the rule that cannot be run */
export function startRules(rules: readonly Resource[], buses: EventBuses): RunningRule[] {
  return rules.map((rule) => {
    const where = `${rule.stack}/${rule.logicalId}`
    const { properties } = rule
    if (properties.EventPattern === undefined) {
      throw new Error(
        `${where}: rules with a ScheduleExpression are not run locally; use AWS::Scheduler::Schedule`,
      )
    }
    const targets = objectsOf(properties.Targets).map(targetOf)
    for (const { arn } of targets) {
      if (actionFor(arn) === undefined && !arn.startsWith('arn:aws:logs:')) {
        throw new Error(`${where}: the target ${arn} cannot be run locally`)
      }
    }
    const bus = busName(textOf(properties.EventBusName))
    const pattern = JSON.stringify(properties.EventPattern)
    const enabled = textOf(properties.State) !== 'DISABLED'
    try {
      buses.addRule({ name: rule.name, arn: rule.arn, busName: bus, pattern, enabled, targets })
    } catch (error) {
      throw new Error(`${where}: ${error instanceof Error ? error.message : error}`)
    }
    return { name: rule.name, arn: rule.arn, bus, enabled, pattern, targets: targets.map(({ arn }) => arn) }
  })
}

function targetOf(target: JsonObject): EventTarget {
  const transformer = objectOf(target.InputTransformer)
  const template = textOf(transformer.InputTemplate)
  const retry = objectOf(target.RetryPolicy)
  const attempts = numberOf(retry.MaximumRetryAttempts)
  const age = numberOf(retry.MaximumEventAgeInSeconds)
  const paths = Object.entries(objectOf(transformer.InputPathsMap)).map(([key, path]) => [
    key,
    textOf(path) ?? '',
  ])
  const text = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })
  return {
    id: textOf(target.Id) ?? '',
    arn: textOf(target.Arn) ?? '',
    ...text('input', textOf(target.Input)),
    ...text('inputPath', textOf(target.InputPath)),
    ...(template === undefined
      ? {}
      : { inputTransformer: { inputPathsMap: Object.fromEntries(paths), inputTemplate: template } }),
    ...text('deadLetterArn', textOf(objectOf(target.DeadLetterConfig).Arn)),
    ...text('sqsMessageGroupId', textOf(objectOf(target.SqsParameters).MessageGroupId)),
    retry: {
      ...(attempts === undefined ? {} : { maximumRetryAttempts: attempts }),
      ...(age === undefined ? {} : { maximumEventAgeInSeconds: age }),
    },
  }
}
