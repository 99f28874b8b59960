import { Link } from 'wouter-preact'
import { useClicks } from '../lib/clicks.ts'
import { numberText, shareText } from '../lib/format.ts'
import { t } from '../lib/texts.ts'
import { Sideways } from './controls.tsx'
import { FigureLink } from './figure-link.tsx'
import reading from './reading.module.css'
import ui from './ui.module.css'

interface LinkClicksProps {
  readonly email: string
  readonly sequence?: string | undefined
  /** Leads to the email with the shares at its links. */
  readonly mapAt?: string
}

/** Links of an email that people followed, the most followed first; nothing where nobody did. */
export const LinkClicks = ({ email, sequence, mapAt }: LinkClicksProps) => {
  const { data } = useClicks(email, sequence)
  if (!data || data.links.length === 0) return null
  return (
    <section class={reading.section}>
      <h2>{t.emails.links}</h2>
      <Sideways label={t.emails.links} class={reading.scroll}>
        <table class={reading.table}>
          <thead>
            <tr>
              <th scope="col">{t.emails.link}</th>
              <th scope="col">{t.emails.followed}</th>
            </tr>
          </thead>
          <tbody>
            {data.links.map(({ link, people, share }) => (
              <tr key={link}>
                <th scope="row" class={ui.address}>
                  {link.replace(/^https?:\/\//, '')}
                </th>
                <td>
                  <FigureLink figure={{ of: 'email.link', email, sequence, link }}>
                    {numberText(people)}
                  </FigureLink>{' '}
                  <small>{shareText(share)}</small>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
      <p class={ui.hint}>
        {t.emails.ofClicked(numberText(data.clicked))}{' '}
        {mapAt !== undefined && (
          <Link class={ui.more} href={mapAt}>
            {t.emails.showMap}
          </Link>
        )}
      </p>
    </section>
  )
}
