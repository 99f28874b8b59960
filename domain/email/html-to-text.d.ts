/** The package has no types: this declares the part used. */
declare module 'html-to-text' {
  export interface AnchorElement {
    readonly attribs: { readonly href?: string }
  }

  interface Selector {
    readonly selector: string
    readonly format?: string
    readonly options?: Readonly<Record<string, unknown>>
  }

  interface Options {
    readonly wordwrap?: number | false
    readonly selectors?: readonly Selector[]
    readonly limits?: { readonly maxInputLength?: number; readonly maxDepth?: number }
  }

  export function compile(options: Options): (html: string) => string
}
