import {
  BookOpenText,
  FileUp,
  Filter,
  Gauge,
  Handshake,
  House,
  type LucideIcon,
  Mail,
  Megaphone,
  Settings,
  SquareKanban,
  TextCursorInput,
  UsersRound,
  Workflow,
} from 'lucide-preact'
import type { Role } from '../../../functions/api/api-request.ts'
import type { Texts } from '../../lib/texts/en.ts'

interface Page {
  readonly path: string
  readonly name: keyof Texts['pages']
  readonly icon: LucideIcon
  /** Who finds it in the navigation. */
  readonly roles: readonly Role[]
  /** By search alone, and from the pages that lead there. */
  readonly isRare?: true
}

const everyone = ['marketing', 'sales', 'admin'] as const
const admins = ['admin'] as const
const marketers = ['marketing', 'admin'] as const

/** In the order of the navigation. */
export const pages: readonly Page[] = [
  { path: '/', name: 'overview', icon: House, roles: everyone },
  { path: '/handoffs', name: 'handoffs', icon: Handshake, roles: everyone },
  { path: '/deals', name: 'deals', icon: SquareKanban, roles: everyone },
  { path: '/leads', name: 'leads', icon: UsersRound, roles: everyone },
  { path: '/sequences', name: 'sequences', icon: Workflow, roles: marketers },
  { path: '/emails', name: 'emails', icon: Mail, roles: marketers },
  { path: '/segments', name: 'segments', icon: Filter, roles: marketers },
  { path: '/broadcasts', name: 'broadcasts', icon: Megaphone, roles: marketers },
  { path: '/scoring', name: 'scoring', icon: Gauge, roles: marketers },
  { path: '/imports', name: 'imports', icon: FileUp, roles: marketers, isRare: true },
  { path: '/forms', name: 'forms', icon: TextCursorInput, roles: marketers },
  { path: '/playbook', name: 'playbook', icon: BookOpenText, roles: marketers },
  { path: '/settings', name: 'settings', icon: Settings, roles: admins },
]
