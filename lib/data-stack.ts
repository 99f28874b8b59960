import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { Config } from './config.ts'
import { ConsoleUsers } from './constructs/console-users.ts'
import { Keys } from './constructs/keys.ts'
import { LeadTable } from './constructs/lead-table.ts'
import { RowStore } from './constructs/row-store.ts'

interface DataStackProps extends StackProps {
  readonly mfa: Config['mfa']
  readonly restoredTable: Config['restoredTable']
}

/** What outlives the code: leads, the rows of their figures, users, keys. Everything in it is kept when it leaves the stack. */
export class DataStack extends Stack {
  readonly leads: LeadTable
  readonly rows: RowStore
  readonly users: ConsoleUsers
  readonly keys: Keys

  constructor(scope: Construct, id: string, { mfa, restoredTable, ...props }: DataStackProps) {
    super(scope, id, { ...props, terminationProtection: true })
    this.leads = new LeadTable(this, 'Leads', {
      ...(restoredTable !== undefined && { restored: restoredTable }),
    })
    this.users = new ConsoleUsers(this, 'Users', { mfa })
    this.keys = new Keys(this, 'Keys')
    this.rows = new RowStore(this, 'Figures')
    const table = this.leads.own
    const { pool, client, domain } = this.users
    // Whatever the app uses today: an export stays when a release stops using it, and going back finds it there.
    for (const value of [
      table.tableArn,
      table.tableName,
      this.rows.bucket.bucketArn,
      this.rows.bucket.bucketName,
      ...this.keys.allArns,
      pool.userPoolId,
      client.userPoolClientId,
      domain.domainName,
    ])
      this.exportValue(value)
    new CfnOutput(this, 'UserPoolId', { value: this.users.pool.userPoolId })
    new CfnOutput(this, 'LinkKeysArn', { value: this.keys.linkKeyArns.current })
    new CfnOutput(this, 'FormerLinkKeysArn', { value: this.keys.linkKeyArns.former })
    new CfnOutput(this, 'ApiKeysArn', { value: this.keys.apiKeysArn })
    new CfnOutput(this, 'UserPoolClientId', { value: this.users.client.userPoolClientId })
  }
}
