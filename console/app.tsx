import { Route, Switch } from 'wouter-preact'
import { OverviewPage } from './features/overview/overview-page.tsx'
import { Shell } from './features/shell/shell.tsx'
import { SignInPage } from './features/sign-in/sign-in-page.tsx'
import { session } from './lib/session.ts'
import { useStore } from './lib/store.ts'
import { NoPage } from './ui/controls.tsx'
import { lazyPage } from './ui/lazy-page.tsx'

interface ListProps {
  /** Of the one that is open beside the list. */
  readonly id?: string | undefined
}

const HandoffsPage = lazyPage<ListProps>(
  async () => (await import('./features/handoffs/handoffs-page.tsx')).HandoffsPage,
)
const LeadsPage = lazyPage<ListProps>(async () => (await import('./features/leads/leads-page.tsx')).LeadsPage)
const DealsPage = lazyPage(async () => (await import('./features/deals/deals-page.tsx')).DealsPage)
const EmailsPage = lazyPage<ListProps>(
  async () => (await import('./features/emails/emails-page.tsx')).EmailsPage,
)
const SequencesPage = lazyPage<ListProps>(
  async () => (await import('./features/sequences/sequences-page.tsx')).SequencesPage,
)
const SegmentsPage = lazyPage<ListProps>(
  async () => (await import('./features/segments/segments-page.tsx')).SegmentsPage,
)
const BroadcastsPage = lazyPage<ListProps>(
  async () => (await import('./features/broadcasts/broadcasts-page.tsx')).BroadcastsPage,
)
const ImportsPage = lazyPage<ListProps>(
  async () => (await import('./features/imports/imports-page.tsx')).ImportsPage,
)
const FormsPage = lazyPage<ListProps>(async () => (await import('./features/forms/forms-page.tsx')).FormsPage)
const PlaybookPage = lazyPage(
  async () => (await import('./features/playbook/playbook-page.tsx')).PlaybookPage,
)
const SettingsPage = lazyPage<ListProps>(
  async () => (await import('./features/settings/settings-page.tsx')).SettingsPage,
)
const ScoringPage = lazyPage(async () => (await import('./features/scoring/scoring-page.tsx')).ScoringPage)

export const App = () => {
  const current = useStore(session)
  switch (current.type) {
    case 'signed-in':
      return <Pages />
    case 'local':
      return current.token === undefined ? <SignInPage session={current} /> : <Pages />
    case 'signed-out':
      return <SignInPage session={current} />
    default:
      return current satisfies never
  }
}

const Pages = () => (
  <Shell>
    <Switch>
      <Route path="/">
        <OverviewPage />
      </Route>
      <Route path="/handoffs/:id?">{({ id }) => <HandoffsPage id={id} />}</Route>
      <Route path="/deals">
        <DealsPage />
      </Route>
      <Route path="/leads/:id?">{({ id }) => <LeadsPage id={id} />}</Route>
      <Route path="/sequences/:id?">{({ id }) => <SequencesPage id={id} />}</Route>
      <Route path="/emails/:id?">{({ id }) => <EmailsPage id={id} />}</Route>
      <Route path="/segments/:id?">{({ id }) => <SegmentsPage id={id} />}</Route>
      <Route path="/broadcasts/:id?">{({ id }) => <BroadcastsPage id={id} />}</Route>
      <Route path="/imports/:id?">{({ id }) => <ImportsPage id={id} />}</Route>
      <Route path="/forms/:id?">{({ id }) => <FormsPage id={id} />}</Route>
      <Route path="/playbook">
        <PlaybookPage />
      </Route>
      <Route path="/settings/:id?">{({ id }) => <SettingsPage id={id} />}</Route>
      <Route path="/scoring">
        <ScoringPage />
      </Route>
      <Route>
        <NoPage />
      </Route>
    </Switch>
  </Shell>
)
