import { z } from 'zod'

/** What Pinpoint's API answers, as far as it is moved. Everything else in it is left alone. */
const texts = z.array(z.string()).catch([])
const set = z.looseObject({ DimensionType: z.string().catch('INCLUSIVE'), Values: texts })
const attribute = z.looseObject({ AttributeType: z.string().catch('INCLUSIVE'), Values: texts })
const metric = z.looseObject({ ComparisonOperator: z.string(), Value: z.number() })
const attributes = z.record(z.string(), attribute).nullish()
const metrics = z.record(z.string(), metric).nullish()

const segmentDimensions = z.looseObject({
  Attributes: attributes,
  UserAttributes: attributes,
  Metrics: metrics,
  Behavior: z
    .looseObject({ Recency: z.looseObject({ Duration: z.string(), RecencyType: z.string() }).nullish() })
    .nullish(),
  Demographic: z.record(z.string(), set.nullish()).nullish(),
  Location: z.looseObject({ Country: set.nullish(), GPSPoint: z.unknown().optional() }).nullish(),
})

const eventDimensions = z.looseObject({ EventType: set.nullish(), Attributes: attributes, Metrics: metrics })

const simpleCondition = z.looseObject({
  EventCondition: z
    .looseObject({ Dimensions: eventDimensions.nullish(), MessageActivity: z.string().nullish() })
    .nullish(),
  SegmentCondition: z.looseObject({ SegmentId: z.string() }).nullish(),
  SegmentDimensions: segmentDimensions.nullish(),
})

const waitTime = z.looseObject({ WaitFor: z.string().nullish(), WaitUntil: z.string().nullish() }).nullish()
const next = z.string().nullish()
const message = z.looseObject({ TemplateName: z.string().nullish(), NextActivity: next })

const activity = z.looseObject({
  Description: z.string().nullish(),
  EMAIL: message
    .extend({ MessageConfig: z.looseObject({ FromAddress: z.string().nullish() }).nullish() })
    .nullish(),
  SMS: message.nullish(),
  PUSH: message.nullish(),
  CUSTOM: message.extend({ DeliveryUri: z.string().nullish() }).nullish(),
  ContactCenter: z.looseObject({ NextActivity: next }).nullish(),
  Wait: z.looseObject({ NextActivity: next, WaitTime: waitTime }).nullish(),
  ConditionalSplit: z
    .looseObject({
      Condition: z
        .looseObject({ Conditions: z.array(simpleCondition).nullish(), Operator: z.string().nullish() })
        .nullish(),
      EvaluationWaitTime: waitTime,
      TrueActivity: next,
      FalseActivity: next,
    })
    .nullish(),
  MultiCondition: z
    .looseObject({
      Branches: z
        .array(z.looseObject({ Condition: simpleCondition.nullish(), NextActivity: next }))
        .nullish(),
      DefaultActivity: next,
      EvaluationWaitTime: waitTime,
    })
    .nullish(),
  RandomSplit: z
    .looseObject({
      Branches: z.array(z.looseObject({ NextActivity: next, Percentage: z.number().nullish() })).nullish(),
    })
    .nullish(),
  Holdout: z.looseObject({ NextActivity: next, Percentage: z.number() }).nullish(),
})

const journey = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  State: z.string().nullish(),
  StartActivity: next,
  Activities: z.record(z.string(), activity).nullish(),
  StartCondition: z
    .looseObject({
      SegmentStartCondition: z.looseObject({ SegmentId: z.string() }).nullish(),
      EventStartCondition: z
        .looseObject({
          SegmentId: z.string().nullish(),
          EventFilter: z.looseObject({ Dimensions: eventDimensions.nullish() }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
  Limits: z
    .looseObject({
      DailyCap: z.number().nullish(),
      EndpointReentryCap: z.number().nullish(),
      EndpointReentryInterval: z.string().nullish(),
      TotalCap: z.number().nullish(),
      TimeframeCap: z.looseObject({ Cap: z.number().nullish(), Days: z.number().nullish() }).nullish(),
    })
    .nullish(),
  QuietTime: z.looseObject({ Start: z.string().nullish(), End: z.string().nullish() }).nullish(),
})

const segment = z.looseObject({
  Id: z.string(),
  Name: z.string().nullish(),
  SegmentType: z.string().nullish(),
  Dimensions: segmentDimensions.nullish(),
  SegmentGroups: z
    .looseObject({
      Include: z.string().nullish(),
      Groups: z
        .array(
          z.looseObject({
            Dimensions: z.array(segmentDimensions).nullish(),
            SourceSegments: z.array(z.looseObject({ Id: z.string() })).nullish(),
            SourceType: z.string().nullish(),
            Type: z.string().nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
})

const template = z.looseObject({
  TemplateName: z.string(),
  Subject: z.string().nullish(),
  HtmlPart: z.string().nullish(),
  TextPart: z.string().nullish(),
  DefaultSubstitutions: z.string().nullish(),
  RecommenderId: z.string().nullish(),
})

const endpoint = z.looseObject({
  Id: z.string().nullish(),
  Address: z.string().nullish(),
  ChannelType: z.string().nullish(),
  EndpointStatus: z.string().nullish(),
  OptOut: z.string().nullish(),
  EffectiveDate: z.string().nullish(),
  Attributes: z.record(z.string(), texts).nullish(),
  Metrics: z.record(z.string(), z.number()).nullish(),
  Location: z.record(z.string(), z.unknown()).nullish(),
  Demographic: z.record(z.string(), z.unknown()).nullish(),
  User: z
    .looseObject({
      UserId: z.string().nullish(),
      UserAttributes: z.record(z.string(), texts).nullish(),
    })
    .nullish(),
})

export type SegmentDimensions = z.infer<typeof segmentDimensions>
export type EventDimensions = z.infer<typeof eventDimensions>
export type SimpleCondition = z.infer<typeof simpleCondition>
export type SetDimension = z.infer<typeof set>
export type AttributeDimension = z.infer<typeof attribute>
export type Activity = z.infer<typeof activity>
export type WaitTime = z.infer<typeof waitTime>
export type Journey = z.infer<typeof journey>
export type Segment = z.infer<typeof segment>
export type Template = z.infer<typeof template>
export type Endpoint = z.infer<typeof endpoint>

/** A file of an export, parsed: one JSON document, or one of its lines. */
export interface ExportDocument {
  readonly file: string
  readonly json: unknown
}

/** An endpoint, and the file that it stands in: that names the imported segment which it was exported for. */
export interface ExportedEndpoint {
  readonly file: string
  readonly endpoint: Endpoint
}

export interface PinpointExport {
  readonly journeys: readonly Journey[]
  readonly segments: ReadonlyMap<string, Segment>
  readonly templates: ReadonlyMap<string, Template>
  readonly endpoints: readonly ExportedEndpoint[]
  /** What was not understood: file and reason. */
  readonly unread: readonly string[]
}

/** What stands around an answer: `{ JourneyResponse: … }`, or a page of them: `{ JourneysResponse: { Item: […] } }`. */
const unwrapped = (json: unknown): readonly unknown[] => {
  if (Array.isArray(json)) return json.flatMap(unwrapped)
  if (typeof json !== 'object' || json === null) return [json]
  for (const [key, value] of Object.entries(json)) {
    if (/Response$/.test(key)) return unwrapped(value)
    if (key === 'Item' && Array.isArray(value)) return value.flatMap(unwrapped)
  }
  return [json]
}

const isA = (json: unknown, ...keys: readonly string[]): boolean =>
  typeof json === 'object' && json !== null && keys.some((key) => key in json)

const whyNot = (file: string, what: string, { issues }: z.ZodError): string =>
  `${file}: not ${what}: ${issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`

/** Tells by its keys what each document is. A later version of the same thing replaces the earlier one. */
export const sortExport = (documents: Iterable<ExportDocument>): PinpointExport => {
  const journeys = new Map<string, Journey>()
  const segments = new Map<string, Segment>()
  const templates = new Map<string, Template>()
  const endpoints: ExportedEndpoint[] = []
  const unread: string[] = []
  const take = <Shape>(file: string, what: string, schema: z.ZodType<Shape>, json: unknown) => {
    const { success, data, error } = schema.safeParse(json)
    if (!success) unread.push(whyNot(file, what, error))
    return data
  }
  for (const { file, json } of documents)
    for (const one of unwrapped(json)) {
      if (isA(one, 'Activities', 'StartActivity', 'StartCondition')) {
        const read = take(file, 'a journey', journey, one)
        if (read) journeys.set(read.Id, read)
      } else if (isA(one, 'SegmentType', 'SegmentGroups')) {
        const read = take(file, 'a segment', segment, one)
        if (read) segments.set(read.Id, read)
      } else if (isA(one, 'TemplateName')) {
        const read = take(file, 'a template', template, one)
        if (read && isA(one, 'HtmlPart', 'TextPart', 'Subject')) templates.set(read.TemplateName, read)
        else if (read) unread.push(`${file}: the template "${read.TemplateName}" is none of an email`)
      } else if (isA(one, 'ChannelType', 'Address', 'OptOut')) {
        const read = take(file, 'an endpoint', endpoint, one)
        if (read) endpoints.push({ file, endpoint: read })
      } else unread.push(`${file}: neither a journey, a segment, an email template nor an endpoint`)
    }
  return { journeys: [...journeys.values()], segments, templates, endpoints, unread }
}
