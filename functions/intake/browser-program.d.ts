/** What runs in browsers, minified, as text: `lib/bundle/browser-program.ts` makes it. */
declare module '*?program' {
  const program: string
  export default program
}
