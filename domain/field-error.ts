/** One mistake in what somebody sent: `path` names the field (`properties.rating`), `message` says what would be right. */
export interface FieldError {
  readonly path: string
  readonly message: string
}
