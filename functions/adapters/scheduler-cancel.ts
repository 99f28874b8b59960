import {
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler'
import type { CancelAlarm } from '../erasure-ports.ts'
import { scheduleName } from './scheduler-alarms.ts'

/** @param group schedule group that holds all alarms. */
export const schedulerCancel = (client: SchedulerClient, group: string): CancelAlarm => ({
  cancel: async (name) => {
    try {
      await client.send(new DeleteScheduleCommand({ Name: scheduleName(name), GroupName: group }))
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error
    }
  },
})
