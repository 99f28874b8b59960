/** An error as an AWS service answers it: `code` goes into `__type` or the error header, `status` is HTTP's. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.name = code
    this.code = code
    this.status = status
  }
}
