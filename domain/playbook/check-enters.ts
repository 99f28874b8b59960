import type { Fault } from './fault.ts'
import { rawEntries, rawList, rawText } from './raw.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

interface Enter {
  readonly from: string
  readonly to: string
  readonly yaml: YamlFile
  readonly path: YamlPath
}

/** The `enter` steps of one file, however deep they stand. */
const entersIn = (from: string, yaml: YamlFile, path: YamlPath): readonly Enter[] =>
  rawList(yaml.root, ...path).flatMap((step, index) => {
    const at = [...path, index]
    const to = rawText(step, 'enter')
    return [
      ...(to === undefined ? [] : [{ from, to, yaml, path: [...at, 'enter'] }]),
      ...entersIn(from, yaml, [...at, 'then']),
      ...entersIn(from, yaml, [...at, 'else']),
      ...rawEntries(step, 'split', 'ways').flatMap(([way]) =>
        entersIn(from, yaml, [...at, 'split', 'ways', way]),
      ),
    ]
  })

/** The shortest way from one sequence back to another; undefined where there is none. */
const wayBack = (enters: readonly Enter[], from: string, to: string): readonly string[] | undefined => {
  const seen = new Set([from])
  let ways: readonly (readonly string[])[] = [[from]]
  while (ways.length > 0) {
    const arrived = ways.find((way) => way.at(-1) === to)
    if (arrived) return arrived
    ways = ways.flatMap((way) =>
      enters
        .filter((enter) => enter.from === way.at(-1) && !seen.has(enter.to) && seen.add(enter.to))
        .map((enter) => [...way, enter.to]),
    )
  }
  return undefined
}

/** Sequences that lead into each other without end: told at each step of the circle. */
export const checkEnters = (
  files: readonly { readonly id: string; readonly yaml: YamlFile }[],
): readonly Fault[] => {
  const enters = files.flatMap(({ id, yaml }) => entersIn(id, yaml, ['steps']))
  return enters.flatMap(({ from, to, yaml, path }) => {
    const back = wayBack(enters, to, from)
    return back === undefined
      ? []
      : [yaml.fault(path, `this leads back here: ${[from, ...back].join(' → ')}`)]
  })
}
