/** What a schedule hands over, and to whom; names as in the Scheduler API. */
export interface ScheduleTarget {
  readonly Arn: string
  readonly RoleArn: string
  readonly Input?: string
  readonly RetryPolicy?: {
    readonly MaximumRetryAttempts?: number
    readonly MaximumEventAgeInSeconds?: number
  }
  readonly DeadLetterConfig?: { readonly Arn?: string }
  readonly SqsParameters?: { readonly MessageGroupId?: string }
  readonly EventBridgeParameters?: { readonly Source: string; readonly DetailType: string }
}

export interface FlexibleTimeWindow {
  readonly Mode: 'OFF' | 'FLEXIBLE'
  readonly MaximumWindowInMinutes?: number
}

/** A schedule as its owner wrote it. Dates are milliseconds since the epoch. */
export interface ScheduleDefinition {
  readonly Name: string
  readonly GroupName: string
  readonly Description?: string
  readonly ScheduleExpression: string
  readonly ScheduleExpressionTimezone: string
  readonly StartDate?: number
  readonly EndDate?: number
  readonly State: 'ENABLED' | 'DISABLED'
  readonly ActionAfterCompletion: 'NONE' | 'DELETE'
  readonly FlexibleTimeWindow: FlexibleTimeWindow
  readonly KmsKeyArn?: string
  readonly Target: ScheduleTarget
}

/** A schedule as it is kept. */
export interface Schedule {
  readonly definition: ScheduleDefinition
  readonly createdAt: number
  readonly modifiedAt: number
  /** When it fires next, ms; null: never again, or not while it is disabled. */
  readonly nextAt: number | null
  /** Makes a repeated CreateSchedule answer like the first. */
  readonly clientToken: string | null
  /** Comes from the template and goes with it. */
  readonly fromTemplate: boolean
}

/** Identifies a schedule: names are unique within a group. */
export function scheduleKey({ GroupName, Name }: { GroupName: string; Name: string }): string {
  return `${GroupName}/${Name}`
}
