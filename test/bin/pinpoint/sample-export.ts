import type {
  Activity,
  EmailTemplateResponse,
  EndpointResponse,
  JourneyResponse,
  SegmentResponse,
} from '@aws-sdk/client-pinpoint'

const base = { ApplicationId: 'app', CreationDate: '2024-01-01T00:00:00Z' }
const noArn = { Arn: 'arn:aws:mobiletargeting:eu-central-1:1:x', CreationDate: '2024-01-01T00:00:00Z' }

export const segments: readonly SegmentResponse[] = [
  {
    ...{ ...base, ...noArn },
    Id: 'seg-german',
    Name: 'Germans on a plan',
    SegmentType: 'DIMENSIONAL',
    SegmentGroups: {
      Include: 'ALL',
      Groups: [
        {
          Type: 'ALL',
          SourceType: 'ANY',
          Dimensions: [
            {
              Location: { Country: { DimensionType: 'INCLUSIVE', Values: ['DE', 'AT'] } },
              UserAttributes: { plan: { AttributeType: 'INCLUSIVE', Values: ['pro'] } },
              Metrics: { orders: { ComparisonOperator: 'GREATER_THAN', Value: 1 } },
              Demographic: { Channel: { DimensionType: 'INCLUSIVE', Values: ['EMAIL'] } },
            },
          ],
        },
        {
          Type: 'NONE',
          Dimensions: [{ Attributes: { 'Do not mail': { AttributeType: 'INCLUSIVE', Values: ['yes'] } } }],
        },
      ],
    },
  },
  { ...{ ...base, ...noArn }, Id: 'seg-list', Name: 'Fair 2024', SegmentType: 'IMPORT' },
]

/** A mail, and where it leads on to. */
const mail = (TemplateName: string, NextActivity?: string): Activity => ({
  EMAIL: {
    TemplateName,
    MessageConfig: { FromAddress: 'Acme <news@mail.acme.example>' },
    ...(NextActivity !== undefined && { NextActivity }),
  },
})

/** Every kind of activity; two ways meet again in `join`. */
export const everyKind: JourneyResponse = {
  ...base,
  Id: 'journey-1',
  Name: 'Every kind',
  State: 'ACTIVE',
  StartActivity: 'welcome',
  StartCondition: { SegmentStartCondition: { SegmentId: 'seg-german' } },
  Limits: { DailyCap: 3, EndpointReentryCap: 1 },
  QuietTime: { Start: '21:00', End: '08:00' },
  Schedule: { StartTime: new Date('2024-02-01T00:00:00Z'), Timezone: 'UTC+01' },
  Activities: {
    welcome: mail('Welcome mail', 'pause'),
    pause: { Wait: { WaitTime: { WaitFor: 'P2D' }, NextActivity: 'clicked' } },
    clicked: {
      ConditionalSplit: {
        EvaluationWaitTime: { WaitFor: 'PT12H' },
        Condition: {
          Operator: 'ANY',
          Conditions: [
            {
              EventCondition: {
                MessageActivity: 'welcome',
                Dimensions: { EventType: { DimensionType: 'INCLUSIVE', Values: ['_email.click'] } },
              },
            },
            { SegmentCondition: { SegmentId: 'seg-list' } },
          ],
        },
        TrueActivity: 'offer',
        FalseActivity: 'sms',
      },
    },
    offer: mail('Offer', 'join'),
    sms: { SMS: { TemplateName: 'Reminder by SMS', NextActivity: 'push' } },
    push: { PUSH: { TemplateName: 'Reminder by push', NextActivity: 'custom' } },
    custom: {
      CUSTOM: {
        DeliveryUri: 'arn:aws:lambda:eu-central-1:1:function:crm',
        EndpointTypes: ['EMAIL'],
        NextActivity: 'join',
      },
    },
    join: {
      MultiCondition: {
        Branches: [
          {
            Condition: {
              SegmentDimensions: {
                UserAttributes: { tier: { AttributeType: 'INCLUSIVE', Values: ['gold'] } },
              },
            },
            NextActivity: 'call',
          },
          {
            Condition: {
              EventCondition: {
                Dimensions: { EventType: { DimensionType: 'INCLUSIVE', Values: ['cart.filled'] } },
              },
            },
            NextActivity: 'test',
          },
        ],
        DefaultActivity: 'held',
        EvaluationWaitTime: { WaitFor: 'PT1H' },
      },
    },
    call: { ContactCenter: { NextActivity: 'test' } },
    test: {
      RandomSplit: {
        Branches: [
          { Percentage: 70, NextActivity: 'a' },
          { Percentage: 30, NextActivity: 'b' },
        ],
      },
    },
    a: mail('Variant A'),
    b: mail('Variant B'),
    held: { Holdout: { Percentage: 10, NextActivity: 'last' } },
    last: mail('Last mail'),
  },
}

export const byEvent: JourneyResponse = {
  ...base,
  Id: 'journey-2',
  Name: 'After an order',
  State: 'COMPLETED',
  StartActivity: 'thanks',
  StartCondition: {
    EventStartCondition: {
      EventFilter: {
        FilterType: 'ENDPOINT',
        Dimensions: {
          EventType: { DimensionType: 'INCLUSIVE', Values: ['OrderPlaced', 'subscription.renewed'] },
          Attributes: { shop: { AttributeType: 'INCLUSIVE', Values: ['de'] } },
        },
      },
    },
  },
  Limits: { EndpointReentryCap: 0, EndpointReentryInterval: 'P7D' },
  Activities: {
    thanks: mail('Thanks', 'until'),
    until: { Wait: { WaitTime: { WaitUntil: '2020-01-01T00:00:00Z' }, NextActivity: 'again' } },
    again: mail('Never exported', 'thanks'),
  },
}

const template = (TemplateName: string, parts: Partial<EmailTemplateResponse>): EmailTemplateResponse => ({
  ...noArn,
  ...{
    LastModifiedDate: '2024-01-01T00:00:00Z',
    TemplateType: 'EMAIL',
    Version: '1',
    TemplateName,
    ...parts,
  },
})

const page = (body: string): string =>
  `<!DOCTYPE html><html><head><title>x</title><style>p { color: #333 } @import url(https://fonts.example/x.css);</style></head><body bgcolor="#eeeeee">${body}</body></html>`

export const templates: readonly EmailTemplateResponse[] = [
  template('Welcome mail', {
    Subject: 'Hello {{User.UserAttributes.FirstName}}',
    DefaultSubstitutions: '{"User.UserAttributes.FirstName":"friend"}',
    HtmlPart: page(
      `<table width="100%"><tr><td><img src="http://cdn.acme.example/logo.png" width="120">
      <p>Dear {{User.UserAttributes.FirstName}}, your plan is {{upper User.UserAttributes.plan.[0]}}.</p>
      {{#if Attributes.city}}<p>How is {{Attributes.city}}?</p>{{else}}<p>Where do you live?</p>{{/if}}
      {{#eq User.UserAttributes.tier "gold"}}<p>Gold!</p>{{/eq}}
      <a href="https://www.acme.example/start?name={{User.UserAttributes.FirstName}}">Start</a>
      <a href="{{Attributes.link}}">Yours</a><a href="{{UnsubscribeUrl}}">Stop</a><br>
      <img src="https://track.example/p.gif" width="1" height="1"></td></tr></table><script>x()</script>`,
    ),
    TextPart: 'Dear friend, welcome.',
  }),
  template('Offer', { Subject: 'An offer', HtmlPart: page('<p>Broken <table><tr><td>html</p>') }),
  template('Variant A', { Subject: 'A', HtmlPart: page('<p>A</p>') }),
  template('Variant B', { Subject: 'B: "quoted"', TextPart: 'B\n\nSecond & last {{Attributes.city}}' }),
  template('Last mail', { Subject: 'Last', HtmlPart: page('<p>Bye</p>') }),
  template('Thanks', { Subject: 'Danke', HtmlPart: page('<p>Danke für Ihre Bestellung</p>') }),
]

export const endpoints: readonly EndpointResponse[] = [
  {
    Id: 'e1',
    ChannelType: 'EMAIL',
    Address: 'Grete@Werk.example.net',
    OptOut: 'NONE',
    EffectiveDate: '2024-03-01T00:00:00.000Z',
    Location: { Country: 'DE', City: 'Köln' },
    Demographic: { Locale: 'de_DE', Timezone: 'Europe/Berlin' },
    Metrics: { orders: 3 },
    User: { UserId: 'u1', UserAttributes: { FirstName: ['Grete'], plan: ['pro'] } },
  },
  {
    Id: 'e2',
    ChannelType: 'EMAIL',
    Address: 'grete@werk.example.net',
    EffectiveDate: '2024-04-01T00:00:00.000Z',
    User: { UserId: 'u1', UserAttributes: { plan: ['team'], interests: ['air', 'noise, loud'] } },
  },
  { Id: 'e3', ChannelType: 'SMS', Address: '+49301234567', User: { UserId: 'u1' } },
  {
    Id: 'e4',
    ChannelType: 'EMAIL',
    Address: 'gone@werk.example.net',
    OptOut: 'ALL',
    EffectiveDate: '2024-05-01T00:00:00.000Z',
    Attributes: { note: ['=cmd()'] },
  },
  { Id: 'e5', ChannelType: 'EMAIL', Address: 'old@werk.example.net', EndpointStatus: 'INACTIVE' },
]
