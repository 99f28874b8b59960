/** One accepted email, as much of it as SES repeats in its events. */
export interface SentMail {
  readonly messageId: string
  /** The `From` header: address with or without a name. */
  readonly from: string
  /** Every recipient's address: To, Cc and Bcc. */
  readonly to: readonly string[]
  readonly subject: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly tags: Readonly<Record<string, readonly string[]>>
  /** Name of the configuration set; absent: SES publishes nothing. */
  readonly configurationSet?: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly accountId: string
  readonly region: string
  /** Event types that the set's EventBridge destination asks for, in either spelling: `SEND` or `send`. */
  readonly configSetEventTypes: readonly string[]
}
