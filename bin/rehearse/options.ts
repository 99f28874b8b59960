import { parseArgs } from 'node:util'
import { type Moment, parseMoment } from '../../domain/playbook/schema/rehearsal-schema.ts'

export interface RehearseOptions {
  readonly source:
    | { readonly type: 'file'; readonly path: string }
    | { readonly type: 'lead'; readonly lead: string; readonly url: string; readonly token: string }
  /** Absent: the shipped one. */
  readonly playbook?: string
  readonly from?: string
  readonly until?: Moment
  readonly emails: boolean
  readonly json: boolean
}

export const usage = `usage: npm run rehearse -- FILE.yaml [options]           plays the lead that FILE describes
       npm run rehearse -- --lead EMAIL_OR_ID [options]  plays a lead of a running system, from its first activity on

  --playbook DIR   another playbook than templates/
  --from TIME      start of the rehearsal: 2026-03-02T09:00:00+01:00 (default: the one in FILE, else now)
  --until WHEN     its end: 60d, or a time (default: the one in FILE, else 60d; of a lead: from now)
  --emails         prints the text of every email
  --json           one JSON document a line
  --url URL        the running system (default http://127.0.0.1:3000)
  --token TOKEN    for its console API (default local-marketing)

Examples stand in templates/rehearsals/.`

/** @throws TypeError where the command line says something else than `usage`. */
export const readOptions = (args: readonly string[]): RehearseOptions => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      playbook: { type: 'string' },
      from: { type: 'string' },
      until: { type: 'string' },
      lead: { type: 'string' },
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      token: { type: 'string', default: 'local-marketing' },
      emails: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const { lead, url, token, emails, json, playbook } = values
  const [path, ...others] = positionals
  if (others.length > 0 || (path === undefined) === (lead === undefined))
    throw new TypeError('one file, or one --lead')
  const from = values.from === undefined ? undefined : parseMoment(values.from)
  const until = values.until === undefined ? undefined : parseMoment(values.until)
  if (values.from !== undefined && !(from && 'at' in from))
    throw new TypeError(`--from takes a time such as 2026-03-02T09:00:00+01:00, not ${values.from}`)
  if (values.until !== undefined && until === undefined)
    throw new TypeError(`--until takes a time or a duration such as 60d, not ${values.until}`)
  if (lead !== undefined && from !== undefined) throw new TypeError('--from goes with a file')
  if (!URL.canParse(url)) throw new TypeError(`--url takes an address, not ${url}`)
  return {
    source: path === undefined ? { type: 'lead', lead: lead ?? '', url, token } : { type: 'file', path },
    ...(playbook !== undefined && { playbook }),
    ...(from && 'at' in from && { from: from.at }),
    ...(until && { until }),
    emails,
    json,
  }
}
