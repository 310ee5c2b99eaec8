/** The target cannot do what it was asked; what was running goes on. The code is stable, the message says what to do. */
export class TargetRefused extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TargetRefused'
    this.code = code
  }
}
