import { useMutation } from '@tanstack/preact-query'
import { useState } from 'preact/hooks'
import { Problem } from '../../lib/api.ts'
import { timeText, weekdayText } from '../../lib/format.ts'
import { language, t } from '../../lib/texts.ts'
import { Button, messageOf } from '../../ui/controls.tsx'
import { EmailFrame } from '../../ui/email-frame.tsx'
import reading from '../../ui/reading.module.css'
import { rehearsalWords } from './rehearsal-words.ts'
import css from './sequences.module.css'
import { type RehearsedDraft, type Rehearsing, rehearse } from './sequences-api.ts'

interface RehearsalPartProps {
  readonly sequence: string
  readonly changes: Rehearsing['changes']
  /** Nothing can be rehearsed with faults in it. */
  readonly isSound: boolean
}

const readings = ['', 'opens', 'clicks'] as const
type Reading = (typeof readings)[number]

/** What somebody, known or made up, would get of the draft, when and why; nothing is sent. */
export const RehearsalPart = ({ sequence, changes, isSound }: RehearsalPartProps) => {
  const [lead, setLead] = useState('')
  const [speaks, setSpeaks] = useState<string>(language)
  const [reads, setReads] = useState<Reading>('')
  const { mutate, data, error, isPending } = useMutation({ mutationFn: rehearse })
  const play = (event: Event) => {
    event.preventDefault()
    const who = lead.trim() === '' ? { person: { language: speaks } } : { lead: lead.trim() }
    mutate({ sequence, changes, ...who, ...(reads !== '' && { reads }) })
  }
  const { rehearsal } = t
  return (
    <section class={reading.section} aria-label={rehearsal.title}>
      <h2>{rehearsal.title}</h2>
      <p class={css.soft}>{rehearsal.more}</p>
      <form class={css.rehearse} onSubmit={play}>
        <label>
          {rehearsal.lead}
          <input
            value={lead}
            placeholder={rehearsal.leadWhat}
            autocomplete="off"
            onInput={(event) => setLead(event.currentTarget.value)}
          />
        </label>
        <label>
          {rehearsal.language}
          <input
            value={speaks}
            maxLength={35}
            disabled={lead.trim() !== ''}
            onInput={(event) => setSpeaks(event.currentTarget.value)}
          />
        </label>
        <label>
          {rehearsal.reads}
          <select onChange={(event) => setReads(event.currentTarget.value as Reading)}>
            {readings.map((one) => (
              <option key={one} value={one} selected={one === reads}>
                {rehearsal.readings[one]}
              </option>
            ))}
          </select>
        </label>
        <Button type="submit" disabled={!isSound || isPending}>
          {rehearsal.play}
        </Button>
      </form>
      {error && (
        <p class={css.fault} role="alert">
          {error instanceof Problem ? (error.errors[0]?.message ?? error.message) : messageOf(error)}
        </p>
      )}
      {data && <Played rehearsed={data} />}
    </section>
  )
}

const momentOf = (at: string | undefined): string | undefined =>
  at === undefined ? undefined : `${weekdayText(at)}, ${timeText(at)}`

/** Its pictures are fetched when somebody reads it. */
const Mail = ({ subject, html }: { readonly subject: string; readonly html: string }) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{subject}</summary>
      {isOpen && (
        <EmailFrame title={t.emails.previewOf(subject)} html={html} isDark={false} isPhone={false} />
      )}
    </details>
  )
}

/** Entry by entry; an email opens where it stands. */
const Played = ({ rehearsed: { entries } }: { readonly rehearsed: RehearsedDraft }) => {
  const shown = entries.flatMap((entry) => {
    const text = rehearsalWords(entry)
    return text === undefined ? [] : [{ entry, text }]
  })
  const { rehearsal } = t
  const mails = entries.filter((entry) => entry.type === 'mail' && entry.recipient === 'lead').length
  return (
    <div role="status" aria-label={rehearsal.result}>
      <p>{rehearsal.mails(mails)}</p>
      <ol class={css.played}>
        {shown.map(({ entry, text }, index) => (
          <li key={`${index} ${entry.at}`} class={css.entryOf}>
            {momentOf(entry.at) === momentOf(shown[index - 1]?.entry.at) ? (
              <span />
            ) : (
              <time dateTime={entry.at}>{momentOf(entry.at)}</time>
            )}
            {entry.type === 'mail' && entry.recipient === 'lead' ? (
              <Mail subject={text} html={entry.html} />
            ) : (
              <span>{text}</span>
            )}
          </li>
        ))}
      </ol>
    </div>
  )
}
