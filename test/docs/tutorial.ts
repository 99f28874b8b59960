/** The blocks of a page that its reader pastes into a shell, in order. */
export const shellBlocks = (page: string): readonly string[] =>
  [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? '')

/**
 * What an interactive shell would trip over: in zsh a comment is a command, an apostrophe of prose opens a quote, an
 * unquoted `?` or `[` is a pattern, and `!` calls up history in both.
 */
export const pitfalls = (block: string): readonly string[] => {
  const unquoted = block.replace(/'[^'\n]*'/g, "''").replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
  return [
    ...(/(^|\s)#/m.test(unquoted) ? ['a comment'] : []),
    ...(block.split('\n').some((line) => (line.match(/'/g)?.length ?? 0) % 2 === 1)
      ? ['a lone apostrophe']
      : []),
    ...(/[?[\]*]/.test(unquoted.replace(/\$\([^)]*\)/g, '')) ? ['a pattern without quotes'] : []),
    ...(/!/.test(block) ? ['an exclamation mark'] : []),
    ...[...unquoted.matchAll(/\b(grep|sed|awk|head|cut|jq|tr|xargs|python3?)\b/g)].map(
      ([tool]) => `needs ${tool}`,
    ),
  ]
}
