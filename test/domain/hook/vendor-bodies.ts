import type { JsonObject } from '../../../domain/model/json.ts'

/** One event as HubSpot's webhooks (v3) have it: developers.hubspot.com, "Webhooks". `occurredAt` in milliseconds. */
export const hubspotEvent = (
  propertyName: string,
  propertyValue: string,
  occurredAt: number,
  more: JsonObject = {},
): JsonObject => ({
  eventId: occurredAt % 1_000_000,
  subscriptionId: 25,
  portalId: 33,
  appId: 1160452,
  occurredAt,
  subscriptionType: 'deal.propertyChange',
  attemptNumber: 0,
  objectId: 13980341987,
  propertyName,
  propertyValue,
  changeSource: 'CRM',
  ...more,
})

/** What Pipedrive posts for `*.deal` (v2): pipedrive.readme.io, "Guide for Webhooks v2". */
export const pipedriveBody = (
  data: JsonObject,
  timestamp: string,
  meta: JsonObject = {},
  customFields: JsonObject = {},
): JsonObject => ({
  meta: {
    action: 'change',
    entity: 'deal',
    company_id: '12882925',
    correlation_id: '3f2d1c0b-0000-4000-8000-123456789012',
    entity_id: '42',
    id: `9a8b7c6d-${timestamp}`,
    is_bulk_edit: false,
    timestamp,
    type: 'general',
    user_id: '18487521',
    version: '2.0',
    webhook_id: '99',
    webhook_owner_id: '18487521',
    attempt: 1,
    host: 'company.pipedrive.com',
    ...meta,
  },
  data: {
    add_time: '2026-02-20T14:25:27Z',
    close_time: null,
    currency: 'EUR',
    custom_fields: customFields,
    id: 42,
    lost_reason: null,
    org_id: 2,
    owner_id: 18487521,
    person_id: 3,
    pipeline_id: 1,
    stage_id: 1,
    status: 'open',
    title: 'Leak audit',
    update_time: timestamp,
    value: 12500.5,
    won_time: null,
    ...data,
  },
  previous: { stage_id: 1 },
})

/** The body that the comment of `templates/hooks/salesforce.yaml` asks for. Salesforce writes offsets without a colon. */
export const salesforceBody = (stage: string, changedAt: string, more: JsonObject = {}): JsonObject => ({
  id: '0068d00000AbCdEAAV',
  stage,
  amount: 12500.5,
  currency: 'EUR',
  lossReason: null,
  leadId: null,
  email: null,
  changedAt,
  ...more,
})
