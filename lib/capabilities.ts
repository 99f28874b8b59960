import { answer } from './capabilities/answer.ts'
import { api } from './capabilities/api.ts'
import { audience } from './capabilities/audience.ts'
import { calibrate } from './capabilities/calibrate.ts'
import { console } from './capabilities/console.ts'
import { erase } from './capabilities/erase.ts'
import { feedback } from './capabilities/feedback.ts'
import { figures } from './capabilities/figures.ts'
import { handoff } from './capabilities/handoff.ts'
import { hook } from './capabilities/hook.ts'
import { imports } from './capabilities/import.ts'
import { intake } from './capabilities/intake.ts'
import { kpi } from './capabilities/kpi.ts'
import { nurture } from './capabilities/nurture.ts'
import { playbook } from './capabilities/playbook.ts'
import { preferences } from './capabilities/preferences.ts'
import { record } from './capabilities/record.ts'
import { rescore } from './capabilities/rescore.ts'
import { retain } from './capabilities/retain.ts'
import { send } from './capabilities/send.ts'
import { settings } from './capabilities/settings.ts'
import { webhook } from './capabilities/webhook.ts'
import type { Capability } from './capability.ts'

/** Every function of the stack. */
export const capabilities: readonly Capability[] = [
  intake,
  hook,
  preferences,
  record,
  nurture,
  send,
  feedback,
  handoff,
  answer,
  rescore,
  erase,
  retain,
  calibrate,
  figures,
  api,
  kpi,
  audience,
  console,
  imports,
  playbook,
  settings,
  webhook,
]
