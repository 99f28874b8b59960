import { useEffect, useState } from 'preact/hooks'
import { edits, setEdits } from '../lib/edits.ts'
import { type Checked, type Playbook, saveEdits } from '../lib/playbook.ts'
import { t } from '../lib/texts.ts'
import { Button, messageOf } from './controls.tsx'
import { PublishDialog } from './publish-dialog.tsx'
import { toast } from './toasts.tsx'

/** Whoever leaves the page with something unsaved is asked; within the console it stays. */
const useLeaveWarning = (isUnsaved: boolean): void => {
  useEffect(() => {
    if (!isUnsaved) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [isUnsaved])
}

/** Saves what is typed, and says what came of it. */
export const useSave = (playbook: Playbook) => {
  const [isSaving, setSaving] = useState(false)
  const save = async (): Promise<void> => {
    setSaving(true)
    try {
      toast((await saveEdits(playbook)) === 'saved' ? t.playbook.saved : t.playbook.conflictLeft)
    } catch (error) {
      toast(messageOf(error))
    } finally {
      setSaving(false)
    }
  }
  return { save, isSaving }
}

const discard = (): void => {
  const before = edits.get()
  setEdits({})
  toast(t.playbook.discarded, { undo: () => setEdits(before) })
}

interface DraftActionsProps {
  readonly playbook: Playbook
  readonly checked: Checked | undefined
  /** Files that are typed in and not saved. */
  readonly unsaved: number
  readonly saving: ReturnType<typeof useSave>
}

/** Discard, save, publish: what is published is what was saved and looked at. */
export const DraftActions = ({ playbook, checked, unsaved, saving }: DraftActionsProps) => {
  const [isPublishing, setPublishing] = useState(false)
  const { save, isSaving } = saving
  useLeaveWarning(unsaved > 0)
  return (
    <>
      {unsaved > 0 && (
        <Button kind="quiet" onClick={discard}>
          {t.playbook.discard}
        </Button>
      )}
      <Button disabled={unsaved === 0 || isSaving} onClick={save}>
        {t.playbook.save}
      </Button>
      <Button
        kind="primary"
        disabled={!playbook.draft || unsaved > 0 || checked?.ok !== true}
        onClick={() => setPublishing(true)}
      >
        {t.playbook.publish}
      </Button>
      {isPublishing && playbook.draft && (
        <PublishDialog wanted={{ edition: playbook.draft.edition }} onClose={() => setPublishing(false)} />
      )}
    </>
  )
}
