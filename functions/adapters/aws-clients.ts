import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { SchedulerClient } from '@aws-sdk/client-scheduler'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SESv2Client, type SESv2ClientConfig } from '@aws-sdk/client-sesv2'
import { SQSClient } from '@aws-sdk/client-sqs'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

// In the bundles all but S3's are those of `lib/bundle/aws`: the same requests, made with a third of the work.

/** One for each container: made in module scope, so that connections outlive an invocation. */
export const makeDocumentClient = (config: DynamoDBClientConfig = {}): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(config), {
    marshallOptions: { removeUndefinedValues: true },
  })

export const makeObjectClient = () => new S3Client({})
export const makeBusClient = () => new EventBridgeClient({})
export const makeQueueClient = () => new SQSClient({})
export const makeSchedulerClient = () => new SchedulerClient({})
export const makeSecretsClient = () => new SecretsManagerClient({})
export const makeMailClient = (config: SESv2ClientConfig = {}) => new SESv2Client(config)
