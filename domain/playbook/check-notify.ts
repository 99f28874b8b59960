import { repeatedIds } from './check-lists.ts'
import type { Fault } from './fault.ts'
import { rawList, rawText } from './raw.ts'
import type { YamlFile } from './yaml-file.ts'

/** An address that takes messages of another kind than the key says. */
const otherKinds = [
  { key: 'webhook', host: /(^|\.)hooks\.slack\.com$/, instead: 'slack' },
  {
    key: 'webhook',
    host: /(^|\.)webhook\.office\.com$|\.logic\.azure\.com$|\.powerplatform\.com$/,
    instead: 'teams',
  },
  { key: 'teams', host: /(^|\.)hooks\.slack\.com$/, instead: 'slack' },
  {
    key: 'slack',
    host: /(^|\.)webhook\.office\.com$|\.logic\.azure\.com$|\.powerplatform\.com$/,
    instead: 'teams',
  },
] as const

const mistakenKinds = (yaml: YamlFile): readonly Fault[] =>
  rawList(yaml.root, 'notify').flatMap((endpoint, index) =>
    otherKinds.flatMap(({ key, host, instead }) => {
      const { hostname } = URL.parse(rawText(endpoint, key) ?? '') ?? {}
      return hostname !== undefined && host.test(hostname)
        ? [
            yaml.fault(
              ['notify', index, key],
              `${hostname} takes messages of its own kind: write "${instead}:"`,
              {
                severity: 'warning',
              },
            ),
          ]
        : []
    }),
  )

/** What the schema of `notify` in `handoff.yaml` cannot say. */
export const checkNotify = (yaml: YamlFile): readonly Fault[] => [
  ...repeatedIds(yaml, ['notify'], 'id'),
  ...mistakenKinds(yaml),
]
