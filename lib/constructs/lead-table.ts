import { AttributeType, BillingMode, type ITable, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { RemovalPolicy } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { partitions, table } from '../../functions/table-schema.ts'
import type { AppFunction } from './app-function.ts'

/** Patterns of partition keys. */
const playbooks = [partitions.playbooks, partitions.playbook('*')]
const hooks = [partitions.hook('*')]
type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'PutItem'
  | 'BatchWriteItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'Query'
  | 'PartiQLInsert'

/** What works on a table knows its name and its ARN. */
export type WorkedTable = Pick<ITable, 'tableArn' | 'tableName'>

/**
 * The one table. Encrypted with the key that AWS owns: that costs nothing, while a key in the account costs a dollar a
 * month and a request for each read and write that is not cached, and guards only against those who may use the table
 * but not the key. To be able to revoke or audit the key, add one here.
 */
export class LeadTable extends Construct {
  /** The one that everything works on. */
  readonly table: WorkedTable
  /** The one that this stack made: kept, whichever is worked on. */
  readonly own: Table

  /** @param restored name of a table to work on in its place, which a restore has made. */
  constructor(scope: Construct, id: string, { restored }: { readonly restored?: string } = {}) {
    super(scope, id)
    this.own = new Table(this, 'Table', {
      partitionKey: { name: table.partitionKey, type: AttributeType.STRING },
      sortKey: { name: table.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: table.timeToLive,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    this.own.addGlobalSecondaryIndex({
      indexName: table.lists.name,
      partitionKey: { name: table.lists.partitionKey, type: AttributeType.STRING },
      sortKey: { name: table.lists.sortKey, type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    })
    this.table = restored === undefined ? this.own : Table.fromTableName(this, 'Restored', restored)
  }

  /** Exactly `actions` on the table itself. @param keys patterns of the partitions. @default all of them */
  grantItems(to: AppFunction, actions: readonly ItemAction[], keys: readonly string[] = []): void {
    this.grantWriting(to, actions, keys)
    to.setVariable('TABLE_NAME', this.table.tableName)
  }

  /** Exactly `actions` on partitions whose keys match, beside what the function may do otherwise. */
  grantWriting(to: AppFunction, actions: readonly ItemAction[], keys: readonly string[]): void {
    to.allow(
      actions.map((action) => `dynamodb:${action}`),
      [this.table.tableArn],
      keys.length === 0 ? {} : { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...keys] } },
    )
  }

  /** Playbooks: for functions that must not get at people's data. */
  grantPlaybooks(to: AppFunction, actions: readonly ItemAction[]): void {
    this.grantItems(to, actions, playbooks)
  }

  /** Reading playbooks, and leads one at a time: for functions that write little or nothing. */
  grantLeads(to: AppFunction): void {
    this.grantItems(to, ['GetItem', 'BatchGetItem'], [partitions.lead('*'), ...playbooks])
    this.grantWriting(to, ['Query'], [partitions.lead('*')])
  }

  /** The figures and the state of sending, and addresses for the suppression list, beside what the function may do otherwise. */
  grantSending(to: AppFunction): void {
    this.grantWriting(to, ['GetItem', 'PutItem'], [partitions.sending])
    this.grantWriting(to, ['Query'], [partitions.sending, partitions.sendingShard('*')])
    this.grantWriting(to, ['UpdateItem'], [partitions.suppression('*')])
  }

  /** What is known of the deals of programs outside, playbooks, and the way from an address to its lead: nothing of the lead. */
  grantHooks(to: AppFunction): void {
    const pointers = [...hooks, partitions.address('*')]
    this.grantItems(to, ['GetItem', 'BatchGetItem'], [...pointers, partitions.suppression('*'), ...playbooks])
    this.grantWriting(to, ['PutItem'], pointers)
    this.grantWriting(to, ['Query', 'UpdateItem', 'DeleteItem'], hooks)
  }

  /** Adding to the log of who did what, beside what the function may do otherwise; nobody changes an entry. */
  grantAudit(to: AppFunction): void {
    this.grantWriting(to, ['PutItem'], [partitions.audit('*')])
  }

  /** Reading leads and their logs, beside what the function may do otherwise. */
  grantReading(to: AppFunction): void {
    to.allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], [this.table.tableArn])
  }

  /** Reading the lists; the items themselves need `grantItems`. */
  grantLists(to: AppFunction): void {
    to.allow(['dynamodb:Query'], [`${this.table.tableArn}/index/${table.lists.name}`])
  }
}
