import * as z from 'zod/mini'
import { events, isDecisionType } from '../../domain/model/event-table.ts'
import { activityDetailType, source } from '../../functions/event-names.ts'

type Schema = Readonly<Record<string, unknown>>

const text: Schema = { type: 'string' }
const moment: Schema = { type: 'string', format: 'date-time' }
const object = (properties: Readonly<Record<string, Schema>>, required: readonly string[]): Schema => ({
  type: 'object',
  required,
  properties,
})

/** As the event table declares it; what zod cannot say in a schema may be anything. */
const dataOf = (
  schema: z.ZodMiniType,
): { readonly properties: Schema; readonly required: readonly string[] } => {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    unrepresentable: 'any',
  })
  return { properties, required }
}

/** EventBridge's envelope around a detail. */
const envelope = (detail: string): Schema =>
  object(
    {
      version: text,
      id: text,
      'detail-type': text,
      source: text,
      account: text,
      time: moment,
      region: text,
      resources: { type: 'array', items: text },
      detail: { $ref: `#/components/schemas/${detail}` },
    },
    ['detail-type', 'source', 'detail', 'time', 'id'],
  )

const metadata = object(
  {
    id: { ...text, description: 'The same for the same decision, so that a consumer can drop repeats.' },
    version: { type: 'integer' },
    occurredAt: moment,
    correlationId: text,
    causationId: text,
    unawaited: { type: 'boolean', description: 'No sequence can begin with it, and no email waits for it.' },
    unheard: { type: 'boolean', description: 'No webhook subscribes to it.' },
  },
  ['id', 'version', 'occurredAt', 'correlationId', 'causationId'],
)

const eventSchemas = Object.entries(events).flatMap(([type, { title, data }]): [string, Schema][] => {
  const { properties, required } = dataOf(data)
  const ofLead = isDecisionType(type)
  const own = ofLead ? { leadId: text, ...properties } : properties
  const detail = object(
    {
      metadata: { $ref: '#/components/schemas/Metadata' },
      data: { type: 'object', required: [...(ofLead ? ['leadId'] : []), ...required], properties: own },
    },
    ['metadata', 'data'],
  )
  return [
    [
      `${type}Event`,
      {
        ...envelope(type),
        description: title,
        'x-amazon-events-source': source,
        'x-amazon-events-detail-type': type,
      },
    ],
    [type, detail],
  ]
})

/** An activity as other programs put it on the bus, with a source of their own. */
const activity = object(
  {
    id: { ...text, maxLength: 128, description: "Absent: the event's id." },
    type: { ...text, maxLength: 128, pattern: '^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+$' },
    subject: {
      oneOf: ['email', 'leadId', 'visitorId'].map((key) => object({ [key]: text }, [key])),
    },
    occurredAt: { ...moment, description: 'Absent: the time of arrival.' },
    properties: { type: 'object' },
  },
  ['type', 'subject'],
)

/** Every event of the bus as an OpenAPI 3.0 document, the form that EventBridge's schema registry takes. */
export const describeEvents = () => ({
  openapi: '3.0.0',
  info: { title: 'Events of Trichter', version: '1' },
  paths: {},
  components: {
    schemas: {
      ActivityEvent: {
        ...envelope('Activity'),
        description: 'What a person did, on its way in. The source is whoever puts it.',
        'x-amazon-events-detail-type': activityDetailType,
      },
      Activity: activity,
      Metadata: metadata,
      ...Object.fromEntries(eventSchemas),
    },
  },
})
