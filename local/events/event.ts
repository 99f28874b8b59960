/** An event as EventBridge hands it to targets. */
export interface BusEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  /** RFC 3339 UTC, whole seconds, as EventBridge writes it. */
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: object
}
