import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginRequestPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { Duration, Fn, Validations } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'

const acknowledged: Readonly<Record<string, string>> = {
  'AwsSolutions-CFR1': 'Which countries a company has customers in is not for the stack to say.',
  'AwsSolutions-CFR2':
    'A firewall costs by month and rule: whoever wants one attaches it to the distribution.',
  'AwsSolutions-CFR3':
    'The API logs each request, without the path: CloudFront would log paths, whose tokens are secret.',
  'AwsSolutions-CFR4':
    'With the certificate of cloudfront.net, older protocols cannot be turned off; a domain of one’s own can do so.',
}

interface ConsoleCdnProps {
  /** Of the HTTP API, without a slash at the end. */
  readonly endpoint: string
}

/**
 * CloudFront in front of the whole API: the console's files come from near the user, and all else passes through as it is. Only
 * what the API's own headers let anybody keep is kept.
 */
export class ConsoleCdn extends Construct {
  readonly distribution: Distribution
  /** Without a slash at the end. */
  readonly url: string

  constructor(scope: Construct, id: string, { endpoint }: ConsoleCdnProps) {
    super(scope, id)
    const domain = Fn.select(2, Fn.split('/', endpoint))
    const toApi = {
      origin: new HttpOrigin(domain),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      // API Gateway knows itself by its own host alone.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    }
    const asTheApiSays = new CachePolicy(this, 'AsTheApiSays', {
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.days(365),
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    })
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Trichter: the console and its API',
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        ...toApi,
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
      },
      additionalBehaviors: { '/console/*': { ...toApi, cachePolicy: asTheApiSays } },
    })
    Validations.of(this.distribution).acknowledge(
      ...Object.entries(acknowledged).map(([rule, reason]) => ({ id: rule, reason })),
    )
    this.url = `https://${this.distribution.distributionDomainName}`
  }
}
