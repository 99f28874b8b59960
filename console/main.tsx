import './ui/base.css'
import { QueryClientProvider } from '@tanstack/preact-query'
import { render } from 'preact'
import { App } from './app.tsx'
import { applyScheme } from './features/shell/shell.tsx'
import { followLocalClock, queries } from './lib/api.ts'
import { beginSession, session } from './lib/session.ts'
import { loadTexts } from './lib/texts.ts'

applyScheme()
const [settings] = await Promise.all([beginSession(), loadTexts()])
document.title = settings.company
if (session.get().type === 'local') followLocalClock()

const root = document.getElementById('app')
if (!root) throw new Error('the page has no place for the app')
render(
  <QueryClientProvider client={queries}>
    <App />
  </QueryClientProvider>,
  root,
)
