import { chromium } from 'playwright-core'

/** A real Chromium: Debian's, unless CHROMIUM_PATH names another. */
export const launchBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      // Pages of other sites may call what runs on this machine, as they may call what is deployed.
      '--disable-features=LocalNetworkAccessChecks',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
