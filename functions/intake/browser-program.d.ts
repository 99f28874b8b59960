/** A browser program as minified text, built by `lib/bundle/browser-program.ts`. */
declare module '*?program' {
  const program: string
  export default program
}
