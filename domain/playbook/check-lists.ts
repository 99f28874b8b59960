import type { Fault } from './fault.ts'
import { rawList, rawText } from './raw.ts'
import type { YamlFile } from './yaml-file.ts'

/** Entries of the list at `path` that carry the same `key` as an earlier one. */
export const repeatedIds = (
  yaml: YamlFile,
  path: readonly (string | number)[],
  key: string,
): readonly Fault[] => {
  const seen = new Set<string>()
  return rawList(yaml.root, ...path).flatMap((entry, index) => {
    const id = rawText(entry, key)
    if (id === undefined || !seen.has(id)) {
      if (id !== undefined) seen.add(id)
      return []
    }
    return [yaml.fault([...path, index, key], `"${id}" is there already: each ${key} stands once`)]
  })
}
