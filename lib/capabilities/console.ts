import { answering, type Capability } from '../capability.ts'

/** The console's pages, beside `/`; each has its own below it. */
const pages = [
  'handoffs',
  'leads',
  'deals',
  'emails',
  'sequences',
  'segments',
  'broadcasts',
  'imports',
  'forms',
  'playbook',
  'scoring',
  'settings',
]

const noData = 'The program of the console holds nothing of anybody; what it shows, it asks of /api.'

export const console: Capability = {
  name: 'console',
  entry: 'functions/console/serve-console.lambda.ts',
  purpose: 'Serves the console to browsers',
  ...answering,
  connect: (fn, { leads, api }) => {
    leads.grantPlaybooks(fn, ['GetItem'])
    api.grantSignIn(fn)
    const addresses = [
      '/',
      '/console/{proxy+}',
      ...pages.flatMap((page) => [`/${page}`, `/${page}/{proxy+}`]),
    ]
    for (const address of addresses) api.addOpenRoute(address, ['GET', 'HEAD'], fn, noData)
  },
}
