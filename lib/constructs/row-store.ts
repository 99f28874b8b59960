import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue'
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import { Aws, CfnElement, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { rowColumns } from '../../domain/kpi/row.ts'
import { objects } from '../../functions/table-schema.ts'
import type { AppFunction } from './app-function.ts'

/**
 * The rows that figures are counted from, as Parquet objects, and a table of Glue that names them for Athena. Objects have no
 * earlier versions: who is erased is in none of them.
 */
export class RowStore extends Construct {
  readonly bucket: Bucket

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.bucket = new Bucket(this, 'Rows', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: RemovalPolicy.RETAIN,
    })
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN)
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Rows name leads by random ids alone; CloudTrail logs who reads the bucket where a company wants that.',
    })
    this.#addTable()
  }

  /** Reading rows. */
  grantRead(to: AppFunction): void {
    this.#allow(to, ['s3:GetObject'], [objects.rows])
    to.setVariable('ROWS_BUCKET', this.bucket.bucketName)
  }

  /** Reading and replacing rows. */
  grantReplace(to: AppFunction): void {
    this.grantRead(to)
    this.#allow(to, ['s3:PutObject'], [objects.rows, objects.manifests])
    this.#allow(to, ['s3:DeleteObject'], [objects.rows])
    to.allow(['s3:ListBucket'], [this.bucket.bucketArn])
  }

  #allow(to: AppFunction, actions: readonly string[], prefixes: readonly string[]): void {
    to.allow(
      actions,
      prefixes.map((prefix) => this.bucket.arnForObjects(`${prefix}*`)),
    )
    const id = this.bucket.node.defaultChild
    if (!CfnElement.isCfnElement(id)) throw new Error('the bucket has no resource')
    Validations.of(to).acknowledge(
      ...prefixes.map((prefix) => ({
        id: `AwsSolutions-IAM5[Resource::<${Stack.of(this).getLogicalId(id)}.Arn>/${prefix}*]`,
        reason: 'Objects get a new name with each change; all of them hold rows.',
      })),
    )
  }

  /** Athena reads the objects that manifests name: those that stand, and no former ones. */
  #addTable(): void {
    const name = Stack.of(this).stackName.replaceAll('-', '_').toLowerCase()
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name, description: 'Figures of Trichter' },
    })
    const table = new CfnTable(this, 'Table', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database.ref,
      tableInput: {
        name: 'rows',
        description: 'What leads did, flat: every figure is a count, a sum or a median over these rows',
        tableType: 'EXTERNAL_TABLE',
        parameters: { EXTERNAL: 'TRUE', classification: 'parquet' },
        storageDescriptor: {
          location: `s3://${this.bucket.bucketName}/${objects.manifests}`,
          inputFormat: 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
          // Glue takes names in lower case alone, and finds them in a file whatever their case.
          columns: rowColumns.map(({ name, type }) => ({ name: name.toLowerCase(), type })),
        },
      },
    })
    for (const resource of [database, table]) resource.applyRemovalPolicy(RemovalPolicy.RETAIN)
  }
}
