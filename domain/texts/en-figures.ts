/** What the figures of both teams mean. `leavesOut` absent: `common.leavesOut`. */
export const enFigures = {
  common: { leavesOut: 'What was taken back, told twice or done by robots.' },

  awareness: {
    visits: { label: 'Visits', counts: 'Pages viewed (page.viewed).' },
    impressions: { label: 'Impressions', counts: 'Ads shown (ad.impression).' },
    reach: {
      label: 'Reach',
      counts: 'Different people and browsers that saw or clicked an ad or viewed a page.',
      leavesOut:
        'Further visits of the same person; browsers that proved to be a known person’s count as that person.',
    },
  },
  interest: {
    clicks: {
      label: 'Clicks',
      counts: 'Clicks on ads and on links in emails.',
      leavesOut: 'Clicks by mail scanners and other robots.',
    },
    dwellSeconds: {
      label: 'Dwell time',
      counts: 'Seconds that pages were open and visible (page.engaged).',
    },
    newsletterSignups: {
      label: 'Newsletter sign-ups',
      counts: 'Sign-ups (newsletter.subscribed); with double opt-in, from the confirmation on.',
    },
  },
  consideration: {
    demoRequests: { label: 'Demo requests', counts: 'Requests (demo.requested).' },
    downloads: { label: 'Downloads', counts: 'Downloads of content (content.downloaded).' },
    webinarAttendance: {
      label: 'Webinar attendance',
      counts: 'Attendances (webinar.attended).',
      leavesOut: 'Mere registrations.',
    },
  },
  intent: {
    quoteRequests: { label: 'Quote requests', counts: 'Requests (quote.requested).' },
    cartActions: { label: 'Cart actions', counts: 'Changes of a cart (cart.updated).' },
    priceComparisons: { label: 'Price comparisons', counts: 'Comparisons (prices.compared).' },
  },
  evaluation: {
    salesEngagements: { label: 'Sales conversations', counts: 'Conversations (sales.engaged).' },
    offerRating: {
      label: 'Rating of offers',
      counts: 'The mean of all ratings (offer.rated).',
      leavesOut: 'Ratings that are no number.',
    },
  },
  purchase: {
    purchases: { label: 'Purchases', counts: 'Orders (order.completed).', leavesOut: 'Won deals.' },
    revenue: {
      label: 'Revenue from orders',
      counts: 'Amounts of orders, by currency.',
      leavesOut: 'Won deals; orders without an amount and a currency.',
    },
    conversionRate: {
      label: 'Conversion rate',
      counts: 'The share of new people who came to the stage of purchase.',
      numerator: 'Those of them who entered the stage by the end of the period.',
      denominator: 'People and browsers first seen within the period.',
    },
  },
  lead_generation: {
    leads: {
      label: 'Leads',
      counts: 'People whose address became known within the period.',
      leavesOut: 'Visitors without an address.',
    },
    contactRequests: { label: 'Contact requests', counts: 'Requests (contact.requested).' },
  },
  lead_qualification: {
    qualifiedLeads: {
      label: 'Qualified leads',
      counts: 'Different leads that became ready for sales within the period.',
      leavesOut: 'A second time of the same lead.',
    },
    averageScore: {
      label: 'Score at qualification',
      counts: 'The mean score at the moment of qualifying, over all qualifications.',
    },
  },
  needs_analysis: {
    needsAnalysed: {
      label: 'Needs analysed',
      counts: 'Different leads whose needs were recorded (needs.recorded).',
    },
    needsPerLead: { label: 'Needs per lead', counts: 'Recorded needs for each lead that has any record.' },
  },
  proposal: {
    proposals: { label: 'Proposals', counts: 'Proposals sent (proposal.sent).' },
    acceptanceRate: {
      label: 'Acceptance of proposals',
      counts: 'The share of answers that accept.',
      numerator: 'Proposals accepted within the period.',
      denominator: 'Proposals accepted or declined within the period.',
    },
  },
  negotiation: {
    medianNegotiationDays: {
      label: 'Days of negotiation',
      counts: 'The median of negotiations that ended within the period, in days.',
    },
    successRate: {
      label: 'Success after negotiation',
      counts: 'The share of negotiated deals that were won.',
      numerator: 'Negotiated deals won within the period.',
      denominator: 'Negotiated deals won or lost within the period.',
    },
  },
  closing: {
    closeRate: {
      label: 'Close rate',
      counts: 'The share of closed deals that were won.',
      numerator: 'Deals won within the period.',
      denominator: 'Deals won or lost within the period, unless opened again by its end.',
    },
    revenue: {
      label: 'Revenue from deals',
      counts: 'Worth of deals won within the period, as last told, by currency.',
      leavesOut: 'Orders; deals opened again by the end of the period.',
    },
  },
  post_sale: {
    retentionRate: {
      label: 'Retention',
      counts: 'The share of earlier customers who bought again.',
      numerator: 'Those of them who bought within the period.',
      denominator: 'Leads that bought before the period.',
    },
    satisfaction: {
      label: 'Satisfaction',
      counts: 'The mean of all ratings by customers (customer.rated).',
      leavesOut: 'Ratings that are no number.',
    },
    repeatPurchases: {
      label: 'Repeat purchases',
      counts: 'Orders and won deals within the period, except the first of each lead.',
    },
  },
  shared: {
    handoffAcceptanceRate: {
      label: 'Acceptance of handoffs',
      counts: 'The share of answers of sales that accept the lead.',
      leavesOut: 'Handoffs without an answer; further answers to the same handoff.',
      numerator: 'Handoffs accepted within the period.',
      denominator: 'Handoffs accepted or rejected within the period.',
    },
    medianHoursToAccept: {
      label: 'Hours to acceptance',
      counts:
        'The median time from request to acceptance, around the clock, of acceptances within the period.',
    },
    handoffsOverdue: {
      label: 'Overdue handoffs',
      counts: 'Handoffs whose deadline passed within the period without an answer.',
    },
    leadToCustomerRate: {
      label: 'Leads that became customers',
      counts: 'The share of new leads that bought.',
      numerator: 'Those of them with an order or a won deal by the end of the period.',
      denominator: 'Leads whose address became known within the period.',
    },
    medianDaysToCustomer: {
      label: 'Days to the first purchase',
      counts:
        'The median time from the first visit to the first purchase, of first purchases within the period.',
    },
    revenueBySource: {
      label: 'Revenue by source',
      counts: 'Amounts of orders and won deals by the source of the lead’s first touch, by currency.',
      leavesOut: 'Purchases without an amount and a currency.',
    },
  },

  stage: {
    entered: {
      label: 'Entered',
      counts:
        'Different leads that entered the stage within the period, or passed it on the way to a later one.',
      leavesOut: 'A second time of the same lead.',
    },
    skipped: {
      label: 'Skipped',
      counts: 'Those among the entered that only passed: they went to a later stage at once.',
    },
    current: { label: 'In the stage', counts: 'Leads that are in the stage at the end of the period.' },
    conversionToNext: {
      label: 'Went on',
      counts: 'The share of the entered leads that came into a later stage in the same cycle.',
      numerator: 'Those of them in a later stage by the end of the period.',
      denominator: 'Leads that entered the stage within the period.',
    },
    dropOff: {
      label: 'Did not go on',
      counts: 'The share of the entered leads that had not gone on at the end of the period; some may still.',
      numerator: 'Those of them without a later stage in the same cycle.',
      denominator: 'Leads that entered the stage within the period.',
    },
    conversionFromStart: {
      label: 'Came here from the start',
      counts:
        'The share of people first seen within the period who came into the stage by its end: `anyOrder` however, `strict` without a skipped stage before.',
      numerator: 'Those of them who entered the stage by the end of the period.',
      denominator: 'People and browsers first seen within the period.',
    },
    conversionFromPrevious: {
      label: 'Came here from the stage before',
      counts: 'The same as a share of those who came into the stage before.',
      numerator: 'People first seen within the period who entered the stage by its end.',
      denominator: 'Those who entered the stage before it.',
    },
    medianDaysInStage: {
      label: 'Days in the stage',
      counts: 'The median of stays that ended within the period, in days.',
      leavesOut: 'Stages that were skipped; stays that go on.',
    },
    daysInStage: {
      label: 'Days in the stage, quartiles',
      counts:
        'A quarter of the stays that ended within the period was shorter than `q1`, half than `median`, three quarters than `q3`.',
      leavesOut: 'Stages that were skipped; stays that go on.',
    },
  },
  velocity: {
    openDeals: { label: 'Open deals', counts: 'Deals that are open at the end of the period.' },
    closeRate: {
      label: 'Close rate',
      counts: 'As under closing.',
      numerator: 'Deals won within the period.',
      denominator: 'Deals won or lost within the period.',
    },
    averageDays: {
      label: 'Days to win',
      counts: 'The mean time from opening to winning, of deals won within the period.',
    },
    perDay: {
      label: 'Sales velocity',
      counts:
        'Open deals × close rate × average worth of won deals ÷ days to win: worth won in a day, by currency.',
    },
  },
  cohort: {
    leads: {
      label: 'Began',
      counts: 'People and browsers first seen in the week (ISO 8601, in the company’s zone).',
    },
    reached: { label: 'Reached', counts: 'Those of them who came into the stage by the end of the period.' },
  },
  sequence: {
    entered: { label: 'Entered', counts: 'Runs that began within the period.' },
    active: { label: 'On the way', counts: 'Runs that had begun and not ended at the end of the period.' },
    completed: { label: 'Completed', counts: 'Runs that came to the last step within the period.' },
    goal: { label: 'Reached the goal', counts: 'Runs that ended with their goal within the period.' },
  },
  email: {
    sent: { label: 'Sent', counts: 'Emails that went out within the period.' },
    delivered: { label: 'Delivered', counts: 'Those of them that were delivered by its end.' },
    opened: {
      label: 'Opened',
      counts: 'Those of them that a person opened by its end.',
      leavesOut: 'Pictures loaded by robots; opening again; people who allow no measuring.',
    },
    clicked: {
      label: 'Clicked',
      counts: 'Those of them in which a person followed a link by its end.',
      leavesOut: 'Links followed by scanners; further clicks; people who allow no measuring.',
    },
    unsubscribed: {
      label: 'Unsubscribed',
      counts: 'Those of them from which a person unsubscribed by its end.',
    },
  },
  form: {
    submissions: { label: 'Filled in', counts: 'How often the form was submitted (form.submitted).' },
    confirmations: {
      label: 'Confirmed',
      counts: 'Submissions that were confirmed by the link in an email (double opt-in).',
    },
  },
  source: {
    leads: { label: 'Leads', counts: 'New leads, by the source and campaign of their first touch.' },
    qualified: { label: 'Qualified leads', counts: 'Leads that became ready for sales within the period.' },
    customers: { label: 'New customers', counts: 'Leads whose first purchase lies within the period.' },
    revenue: { label: 'Revenue', counts: 'Amounts of orders and won deals within the period, by currency.' },
    cost: { label: 'Cost', counts: 'What was told of the channel (channel.cost), by the day it is dated.' },
    costPerLead: {
      label: 'Cost per lead',
      counts: 'Cost ÷ new leads, rounded to the smallest unit; nothing without leads.',
    },
    costPerCustomer: {
      label: 'Cost per customer',
      counts: 'Cost ÷ new customers, rounded to the smallest unit; nothing without customers.',
    },
    return: {
      label: 'Return',
      counts: '(Revenue − cost) ÷ cost in the same currency: 1 is twice the cost; nothing without cost.',
    },
  },
  attribution: {
    first: {
      label: 'First touch',
      counts: 'All of a purchase goes to the source of the lead’s first touch, as in the revenue by source.',
    },
    last: { label: 'Last touch', counts: 'All of a purchase goes to the last touch before it.' },
    linear: { label: 'Linear', counts: 'A purchase is shared equally among all touches before it.' },
    position: {
      label: 'By position',
      counts: '40 % to the first touch, 40 % to the last, 20 % to all between; half each of two.',
    },
    decay: {
      label: 'Decay',
      counts: 'The weight of a touch halves with every 7 days between it and the purchase.',
    },
  },
} as const
