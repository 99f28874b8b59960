import { Link } from 'wouter-preact'
import { t } from '../lib/texts.ts'
import ui from './ui.module.css'

/** There is no page at the address, or none for who is signed in. */
export const NoPage = () => (
  <section class={ui.empty}>
    <h1>{t.shell.notFound}</h1>
    <p>{t.shell.notFoundMore}</p>
    <p>
      <Link href="/">{t.shell.toStart}</Link>
    </p>
  </section>
)
