import { expect, test } from 'vitest'
import { isRecord, plainText } from './plain-text.ts'
import { ofType, synthFixture } from './synth-fixture.ts'

const { app } = synthFixture()

const functionBehind = (target: unknown): string => {
  const integration = /<(.*)>/.exec(plainText(target))?.[1] ?? ''
  const [found] = ofType(app, 'AWS::ApiGatewayV2::Integration').filter(([id]) => id.startsWith(integration))
  return plainText(found?.[1].Properties.IntegrationUri)
}

test('these are the routes, who answers them, and whom they ask to sign in', () => {
  const routes = ofType(app, 'AWS::ApiGatewayV2::Route').map(
    ([, { Properties }]) =>
      `${Properties.RouteKey} → ${functionBehind(Properties.Target)} ${Properties.AuthorizationType}`,
  )
  expect(routes.sort()).toEqual([
    '$default → <IntakeFunction.Arn> NONE',
    'ANY /confirm/{token} → <PreferencesFunction.Arn> NONE',
    'ANY /h/{token} → <AnswerFunction.Arn> NONE',
    'ANY /hooks/{source} → <HookFunction.Arn> NONE',
    'ANY /u/{token} → <PreferencesFunction.Arn> NONE',
    'DELETE /api/playbook → <PlaybookFunction.Arn> JWT',
    'DELETE /api/playbook/{proxy+} → <PlaybookFunction.Arn> JWT',
    'DELETE /api/settings/{proxy+} → <SettingsFunction.Arn> JWT',
    'DELETE /api/{proxy+} → <ApiFunction.Arn> JWT',
    'GET / → <ConsoleFunction.Arn> NONE',
    'GET /api/cost → <KpiFunction.Arn> JWT',
    'GET /api/emails → <PlaybookFunction.Arn> JWT',
    'GET /api/emails/held → <ApiFunction.Arn> JWT',
    'GET /api/emails/{email}/clicks → <KpiFunction.Arn> JWT',
    'GET /api/emails/{proxy+} → <PlaybookFunction.Arn> JWT',
    'GET /api/hooks → <HookFunction.Arn> JWT',
    'GET /api/kpi → <KpiFunction.Arn> JWT',
    'GET /api/kpi/{proxy+} → <KpiFunction.Arn> JWT',
    'GET /api/playbook → <PlaybookFunction.Arn> JWT',
    'GET /api/playbook/{proxy+} → <PlaybookFunction.Arn> JWT',
    'GET /api/scoring/{proxy+} → <PlaybookFunction.Arn> JWT',
    'GET /api/settings/{proxy+} → <SettingsFunction.Arn> JWT',
    'GET /api/{proxy+} → <ApiFunction.Arn> JWT',
    'GET /assets/{name} → <IntakeFunction.Arn> NONE',
    'GET /broadcasts → <ConsoleFunction.Arn> NONE',
    'GET /broadcasts/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /c/{token} → <IntakeFunction.Arn> NONE',
    'GET /console/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /deals → <ConsoleFunction.Arn> NONE',
    'GET /deals/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /emails → <ConsoleFunction.Arn> NONE',
    'GET /emails/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /f/{form} → <IntakeFunction.Arn> NONE',
    'GET /forms → <ConsoleFunction.Arn> NONE',
    'GET /forms/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /handoffs → <ConsoleFunction.Arn> NONE',
    'GET /handoffs/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /imports → <ConsoleFunction.Arn> NONE',
    'GET /imports/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /leads → <ConsoleFunction.Arn> NONE',
    'GET /leads/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /o/{token} → <IntakeFunction.Arn> NONE',
    'GET /openapi.json → <ApiFunction.Arn> NONE',
    'GET /playbook → <ConsoleFunction.Arn> NONE',
    'GET /playbook/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /scoring → <ConsoleFunction.Arn> NONE',
    'GET /scoring/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /segments → <ConsoleFunction.Arn> NONE',
    'GET /segments/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /sequences → <ConsoleFunction.Arn> NONE',
    'GET /sequences/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /settings → <ConsoleFunction.Arn> NONE',
    'GET /settings/{proxy+} → <ConsoleFunction.Arn> NONE',
    'GET /t.js → <IntakeFunction.Arn> NONE',
    'HEAD / → <ConsoleFunction.Arn> NONE',
    'HEAD /assets/{name} → <IntakeFunction.Arn> NONE',
    'HEAD /broadcasts → <ConsoleFunction.Arn> NONE',
    'HEAD /broadcasts/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /c/{token} → <IntakeFunction.Arn> NONE',
    'HEAD /console/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /deals → <ConsoleFunction.Arn> NONE',
    'HEAD /deals/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /emails → <ConsoleFunction.Arn> NONE',
    'HEAD /emails/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /f/{form} → <IntakeFunction.Arn> NONE',
    'HEAD /forms → <ConsoleFunction.Arn> NONE',
    'HEAD /forms/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /handoffs → <ConsoleFunction.Arn> NONE',
    'HEAD /handoffs/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /imports → <ConsoleFunction.Arn> NONE',
    'HEAD /imports/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /leads → <ConsoleFunction.Arn> NONE',
    'HEAD /leads/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /o/{token} → <IntakeFunction.Arn> NONE',
    'HEAD /playbook → <ConsoleFunction.Arn> NONE',
    'HEAD /playbook/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /scoring → <ConsoleFunction.Arn> NONE',
    'HEAD /scoring/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /segments → <ConsoleFunction.Arn> NONE',
    'HEAD /segments/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /sequences → <ConsoleFunction.Arn> NONE',
    'HEAD /sequences/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /settings → <ConsoleFunction.Arn> NONE',
    'HEAD /settings/{proxy+} → <ConsoleFunction.Arn> NONE',
    'HEAD /t.js → <IntakeFunction.Arn> NONE',
    'OPTIONS /f/{form} → <IntakeFunction.Arn> NONE',
    'OPTIONS /t → <IntakeFunction.Arn> NONE',
    'POST /api/emails/held/{proxy+} → <ApiFunction.Arn> JWT',
    'POST /api/emails/{proxy+} → <PlaybookFunction.Arn> JWT',
    'POST /api/hooks/{proxy+} → <HookFunction.Arn> JWT',
    'POST /api/kpi/{proxy+} → <KpiFunction.Arn> JWT',
    'POST /api/playbook → <PlaybookFunction.Arn> JWT',
    'POST /api/playbook/{proxy+} → <PlaybookFunction.Arn> JWT',
    'POST /api/scoring/{proxy+} → <PlaybookFunction.Arn> JWT',
    'POST /api/settings/{proxy+} → <SettingsFunction.Arn> JWT',
    'POST /api/{proxy+} → <ApiFunction.Arn> JWT',
    'POST /events → <IntakeFunction.Arn> NONE',
    'POST /f/{form} → <IntakeFunction.Arn> NONE',
    'POST /t → <IntakeFunction.Arn> NONE',
    'PUT /api/playbook → <PlaybookFunction.Arn> JWT',
    'PUT /api/playbook/{proxy+} → <PlaybookFunction.Arn> JWT',
    'PUT /api/settings/{proxy+} → <SettingsFunction.Arn> JWT',
    'PUT /api/{proxy+} → <ApiFunction.Arn> JWT',
  ])
})

test('integrations speak payload 2.0', () => {
  const versions = ofType(app, 'AWS::ApiGatewayV2::Integration').map(
    ([, { Properties }]) => Properties.PayloadFormatVersion,
  )
  expect(versions).toEqual(Array(10).fill('2.0'))
})

const limitsUnder = (context: Record<string, string>) => {
  const [stage] = ofType(synthFixture(context).app, 'AWS::ApiGatewayV2::Stage')
  const { RouteSettings } = stage?.[1].Properties ?? {}
  return Object.fromEntries(
    Object.entries(isRecord(RouteSettings) ? RouteSettings : {}).map(([route, limit]) => [
      route,
      isRecord(limit) ? [limit.ThrottlingRateLimit, limit.ThrottlingBurstLimit] : undefined,
    ]),
  )
}

test('what anybody can flood has a limit of its own, so that it cannot use up that of the links by which people leave', () => {
  expect(limitsUnder({})).toEqual({
    'POST /t': [50, 100],
    'OPTIONS /t': [50, 100],
    'GET /c/{token}': [100, 200],
    'HEAD /c/{token}': [100, 200],
    'GET /o/{token}': [100, 200],
    'GET /assets/{name}': [100, 200],
    'HEAD /assets/{name}': [100, 200],
    'HEAD /o/{token}': [100, 200],
    'GET /f/{form}': [50, 100],
    'HEAD /f/{form}': [50, 100],
    'POST /f/{form}': [50, 100],
    'OPTIONS /f/{form}': [50, 100],
    'POST /events': [50, 100],
  })
  expect(limitsUnder({ limits: 'beacon=20,events=200' })).toMatchObject({
    'POST /t': [20, 40],
    'POST /events': [200, 400],
    'POST /f/{form}': [50, 100],
  })
})

test('the stage waits for the routes that it limits', () => {
  const [stage] = ofType(app, 'AWS::ApiGatewayV2::Stage')
  const limited = Object.keys(limitsUnder({}))
  const ids = ofType(app, 'AWS::ApiGatewayV2::Route').flatMap(([id, { Properties }]) =>
    limited.includes(String(Properties.RouteKey)) ? [id] : [],
  )
  expect(stage?.[1].DependsOn).toEqual(expect.arrayContaining(ids))
})

test('floods are stopped, and what is logged names neither visitors nor tokens', () => {
  const [stage] = ofType(app, 'AWS::ApiGatewayV2::Stage')
  const { AccessLogSettings, DefaultRouteSettings, StageName } = stage?.[1].Properties ?? {}
  expect(StageName).toBe('$default')
  expect(DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 })
  const format = isRecord(AccessLogSettings) ? String(AccessLogSettings.Format) : ''
  expect(JSON.parse(format)).toMatchObject({ route: '$context.routeKey', requestId: '$context.requestId' })
  expect(format).not.toMatch(/identity|path|userAgent|claims|header/i)
})

test.each([
  ['the API itself', {}, '<PublicApi.ApiEndpoint>'],
  ['what stands in front of it', { publicUrl: 'https://go.example.com' }, 'https://go.example.com'],
])('links begin with the address of %s', (_case, context, url) => {
  const template = synthFixture(context).app
  const linking = ofType(template, 'AWS::Lambda::Function')
    .map(([, { Properties }]) => (isRecord(Properties.Environment) ? Properties.Environment.Variables : {}))
    .flatMap((variables) =>
      isRecord(variables) && variables.PUBLIC_URL ? [plainText(variables.PUBLIC_URL)] : [],
    )
  // intake, send, hook, webhook, and api, which names the addresses of forms
  expect(linking).toEqual([url, url, url, url, url])
  expect(plainText(template.Outputs.Url?.Value)).toBe(url)
})
