/** The package ships no types: this is the part of it that is used. */
declare module 'mjml' {
  interface MjmlError {
    readonly line: number
    readonly message: string
    readonly tagName: string
  }

  interface MjmlOptions {
    readonly validationLevel: 'strict' | 'soft' | 'skip'
    readonly keepComments: boolean
    readonly fonts: Readonly<Record<string, string>>
    readonly ignoreIncludes: boolean
  }

  export default function mjml2html(
    source: string,
    options: MjmlOptions,
  ): Promise<{ readonly html: string; readonly errors: readonly MjmlError[] }>
}
