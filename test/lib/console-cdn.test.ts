import { expect, test } from 'vitest'
import { asList, isRecord, plainText } from './plain-text.ts'
import { ofType, synthFixture, type Template } from './synth-fixture.ts'

const plain = synthFixture().app
const { app } = synthFixture({ consoleCdn: 'true' })

const distributionIn = (template: Template) => {
  const [found] = ofType(template, 'AWS::CloudFront::Distribution')
  const config = found?.[1].Properties.DistributionConfig
  return isRecord(config) ? config : {}
}

const addressesIn = (template: Template, property: string): string[] =>
  ofType(template, 'AWS::Cognito::UserPoolClient').flatMap(([, { Properties }]) =>
    asList(Properties[property] ?? []).map(plainText),
  )

test('CloudFront is there only where it is asked for', () => {
  expect(ofType(plain, 'AWS::CloudFront::Distribution')).toEqual([])
  expect(plain.Outputs).not.toHaveProperty('ConsoleUrl')
  expect(plainText(app.Outputs.ConsoleUrl?.Value)).toBe('https://<PublicApiCdnDistribution.DomainName>')
})

test('everything passes to the API over HTTPS, with every method, and without the host that API Gateway would not know', () => {
  const { DefaultCacheBehavior, Origins } = distributionIn(app)
  expect(DefaultCacheBehavior).toMatchObject({
    AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
    // The managed policies CachingDisabled and AllViewerExceptHostHeader.
    CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
    OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
    ViewerProtocolPolicy: 'redirect-to-https',
  })
  expect(Origins).toEqual([
    expect.objectContaining({
      CustomOriginConfig: expect.objectContaining({ OriginProtocolPolicy: 'https-only' }),
    }),
  ])
})

test('of the console’s files as much is kept as the console itself says', () => {
  const { CacheBehaviors } = distributionIn(app)
  const [[id, policy] = []] = ofType(app, 'AWS::CloudFront::CachePolicy')
  expect(CacheBehaviors).toEqual([
    expect.objectContaining({ PathPattern: '/console/*', CachePolicyId: { Ref: id } }),
  ])
  expect(policy?.Properties.CachePolicyConfig).toMatchObject({
    MinTTL: 0,
    DefaultTTL: 0,
    MaxTTL: 31_536_000,
    ParametersInCacheKeyAndForwardedToOrigin: {
      CookiesConfig: { CookieBehavior: 'none' },
      HeadersConfig: { HeaderBehavior: 'none' },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
    },
  })
})

test('people may sign in at its address and at the one of before, and links stay as they were', () => {
  const through = 'https://<PublicApiCdnDistribution.DomainName>/'
  for (const property of ['CallbackURLs', 'LogoutURLs'])
    expect(addressesIn(app, property)).toEqual([...addressesIn(plain, property), through])
  expect(plainText(app.Outputs.Url?.Value)).toBe(plainText(plain.Outputs.Url?.Value))
})
