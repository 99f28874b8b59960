import { Mail, Phone } from 'lucide-preact'
import type { ComponentChildren } from 'preact'
import type { FilledForm } from '../../domain/handoff/handoff-brief.ts'
import { scoreText } from '../lib/format.ts'
import { t } from '../lib/texts.ts'
import css from './reading.module.css'
import { When } from './time.tsx'
import ui from './ui.module.css'

interface ContactProps {
  readonly phone: string | null
  readonly email: string | null
  readonly phoneNote?: string | undefined
  /** Further rows. */
  readonly children?: ComponentChildren
}

/** Where a person can be reached, with one click. */
export const ContactList = ({ phone, email, phoneNote, children }: ContactProps) => (
  <ul class={css.contact}>
    {phone !== null && (
      <li>
        <a href={`tel:${phone.replaceAll(/[^\d+]/g, '')}`}>
          <Phone class={ui.icon} aria-hidden="true" /> {phone}
        </a>
        {phoneNote !== undefined && <small>{phoneNote}</small>}
      </li>
    )}
    {email !== null && (
      <li>
        <a href={`mailto:${email}`}>
          <Mail class={ui.icon} aria-hidden="true" /> {email}
        </a>
      </li>
    )}
    {children}
  </ul>
)

/** What a person wrote into our forms, in their own words. */
export const Wrote = ({ answers }: { readonly answers: readonly FilledForm[] }) =>
  answers.length === 0 ? null : (
    <section class={css.section}>
      <h2>{t.person.wrote}</h2>
      {answers.map(({ form, title, at, answers: fields }) => (
        <figure key={`${form} ${at}`} class={css.wrote}>
          <figcaption>
            {title}, <When at={at} />
          </figcaption>
          <dl>
            {fields.map(({ label, text }) => (
              <div key={label} data-long={text.length > 40 || undefined}>
                <dt>{label}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </figure>
      ))}
    </section>
  )

interface Part {
  readonly id: string
  readonly label: string
  readonly points: number
  readonly when?: string
}

/** What a score is made of, the most first, each as long as it counts. */
export const ScoreParts = ({ parts }: { readonly parts: readonly Part[] }) => {
  const most = Math.max(1, ...parts.map(({ points }) => Math.abs(points)))
  return (
    <ul class={css.parts}>
      {parts.map(({ id, label, points, when }) => (
        <li key={id}>
          <span>{label}</span>
          <small>{when}</small>
          <b>{scoreText(points)}</b>
          <i
            style={{ width: `${Math.max(1, (Math.abs(points) / most) * 100)}%` }}
            data-negative={points < 0 || undefined}
          />
        </li>
      ))}
    </ul>
  )
}
