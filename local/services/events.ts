import type { Need } from '../access/guard.ts'
import { AwsError } from '../aws-error.ts'
import type { EventBuses } from '../events/event-bus.ts'
import {
  jsonAnswer,
  type Operation,
  readTarget,
  refuseJson,
  type Service,
  unknownOperation,
} from '../gateway/gateway.ts'
import { objectsOf, textOf } from '../json.ts'
import { arnOf, busName } from '../template/intrinsics.ts'

export function eventsService(buses: EventBuses): Service {
  return {
    read: readTarget,
    needs,
    invoke: async ({ name, input }) => {
      switch (name) {
        case 'PutEvents':
          if (!Array.isArray(input.Entries))
            throw new AwsError('ValidationException', 'Entries must be a list')
          return jsonAnswer(await buses.putEvents(objectsOf(input.Entries)))
        case 'TestEventPattern': {
          const matched = buses.testEventPattern(textOf(input.EventPattern) ?? '', textOf(input.Event) ?? '')
          return jsonAnswer({ Result: matched })
        }
        default:
          throw unknownOperation(name)
      }
    },
    refuse: refuseJson,
  }
}

function needs({ name, input }: Operation): Need[] {
  if (name !== 'PutEvents') return [{ action: `events:${name}`, resource: '*' }]
  return objectsOf(input.Entries).map((entry) => ({
    action: 'events:PutEvents',
    resource: arnOf('events', `event-bus/${busName(textOf(entry.EventBusName))}`),
    context: {
      'events:source': textOf(entry.Source) ?? '',
      'events:detail-type': textOf(entry.DetailType) ?? '',
    },
  }))
}
