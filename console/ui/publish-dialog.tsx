import { numberText } from '../lib/format.ts'
import type { DraftChanges } from '../lib/playbook.ts'
import { moveBack, moveInto, publish, useChanges } from '../lib/playbook.ts'
import { t } from '../lib/texts.ts'
import { ChangesInWords } from './changes.tsx'
import { Button, Failure, Loading, messageOf } from './controls.tsx'
import { Dialog, DialogActions } from './dialog.tsx'
import { Choices, Form } from './form.tsx'
import { toast } from './toasts.tsx'

type Wanted = { readonly edition: string } | { readonly version: string }

interface PublishDialogProps {
  /** The draft as it was looked at, or an earlier version. */
  readonly wanted: Wanted
  readonly onClose: () => void
}

const undo = async (
  version: string,
  moved: readonly Awaited<ReturnType<typeof moveInto>>[],
): Promise<void> => {
  try {
    await publish({ version })
    for (const migration of moved) await moveBack(migration)
    toast(t.publishing.undone)
  } catch (error) {
    toast(messageOf(error))
  }
}

const publishAndMove = async (wanted: Wanted, sequences: readonly string[]) => {
  const published = await publish(wanted)
  const moved = []
  for (const sequence of sequences) moved.push(await moveInto(sequence))
  return { ...published, moved }
}

/** Says what publishing changes and for whom, asks what becomes of the people in sequences, and can be undone. */
export const PublishDialog = ({ wanted, onClose }: PublishDialogProps) => {
  const isAgain = 'version' in wanted
  const key = isAgain ? wanted.version : wanted.edition
  const { data, error, refetch } = useChanges(key, isAgain ? wanted.version : undefined)
  return (
    <Dialog title={isAgain ? t.publishing.again : t.publishing.title} onClose={onClose}>
      {data ? (
        <Confirmation wanted={wanted} changes={data} onClose={onClose} />
      ) : (
        <>
          {error ? <Failure error={error} onRetry={refetch} /> : <Loading />}
          <DialogActions>
            <Button onClick={onClose}>{t.common.cancel}</Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  )
}

const Confirmation = ({
  wanted,
  changes,
  onClose,
}: PublishDialogProps & { readonly changes: DraftChanges }) => {
  const movable = changes.inside.filter(({ isRemoved, moves }) => !isRemoved && moves > 0)
  return (
    <Form
      fields={{}}
      submit={t.playbook.publish}
      send={(values) =>
        publishAndMove(
          wanted,
          movable.map(({ sequence }) => sequence).filter((one) => values.get(`in ${one}`) === 'move'),
        )
      }
      onCancel={onClose}
      onDone={({ previous, unchanged, moved }) => {
        onClose()
        if (unchanged) toast(t.publishing.same)
        else toast(t.publishing.done, { undo: () => void undo(previous, moved) })
      }}
    >
      {(faults) => (
        <>
          {changes.changes.length === 0 && <p>{t.changes.none}</p>}
          <ChangesInWords changes={changes} />
          {'version' in wanted && <p>{t.publishing.draftStays}</p>}
          {movable.map(({ sequence, moves }) => (
            <Choices
              key={sequence}
              legend={t.publishing.people(sequence)}
              name={`in ${sequence}`}
              faults={faults}
              chosen="stay"
              options={[
                { value: 'stay', label: t.publishing.stay },
                { value: 'move', label: t.publishing.move(numberText(moves)), more: t.publishing.moveMore },
              ]}
            />
          ))}
        </>
      )}
    </Form>
  )
}
